// Change points over the whole of a stored series: what lasted and was better is what later nights are held against, so
// that an improvement that is lost again is told. What lasted and was worse stays told until it is accepted.
import { averageOf, LEAST_NIGHTS, type Night, type Noise, noiseOf } from './night.js';
import { distance, isBeyond, type Limits } from './predict.js';

/** Last nights that are held against those before. */
const BLOCKS = [2, 3, 4, 5, 7, 10, 14, 20, 28, 40];

/**
 * Chosen with test/bench/nights.ts: all blocks together give less than one false alarm in a thousand nights. The shortest
 * block that so few nights before can bear out at all gets most of that.
 */
function limitsOf(block: number, nights: number): Limits {
  const shortest = nights >= 51 ? 2 : nights >= 21 ? 3 : 4;
  return {
    tail: block <= 2 ? 0.0005 : block <= 4 ? 0.0003 : 0.0001,
    rank: block === shortest ? 0.0008 : 0.0002,
  };
}

/** The noise of all nights before this one. */
type NoiseBefore = (at: number) => Noise;

/** Each is found once, though many splits ask for it. */
function keepNoises(nights: readonly Night[]): NoiseBefore {
  const kept: (Noise | undefined)[] = nights.map(() => undefined);
  return (at) => {
    const noise = kept[at] ?? noiseOf(nights.slice(0, at));
    kept[at] = noise;
    return noise;
  };
}

/** The first night of the level that the last nights have; null where it is that of the nights before. */
export function findMove(
  nights: readonly Night[],
  noiseBefore: NoiseBefore = keepNoises(nights),
): number | null {
  const isFar = (length: number) => {
    const at = nights.length - length;
    if (at < LEAST_NIGHTS) return false;
    const limits = limitsOf(length, nights.length);
    return isBeyond(nights.slice(0, at), nights.slice(at), limits, noiseBefore(at));
  };
  if (!BLOCKS.some(isFar)) return null;
  // Where it began is where the parts are furthest apart.
  let [best, most] = [2, 0];
  let [sum, shares] = [0, 0];
  for (let length = 1; nights.length - length >= LEAST_NIGHTS; length++) {
    const at = nights.length - length;
    sum += nights[at]!.mean;
    shares += 1 / nights[at]!.count;
    if (length < 2) continue;
    const block = { length, mean: sum / length, share: shares / length };
    const apart = Math.abs(distance(noiseBefore(at), at, block));
    if (apart > most) [best, most] = [length, apart];
  }
  return nights.length - best;
}

/** How far the nights from this one on are from those before. */
export function stepAt(
  nights: readonly Night[],
  at: number,
): { readonly before: number; readonly by: number } {
  const [before, after] = [nights.slice(0, at), nights.slice(at)].map((part) =>
    averageOf(part.map(({ mean }) => mean)),
  ) as [number, number];
  return { before, by: after - before };
}

/** Fewer nights on a better level are not held against the next ones yet: they could say nothing of its noise. */
const LASTED = 11;

/** The first of the nights that tonight, the last, is held against. */
export function findBaseline(nights: readonly Night[], goal: 'min' | 'max' | null): number {
  if (goal === null || !isSplit(nights)) return 0;
  let from = 0;
  let noiseBefore = keepNoises(nights);
  for (let end = LEAST_NIGHTS + LASTED; end < nights.length; end++) {
    const seen = nights.slice(from, end);
    const at = seen.length < LEAST_NIGHTS + LASTED ? null : findMove(seen, noiseBefore);
    if (at === null || seen.length - at < LASTED) continue;
    if (stepAt(seen, at).by > 0 !== (goal === 'max')) continue;
    from += at;
    noiseBefore = keepNoises(nights.slice(from));
  }
  return from;
}

/** Less is seldom a change, and what follows costs a hundred times as much: Student's t of two parts. */
const LEAST_T = 3;

/** Whether some split of the nights leaves two parts that differ. */
function isSplit(nights: readonly Night[]): boolean {
  const count = nights.length;
  const mean = averageOf(nights.map((night) => night.mean));
  let squares = 0;
  for (const night of nights) squares += (night.mean - mean) ** 2;
  let sum = 0;
  for (let left = 1; left < count; left++) {
    sum += nights[left - 1]!.mean - mean;
    if (left < LEAST_NIGHTS || count - left < LEAST_NIGHTS) continue;
    const between = sum ** 2 * (1 / left + 1 / (count - left));
    if (between > (LEAST_T ** 2 * (squares - between)) / (count - 2)) return true;
  }
  return false;
}
