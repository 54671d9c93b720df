// Numbers in ascending order.

/** The first place whose number is not less than `value`; the length where all are. */
export function lowerBound(sorted: readonly number[], value: number): number {
  return firstPlace(sorted, (number) => number >= value);
}

/** The first place whose number is greater than `value`; the length where none is. */
export function upperBound(sorted: readonly number[], value: number): number {
  return firstPlace(sorted, (number) => number > value);
}

function firstPlace(sorted: readonly number[], isPast: (number: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isPast(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
