// Confusion matrices of trials, taken from the tables of a run's report: the first one with the columns `trial`, `class`,
// `count` and `predicted`, or `matched` where clusters were assigned to classes. A row is a cell of a trial's matrix.
import type { PackedTable } from '../../explore/payload.js';
import { formatCount } from '../../ground/text.js';
import type { Row } from '../define.js';
import type { MadeTable } from '../parts.js';
import { textsOf } from '../vectors.js';
import type { Packer } from './pack.js';

const PREDICTED = ['predicted', 'matched'];
/** Cells of all matrices: some thousand of ten classes. */
const CELLS = 200_000;

export function packConfusions(
  tables: readonly Pick<MadeTable, 'rows'>[],
  { packer, notes }: { readonly packer: Packer; readonly notes: string[] },
): PackedTable | null {
  for (const { rows: found } of tables) {
    const predicted = PREDICTED.find((name) => found?.columns.includes(name));
    if (
      predicted === undefined ||
      !['trial', 'class', 'count'].every((name) => found!.columns.includes(name))
    )
      continue;
    const cells = found!.rows.filter(isCell).sort((a, b) => a.trial - b.trial);
    if (cells.length === 0) continue;
    const shown = cells.length <= CELLS ? cells : wholeTrials(cells);
    if (shown.length < cells.length)
      notes.push(`confusion matrices of the trials up to ${formatCount(shown.at(-1)!.trial)}`);
    const numbers = (name: 'trial' | 'count') => Float64Array.from(shown, (row) => row[name]);
    const texts = (name: string) =>
      textsOf(shown.map((row) => (row[name] === null ? null : String(row[name]))));
    const head = (name: string) => ({ name, role: 'series' }) as const;
    return {
      rows: shown.length,
      columns: [
        packer.numbers(head('trial'), numbers('trial')),
        packer.categories(head('class'), texts('class')),
        packer.categories(head(predicted), texts(predicted)),
        packer.numbers(head('count'), numbers('count')),
      ],
    };
  }
  return null;
}

type Counted = Row & { readonly trial: number; readonly count: number };

function isCell(row: Row): row is Counted {
  return typeof row.trial === 'number' && typeof row.count === 'number';
}

/** As many as there is room for, none cut. */
function wholeTrials(cells: readonly Counted[]): readonly Counted[] {
  const next = cells[CELLS]!.trial;
  return cells.slice(0, CELLS).filter(({ trial }) => trial < next);
}
