// The lines of a report that tell of values which are not finite or not of their type, and of columns with another name
// in SQL: what a reader of the tables must know and would not see in them.
import { formatCount } from '../ground/text.js';
import type { RunDatabase } from './database.js';
import { markdownCode as code } from './tables.js';

/** Sections of Markdown: none where there is nothing to tell. `total` is the number of trials. */
export function renderOddities(
  { oddities, renamed }: Pick<RunDatabase, 'oddities' | 'renamed'>,
  total: number,
): string[] {
  const lines = oddities.map(({ view, column, what, cells, trials, first }) => {
    const rest = trials > first.length ? `, and ${formatCount(trials - first.length)} more` : '';
    const verb = trials === 1 ? 'has' : 'have';
    const list = `trial${trials === 1 ? '' : 's'} ${first.join(', ')}${rest}`;
    const where = view === 'metrics' ? ` (${formatCount(cells)} values of the series)` : '';
    return `${formatCount(trials)} of ${formatCount(total)} trials ${verb} ${what} in ${code(column)}${where}: ${list}.`;
  });
  const hidden = oddities.some(({ what }) => what !== 'an infinite value');
  const infinite = oddities.some(({ what }) => what === 'an infinite value');
  const names = renamed.map(({ name, sql }) => `The column ${code(name)} is ${code(sql)} in SQL.`);
  return [
    ...(lines.length + names.length === 0
      ? []
      : ['## Values to know of', [...lines, ...names].map((line) => `- ${line}`).join('\n')]),
    ...(hidden
      ? [
          'NaN and values of another type are empty (NULL) in `trials` and `metrics`: they sort last and count in no mean. ' +
            '`trials_raw` and `metrics_raw` hold them as they are in the files.',
        ]
      : []),
    ...(infinite ? ['Infinite values are values: they sort first or last, and make a mean infinite.'] : []),
  ];
}
