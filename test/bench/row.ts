// One line of a benchmark: ours beside a peer's, measured in turn in one run. Ratios count; absolute times do not.
export interface BenchRow {
  readonly name: string;
  readonly ours: number;
  readonly unit: string;
  /** What it is held against, and its figure in the same unit; absent where the peer is not on this machine. */
  readonly peer?: string;
  readonly theirs?: number;
  /** `≤ 1.2 ×` and the like, in words. */
  readonly target?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
