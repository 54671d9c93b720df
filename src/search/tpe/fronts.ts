// Observations of several objectives by non-domination rank (Goldberg 1989), kept as more are told. `findFronts` of
// stats/fronts.ts gives the same fronts from all points at once. It is not used here: a proposal needs the fronts after one
// more result, and to sort all of 1,000 again takes some 80 times as long as to put that one in.

/** Whether `a` is at least as good everywhere, and better somewhere; less is better. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  let isBetter = false;
  for (let m = 0; m < a.length; m++) {
    if (a[m]! > b[m]!) return false;
    if (a[m]! < b[m]!) isBetter = true;
  }
  return isBetter;
}

interface Valued {
  readonly values: readonly number[] | null;
}

/** The fronts: nothing in the first is dominated, in the second only by some of the first, and so on. */
export class Fronts<T extends Valued> {
  readonly fronts: T[][] = [];

  /** Those that a new one dominates go down a front, and those that they dominate there, too. */
  add(added: T): void {
    let at = 0;
    while (this.fronts[at]?.some((one) => dominates(one.values!, added.values!))) at++;
    let moved: readonly T[] = [added];
    for (; moved.length > 0; at++) {
      const front = this.fronts[at] ?? [];
      const isBelow = (one: T) => moved.some((better) => dominates(better.values!, one.values!));
      const below = front.filter(isBelow);
      this.fronts[at] = [
        ...(below.length === 0 ? front : front.filter((one) => !below.includes(one))),
        ...moved,
      ];
      moved = below;
    }
  }
}
