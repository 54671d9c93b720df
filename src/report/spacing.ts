// Where the cells of a heat map stand along an axis: numbers at their true distances, linear or logarithmic, whichever
// is more even; text, and numbers so unevenly spread that their cells could not be seen, side by side.
import type { Cell } from './define.js';
import { formatTicks } from './theme.js';

export interface Spacing {
  readonly scale: 'linear' | 'log' | 'none';
  /** Numbers that stand side by side, not at their distances. */
  readonly untrue: boolean;
  /** Ends of the cells, from 0 to 1: one more than there are levels. */
  readonly edges: readonly number[];
  readonly labels: readonly string[];
}

/** A cell narrower than this share of the average one is a sliver. */
const SLIVER = 0.2;

export function spaceLevels(levels: readonly Cell[]): Spacing {
  const isNumeric = levels.every((level) => typeof level === 'number');
  const labels = formatTicks(levels.map((level) => level ?? 'none'));
  const even = levels.map((_, i) => i / levels.length).concat(1);
  if (!isNumeric) return { scale: 'none', untrue: false, edges: even, labels };
  if (levels.length < 2) return { scale: 'linear', untrue: false, edges: even, labels };
  const values = levels as readonly number[];
  const linear = edgesOf(values);
  const log = values[0]! > 0 ? edgesOf(values.map(Math.log)) : undefined;
  const [scale, edges] =
    log !== undefined && evenness(log) > evenness(linear) + 1e-9
      ? (['log', log] as const)
      : (['linear', linear] as const);
  if (leastWidth(edges) * levels.length >= SLIVER) return { scale, untrue: false, edges, labels };
  return { scale: 'none', untrue: true, edges: even, labels };
}

/** Half-way between neighbours; the outer cells reach as far out as in. */
function edgesOf(at: readonly number[]): number[] {
  const inner = at.slice(1).map((value, i) => (value + at[i]!) / 2);
  const first = at[0]! - (inner[0]! - at[0]!);
  const last = at.at(-1)! + (at.at(-1)! - inner.at(-1)!);
  return [first, ...inner, last].map((edge) => (edge - first) / (last - first));
}

function widths(edges: readonly number[]): number[] {
  return edges.slice(1).map((edge, i) => edge - edges[i]!);
}

function leastWidth(edges: readonly number[]): number {
  return widths(edges).reduce((least, width) => Math.min(least, width), 1);
}

function evenness(edges: readonly number[]): number {
  return leastWidth(edges) / widths(edges).reduce((most, width) => Math.max(most, width), 0);
}

/**
 * The levels that get a label where `room` labels have place along the axis: of evenly spaced ones every n-th, both ends
 * included where possible, and of those that fit the shortest on average (0.01, 0.1, 1 rather than 0.01, 0.0316, 0.1, …).
 */
export function labelledLevels({ edges, labels }: Spacing, room: number): readonly number[] {
  const all = labels.map((_, i) => i);
  if (evenness(edges) > 0.9) {
    const step = labelStep(labels, room);
    return all.filter((i) => i % step === 0);
  }
  let before = Number.NEGATIVE_INFINITY;
  return all.filter((i) => {
    const centre = centreOf(edges, i);
    if (centre - before < 1 / room) return false;
    before = centre;
    return true;
  });
}

export function centreOf(edges: readonly number[], i: number): number {
  return (edges[i]! + edges[i + 1]!) / 2;
}

function labelStep(labels: readonly string[], room: number): number {
  if (labels.length <= room) return 1;
  let best = Math.ceil(labels.length / room);
  let bestLength = Number.POSITIVE_INFINITY;
  for (let step = best; step <= (labels.length - 1) / 2; step++) {
    if ((labels.length - 1) % step !== 0) continue;
    const shown = labels.filter((_, i) => i % step === 0);
    const length = shown.join('').length / shown.length;
    if (length < bestLength) [best, bestLength] = [step, length];
  }
  return best;
}
