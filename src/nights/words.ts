// What a gate found, in words: one line for a cell, a few for a night.
import { formatCount, plural } from '../ground/text.js';
import type { Gate } from './gate.js';
import { describeMissing } from './missing.js';
import { nameCell } from './record.js';
import { type Confirmation, GATE_VERDICTS, type GateCell, type GateVerdict } from './verdict.js';

/** `0.0612, expected 0.058 to 0.0594 (12 nights), +0.0029 since 20261129-030000-ab12` */
export function describeGateCell({
  tonight,
  expected,
  past,
  by,
  since,
  metric,
  confirmation,
}: GateCell): string {
  const unit = metric.unit === null ? '' : ` ${metric.unit}`;
  const parts = [tonight === null ? 'no value tonight' : `${formatValue(tonight.mean)}${unit}`];
  if (expected !== null)
    parts.push(
      expected.low === expected.high
        ? `always ${formatValue(expected.low)} before (${plural(past.length, 'night')})`
        : `expected ${formatValue(expected.low)} to ${formatValue(expected.high)} (${plural(past.length, 'night')})`,
    );
  else if (past.length > 0)
    parts.push(`${formatValue(past.at(-1)!)} the night before (${plural(past.length, 'night')})`);
  if (by !== null)
    parts.push(`${by > 0 ? '+' : '−'}${formatValue(Math.abs(by))}${since === null ? '' : ` since ${since}`}`);
  if (confirmation !== undefined) parts.push(describeConfirmation(confirmation));
  return parts.join(', ');
}

/** `as bad in 3 of 3 repeats` */
export function describeConfirmation({ repeats, agreed, skipped }: Confirmation): string {
  const parts = [
    ...(repeats === 0 ? [] : [`as bad in ${agreed} of ${plural(repeats, 'repeat')}`]),
    ...(skipped === null ? [] : [skipped]),
  ];
  return parts.join('; ');
}

/** See `nameCell`. */
export function nameOf({
  run,
  metric,
  configuration,
}: Pick<GateCell, 'run' | 'metric' | 'configuration'>): string {
  return nameCell(run, metric.name, configuration);
}

export function countVerdicts({ cells }: Pick<Gate, 'cells'>): ReadonlyMap<GateVerdict, number> {
  const counts = new Map<GateVerdict, number>();
  for (const { verdict } of cells) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return new Map(
    GATE_VERDICTS.flatMap((verdict) => (counts.has(verdict) ? [[verdict, counts.get(verdict)!]] : [])),
  );
}

/** Verdicts that say something, the worst first. */
export function listTold({ cells }: Pick<Gate, 'cells'>): GateCell[] {
  const told = cells.filter(({ verdict }) => !['steady', 'too little history', 'new'].includes(verdict));
  return told.sort((a, b) => GATE_VERDICTS.indexOf(a.verdict) - GATE_VERDICTS.indexOf(b.verdict));
}

/** Of so many the rest is counted. */
const SHOWN = 10;

/** The night as lines of text, the verdict first. */
export function describeGate(gate: Gate, shown = SHOWN): string[] {
  const { night, nights, isWorse, missing = [], faults, notes } = gate;
  const counts = [...countVerdicts(gate)].map(([verdict, count]) => `${formatCount(count)} ${verdict}`);
  const told = listTold(gate);
  const partial = night.isComplete ? '' : ', of what was done';
  return [
    `${night.suite}, night ${night.night}: ${isWorse ? 'worse' : 'same or better'}${partial}, against ${plural(nights.length, 'night')}: ${counts.join(', ') || 'nothing to compare'}`,
    ...told.slice(0, shown).map((cell) => `  ${cell.verdict}  ${nameOf(cell)}: ${describeGateCell(cell)}`),
    ...(told.length > shown ? [`  ${plural(told.length - shown, 'other')}`] : []),
    ...missing.map((each) => `  missing  ${describeMissing(each)}`),
    ...notes.map((note) => `  ${note}`),
    ...faults.map((fault) => `  not read: ${fault}`),
  ];
}

export function formatValue(value: number): string {
  return String(Number(value.toPrecision(4)));
}
