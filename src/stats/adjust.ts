// p-values of many tests at once, adjusted so that few of what is called significant is chance: the false discovery rate
// (Benjamini and Hochberg, JRSS B 57, 1995). Holds for independent tests and for those that rise and fall together.

/** By test, the least rate of false discoveries at which it would be one. */
export function adjustByRate(p: Float64Array): Float64Array {
  const order = Uint32Array.from(p, (_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const adjusted = new Float64Array(p.length);
  let least = 1;
  for (let rank = p.length; rank > 0; rank--) {
    const test = order[rank - 1]!;
    least = Math.min(least, p[test]! * (p.length / rank));
    adjusted[test] = least;
  }
  return adjusted;
}
