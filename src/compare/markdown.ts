// A comparison as Markdown: what it is of, what changed and by how much, how fast it was.
import { formatCount, plural } from '../ground/text.js';
import type { Row } from '../report/define.js';
import { escapeMarkdown, markdownCode, renderMarkdownTable } from '../report/tables.js';
import type { Comparison, RunComparison, SetComparison } from './compare.js';
import {
  adviseOnNoisy,
  countVerdicts,
  describeCell,
  describeConfigurations,
  describeCounts,
  describeP,
  describeRule,
  describeSpeed,
  describeWhere,
  listChanged,
  varyingOf,
} from './words.js';

/** Rows of the table of what changed; compare.csv has all. */
const MOST = 200;

/** `pathOf` says where the rows of a pair of runs lie, from where this text will lie. */
export function renderComparison(
  { sets, level, isWorse }: Comparison,
  pathOf: (set: SetComparison, run: RunComparison) => string,
): string {
  const parts = [
    `# Comparison: ${isWorse ? 'worse' : 'same or better'}`,
    `A is the baseline: ${markdownCode(sets[0]!.a.typed)}. Intervals are of 95 %, each by itself; p-values are adjusted over all cells of two runs (Benjamini and Hochberg), and count below ${level}.`,
  ];
  for (const set of sets) {
    const { letter, b, onlyA, onlyB } = set;
    if (sets.length > 1) parts.push(`## ${letter}: ${escapeMarkdown(b.typed)}`);
    if (onlyA.length > 0) parts.push(`Runs in A alone: ${escapeMarkdown(onlyA.join(', '))}.`);
    if (onlyB.length > 0) parts.push(`Runs in B alone: ${escapeMarkdown(onlyB.join(', '))}.`);
    for (const run of set.runs) parts.push(...renderRun(run, pathOf(set, run)));
  }
  return `${parts.join('\n\n')}\n`;
}

function renderRun(of: RunComparison, path: string): string[] {
  const changed = listChanged(of);
  const varying = varyingOf(of);
  const advice = adviseOnNoisy(of);
  const speed = describeSpeed(of);
  const rows = changed.slice(0, MOST).map((cell): Row => {
    const [metric, a, b, difference, p, effect] = describeCell(of, cell) as string[];
    const where = describeWhere(of, cell, varying);
    return {
      ...{ verdict: cell.verdict, where, metric: metric!, A: a!, B: b!, 'B − A': difference! },
      ...{ 'p (adjusted)': p!, effect: effect! },
    };
  });
  const columns = ['verdict', 'where', 'metric', 'A', 'B', 'B − A', 'p (adjusted)', 'effect'];
  const shown = rows.length < changed.length ? `The first ${formatCount(rows.length)} of ` : '';
  return [
    `### ${escapeMarkdown(of.name)}`,
    `A: ${markdownCode(of.a.folder)}, B: ${markdownCode(of.b.folder)}. ${describeConfigurations(of)}. ${describeCounts(countVerdicts(of))}.`,
    ...(of.notes.length === 0 ? [] : [of.notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n')]),
    ...(rows.length === 0 ? ['No cell has changed.'] : [renderMarkdownTable({ columns, rows }).trimEnd()]),
    `${shown}${plural(changed.length, 'changed cell')}; all ${plural(of.cells.length, 'cell')}: ${linkTo(path)}`,
    ...(advice === null ? [] : [escapeMarkdown(advice)]),
    renderOverall(of).trimEnd(),
    ...(speed === null ? [] : [`Speed: ${escapeMarkdown(speed)}.`]),
  ];
}

/** Names of folders come from anywhere: one that is no plain path is no link. */
function linkTo(path: string): string {
  return /^[\w./-]+$/.test(path) ? `[${path}](${path})` : markdownCode(path);
}

/** What each metric did over all configurations. */
function renderOverall({ overall, rules }: RunComparison): string {
  const rows = overall.map(({ metric, cells, verdicts, median, p }): Row => {
    const rule = rules.find((each) => each.metric === metric);
    const name = rule === undefined ? metric : describeRule(rule);
    return {
      ...{ metric: name, cells, verdicts: describeCounts(verdicts), 'median of B − A': median },
      'p (signed ranks)': p === null ? '' : describeP(p),
    };
  });
  const columns = ['metric', 'cells', 'verdicts', 'median of B − A', 'p (signed ranks)'];
  return renderMarkdownTable({ columns, rows });
}
