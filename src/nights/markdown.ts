// A night as Markdown: what moved, with the nights before as a line of blocks, and the commits in which it happened.
import { formatCount, plural, renderSparkline } from '../ground/text.js';
import type { Row } from '../report/define.js';
import { escapeMarkdown, markdownCode, renderMarkdownTable } from '../report/tables.js';
import { type Commits, describeCommits } from './commits.js';
import type { Gate } from './gate.js';
import { describeMissing, type MissingRun } from './missing.js';
import { SHOWN_NIGHTS } from './sparkline.js';
import type { GateCell } from './verdict.js';
import { countVerdicts, describeConfirmation, describeGate, formatValue, listTold } from './words.js';

/** Rows of a table; nights.csv has all. */
const MOST = 200;

/** `drawNights`: the nights of a cell as Markdown, in place of a line of blocks. */
export function renderGate(
  gate: Gate,
  commits: readonly Commits[],
  drawNights: (cell: GateCell) => string = renderBlocks,
): string {
  const { night, nights, missing = [], faults, notes, cells } = gate;
  const told = listTold(gate);
  const quiet = cells.length - told.length;
  const counts = [...countVerdicts(gate)].map(([verdict, count]) => `${formatCount(count)} ${verdict}`);
  const parts = [
    `# ${escapeMarkdown(describeGate(gate)[0]!.split(': ', 2).join(': '))}`,
    `${plural(cells.length, 'cell')}: ${counts.join(', ')}. Night ${markdownCode(night.night)} on ${escapeMarkdown(night.host)}, compared with ${plural(nights.length, 'night')}.`,
    ...(night.isComplete ? [] : [describeEnd(missing)]),
    ...(told.length === 0 ? ['Nothing moved.'] : [renderMoved(told.slice(0, MOST), drawNights)]),
    ...(told.length > MOST
      ? [`The first ${formatCount(MOST)} of ${formatCount(told.length)}; nights.csv has all.`]
      : []),
    ...(told.length > 0 && quiet > 0
      ? [`${plural(quiet, 'other cell')}: steady, new, or with too little history.`]
      : []),
    ...notes.map((note) => `${escapeMarkdown(note)}.`),
    ...commits.map((each) => describeCommits(each)),
    ...(faults.length === 0
      ? []
      : [`Not read:\n\n${faults.map((fault) => `- ${escapeMarkdown(fault)}`).join('\n')}`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function describeEnd(missing: readonly MissingRun[]): string {
  const lines = missing.map((each) => `- ${escapeMarkdown(describeMissing(each))}`);
  return ['The suite did not come to its end. What is missing was not judged:', lines.join('\n')].join(
    '\n\n',
  );
}

const PAST = 'nights before';

function renderMoved(cells: readonly GateCell[], drawNights: (cell: GateCell) => string): string {
  const rows = cells.map((cell) => ({ ...rowOf(cell), [PAST]: drawNights(cell) }));
  return renderMarkdownTable({ columns: COLUMNS, rows }, MOST, [PAST]).trimEnd();
}

/** Tonight last. */
function renderBlocks({ past, tonight }: GateCell): string {
  return renderSparkline([...past, ...(tonight === null ? [] : [tonight.mean])].slice(-SHOWN_NIGHTS - 1));
}

const COLUMNS = [
  'verdict',
  'run',
  'configuration',
  'metric',
  PAST,
  'tonight',
  'expected',
  'change',
  'since',
  'again',
];

function rowOf({
  verdict,
  run,
  configuration,
  metric,
  tonight,
  expected,
  by,
  since,
  confirmation,
}: GateCell): Row {
  return {
    ...{ verdict, run, configuration, since: since ?? '' },
    again: confirmation === undefined ? '' : describeConfirmation(confirmation),
    metric: metric.unit === null ? metric.name : `${metric.name} (${metric.unit})`,
    tonight: tonight === null ? '' : formatValue(tonight.mean),
    expected: expected === null ? '' : `${formatValue(expected.low)} … ${formatValue(expected.high)}`,
    change: by === null ? '' : `${by > 0 ? '+' : '−'}${formatValue(Math.abs(by))}`,
  };
}
