// A block of escape trials, as columns, by the fastest way that gives the same bits: neighbours that differ only in h
// share one trajectory; the others go through the vector kernel, or one by one where there is none.
import { type Climb, followClimb } from './climb.js';
import { type Kernels, threadKernels } from './kernel.js';
import { LOCAL_MINIMUM, topOfBump } from './landscape.js';
import { CAPACITY, type KernelKind, LANES, METRICS } from './lanes.js';
import type { OptimizerName } from './optimizers.js';

/** What is needed of a worker's block: parameter columns by name, metric columns to fill, all `count` long. */
export interface EscapeBlock {
  readonly count: number;
  numbers(name: string): Float64Array;
  strings(name: string): { readonly values: Uint16Array; readonly dictionary: readonly string[] };
  metric(name: string): Float64Array;
  fail(i: number, message: string): void;
}

/** From so many neighbours on, one trajectory in plain JavaScript is cheaper than a lane for each. */
const WORTH_SHARING = 8;

/**
 * Fills the metrics of every trial: `escaped`, `reached`, `stuck` (0 or 1), `escape_step` (NaN: none), `peak` (over all
 * steps on the endless climb), `final_theta`. Where θ stopped being finite before the trial ended, the trial fails and
 * all six are NaN; where it did so only after the escape, `peak` alone is. `kernels` null: plain JavaScript throughout, same numbers.
 */
export function runEscapes(block: EscapeBlock, kernels: Kernels | null = threadKernels()): void {
  const columns = readColumns(block);
  for (let first = 0; first < block.count; ) {
    const { end, shared } = nextStretch(columns, first, block.count);
    if (shared || kernels === null) shareTrajectories(columns, first, end);
    else runLanes(columns, kernels, first, end);
    first = end;
  }
  const { final_theta: final } = columns.metrics;
  for (let i = 0; i < block.count; i++) {
    if (Number.isNaN(final[i])) block.fail(i, `θ is no longer finite before step ${columns.steps[i]}`);
  }
}

/** A block's columns, taken out once. */
type Columns = ReturnType<typeof readColumns>;

function readColumns(block: EscapeBlock) {
  const { values, dictionary } = block.strings('optimizer');
  const inputs = {
    beta1: block.numbers('beta1'),
    beta2: block.numbers('beta2'),
    eps: block.numbers('eps'),
    momentum: block.numbers('momentum'),
    decay: block.numbers('decay'),
    downhill: block.numbers('slope_down'),
    uphill: block.numbers('slope_up'),
  };
  const h = block.numbers('h');
  const metrics = Object.fromEntries(METRICS.map((name) => [name, block.metric(name)]));
  return {
    codes: values,
    names: dictionary as readonly OptimizerName[],
    alpha: block.numbers('alpha'),
    steps: block.numbers('steps'),
    h,
    inputs,
    /** Most of a block's parameters are one value throughout, and need no look at each trial. */
    varying: Object.values(inputs).filter((column) => !isConstant(column, block.count)),
    oneBump: isConstant(h, block.count) && isConstant(inputs.uphill, block.count),
    metrics: metrics as Record<(typeof METRICS)[number], Float64Array>,
  };
}

/** Its bytes against the same bytes one number further: a comparison of memory is ten times faster than a loop. */
function isConstant(column: Float64Array, count: number): boolean {
  if (count === 0) return true;
  const bytes = Buffer.from(column.buffer, column.byteOffset, 8 * count);
  return bytes.compare(bytes, 8, 8 * count, 0, 8 * count - 8) === 0;
}

function climbAt({ names, codes, alpha, steps, inputs }: Columns, i: number): Climb {
  return {
    optimizer: names[codes[i]!]!,
    alpha: alpha[i]!,
    beta1: inputs.beta1[i]!,
    beta2: inputs.beta2[i]!,
    eps: inputs.eps[i]!,
    momentum: inputs.momentum[i]!,
    decay: inputs.decay[i]!,
    steps: steps[i]!,
    slopeDown: inputs.downhill[i]!,
    slopeUp: inputs.uphill[i]!,
  };
}

/** Do trials i and j differ in h at most? */
function isSameClimb({ alpha, codes, steps, varying }: Columns, i: number, j: number): boolean {
  if (alpha[i] !== alpha[j] || codes[i] !== codes[j] || steps[i] !== steps[j]) return false;
  for (const column of varying) if (column[i] !== column[j]) return false;
  return true;
}

/** The trials from `first` on that go together: one climb (`shared`), or equal optimiser and steps, for the kernel. */
function nextStretch(c: Columns, first: number, count: number): { end: number; shared: boolean } {
  const { codes, steps } = c;
  const limit = Math.min(count, first + CAPACITY);
  let runStart = first;
  for (let i = first + 1; i < limit; i++) {
    if (codes[i] !== codes[first] || steps[i] !== steps[first]) return { end: i, shared: false };
    if (!isSameClimb(c, runStart, i)) runStart = i;
    if (i - runStart + 1 < WORTH_SHARING) continue;
    if (runStart > first) return { end: runStart, shared: false };
    return { end: endOfClimb(c, first, count), shared: true };
  }
  return { end: limit, shared: false };
}

/** One past the last trial from `first` on that differs from it in h at most. */
function endOfClimb(c: Columns, first: number, count: number): number {
  let end = first + 1;
  while (end < count && isSameClimb(c, first, end)) end++;
  return end;
}

/** Every run of neighbours of one climb by one trajectory. */
function shareTrajectories(c: Columns, first: number, end: number): void {
  const { escaped, reached, stuck } = c.metrics;
  for (let from = first; from < end; ) {
    const to = endOfClimb(c, from, end);
    const { peak, escapeStep, finalTheta } = followClimb(climbAt(c, from), c.h.subarray(from, to));
    c.metrics.peak.fill(peak, from, to);
    c.metrics.escape_step.set(escapeStep, from);
    c.metrics.final_theta.set(finalTheta, from);
    for (let i = from; i < to; i++) {
      const ended = Number.isFinite(finalTheta[i - from]);
      const hasEscaped = escapeStep[i - from]! > 0;
      const hasReached = hasEscaped || peak >= LOCAL_MINIMUM;
      escaped[i] = ended ? Number(hasEscaped) : Number.NaN;
      reached[i] = ended ? Number(hasReached) : Number.NaN;
      stuck[i] = ended ? Number(hasReached && !hasEscaped) : Number.NaN;
    }
    from = to;
  }
}

/** Trials of one optimiser and number of steps, side by side; those that the kernel finds not finite, alone again. */
function runLanes(c: Columns, { columns, run }: Kernels, first: number, end: number): void {
  const count = end - first;
  const padded = Math.ceil(count / LANES) * LANES;
  const kind = copyInputs(c, columns, { first, end, padded });
  const { top, last } = columns;
  if (c.oneBump) {
    top.fill(topOfBump(c.h[first]!, c.inputs.uphill[first]!), 0, padded);
  } else {
    for (let k = 0; k < count; k++) top[k] = topOfBump(c.h[first + k]!, c.inputs.uphill[first + k]!);
    top.fill(top[0]!, count, padded);
  }
  run(kind, padded, c.steps[first]!);
  for (const name of METRICS) c.metrics[name].set(columns[name].subarray(0, count), first);
  for (let k = 0; k < count; k++) {
    if (!Number.isFinite(last[k])) shareTrajectories(c, first + k, first + k + 1);
  }
}

interface Span {
  readonly first: number;
  readonly end: number;
  readonly padded: number;
}

/** Copies the kernel's inputs, once for all lanes where no trial differs, and says which kernel they need. */
function copyInputs(c: Columns, columns: Kernels['columns'], { first, end, padded }: Span): KernelKind {
  const mixed = c.varying.some((column) => !isConstant(column.subarray(first), end - first));
  // Lanes past the end repeat the first trial; without differences two equal rows are one vector for all lanes.
  const copy = (to: Float64Array, from: Float64Array, each: boolean) => {
    if (each) to.set(from.subarray(first, end));
    to.fill(from[first]!, each ? end - first : 0, each ? padded : 2);
  };
  copy(columns.alpha, c.alpha, true);
  for (const name of Object.keys(c.inputs) as (keyof typeof c.inputs)[]) {
    copy(columns[name], c.inputs[name], mixed);
  }
  let decayed = false;
  for (let k = 0; k < (mixed ? padded : 2); k++) {
    columns.keep1[k] = 1 - columns.beta1[k]!;
    columns.keep2[k] = 1 - columns.beta2[k]!;
    columns.downhill[k] = -columns.downhill[k]!;
    decayed ||= columns.decay[k] !== 0;
  }
  return { optimizer: c.names[c.codes[first]!]!, decayed, mixed };
}
