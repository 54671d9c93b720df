// Successive halving that promotes, beside a plain statement of what it does that looks at whole curves.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Random, randomFor } from '../../../src/ground/random.js';
import { createAsha } from '../../../src/search/pruning/asha.js';
import { PromotionBoard } from '../../../src/search/pruning/promotion.js';
import { type Behaviour, type Conditions, type End, play, type Row } from './paused.js';

interface Options {
  readonly min: number;
  readonly factor: number;
  readonly max?: number;
}

/** Everything from the whole curves, one rung after another. */
function refer(
  curves: readonly (readonly Row[])[],
  { min, factor, max = Number.POSITIVE_INFINITY }: Options,
) {
  /** The first place from a rung on; -1 where the curve does not get there, or at its last step only. */
  const rowFrom = (curve: readonly Row[], rung: number) => {
    const row = curve.findIndex(([step]) => step >= rung);
    return row >= 0 && curve[row]![0] < max ? row : -1;
  };
  const ends: End[] = curves.map(({ length }) => ({ rows: length, how: 'ended' }));
  const prunes = new Set<string>();
  const counts: { readonly entrants: number; readonly results: number; readonly promoted: number }[] = [];
  let entrants = curves.map((_, trial) => trial);
  for (let rung = min; rung < max && entrants.length > 0; rung *= factor) {
    const scoreOf = (trial: number) => curves[trial]![rowFrom(curves[trial]!, rung)]![1];
    const results: number[] = [];
    const promoted: number[] = [];
    let ranked: number[] = [];
    for (const trial of entrants) {
      if (rowFrom(curves[trial]!, rung) < 0) continue;
      results.push(trial);
      // Of equal ones the earlier first.
      ranked = results.toSorted((a, b) => {
        const [own, other] = [scoreOf(a), scoreOf(b)];
        return own < other ? -1 : own > other ? 1 : results.indexOf(a) - results.indexOf(b);
      });
      for (const best of ranked.slice(0, Math.floor(results.length / factor)))
        if (!promoted.includes(best)) promoted.push(best);
    }
    if (promoted.length === 0 && ranked.length > 0) promoted.push(ranked[0]!);
    for (const trial of results) {
      if (promoted.includes(trial)) continue;
      const row = rowFrom(curves[trial]!, rung);
      ends[trial] = { rows: row + 1, how: 'pruned' };
      const cutoff = scoreOf(ranked[Math.max(1, Math.floor(results.length / factor)) - 1]!);
      const step = curves[trial]![row]![0];
      const value = scoreOf(trial);
      const others = results.length - 1;
      prunes.add(JSON.stringify({ do: 'prune', trial, step, rung, value, cutoff, others }));
    }
    counts.push({ entrants: entrants.length, results: results.length, promoted: promoted.length });
    entrants = promoted;
  }
  return { ends, prunes, counts };
}

const STEPS = 20;

/** Curves with gaps, ties and values that are none; trials that end early, fail, look late, or never. */
function drawBehaviour(random: Random, values: number): Behaviour {
  const length = random.below(4) === 0 ? random.below(STEPS + 1) : STEPS;
  const gap = [0, 0, 0.2, 0.6][random.below(4)]!;
  const curve = Array.from({ length }, (_, i): Row => {
    const value = random.below(12) === 0 ? Number.POSITIVE_INFINITY : random.below(values);
    return [i + 1 + (random.below(9) === 0 ? 0.5 : 0), value];
  }).filter(() => random.uniform() >= gap);
  const fails = random.below(6) === 0;
  return {
    curve: fails ? curve.slice(0, random.below(curve.length + 1)) : curve,
    looks: [1, 1, 1, 1, 3, 0][random.below(6)]!,
    failsAfter: fails ? random.below(STEPS) : Number.POSITIVE_INFINITY,
  };
}

const plans = fc.record({
  trials: fc.integer({ min: 1, max: 30 }),
  seed: fc.nat(100_000),
  values: fc.constantFrom(1, 3, 1000),
  factor: fc.integer({ min: 2, max: 5 }),
  min: fc.constantFrom(1, 2, 0.5, 3),
  max: fc.constantFrom(undefined, 1, 9, 20),
});
const conditions: fc.Arbitrary<Conditions> = fc.record({
  workers: fc.integer({ min: 1, max: 16 }),
  deaths: fc.constantFrom(0, 0, 0.05),
  kill: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 300 })),
});

const optionsOf = ({ min, factor, max }: { min: number; factor: number; max: number | undefined }) => ({
  ...{ min, factor, pause: true as const },
  ...(max === undefined ? {} : { max }),
});

function playAsha(behaviours: readonly Behaviour[], options: Options, given: Conditions, order: number) {
  const rule = createAsha({ ...options, pause: true });
  return play({
    make: () => new PromotionBoard(rule, { ...options, pause: true }),
    rungs: rule,
    behaviours,
    conditions: given,
    random: randomFor('order', order),
    refuses: false,
    checkpointOf: String,
  });
}

it('decides what whole curves say, whatever the order, and every trial comes to its end', () => {
  fc.assert(
    fc.property(plans, conditions, fc.nat(), (plan, given, order) => {
      const options = optionsOf(plan);
      const behaviours = Array.from({ length: plan.trials }, (_, trial) =>
        drawBehaviour(randomFor('behaviour', plan.seed, trial), plan.values),
      );
      const curves = behaviours.map(({ curve, failsAfter }) => curve.slice(0, failsAfter));
      const expected = refer(curves, options);
      const played = playAsha(behaviours, options, given, order);
      expect(played.ends).toEqual(expected.ends);
      const prunes = [...played.decisions].filter((decision) => decision.includes('"prune"'));
      expect(new Set(prunes)).toEqual(expected.prunes);
      expect(played.ends.some(({ how }) => how === 'ended')).toBe(true);
      expect(played.checkpoints).toEqual([]);
    }),
    { seed: 821, numRuns: 500 },
  );
});

it('runs no step past a rung for nothing, where trials stop there', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 16 }), fc.nat(), (plan, workers, order) => {
      const options = optionsOf(plan);
      const behaviours = Array.from({ length: plan.trials }, (_, trial) => ({
        ...drawBehaviour(randomFor('behaviour', plan.seed, trial), plan.values),
        looks: 1,
      }));
      const { steps, ends } = playAsha(
        behaviours,
        options,
        { workers, deaths: 0, kill: Number.POSITIVE_INFINITY },
        order,
      );
      expect(steps).toBe(ends.reduce((sum, { rows }) => sum + rows, 0));
    }),
    { seed: 822, numRuns: 300 },
  );
});

/** Curves that never cross, best first, last or in a random order. */
const ranked = (ranks: readonly number[], steps: number): Behaviour[] =>
  ranks.map((rank) => ({
    curve: Array.from({ length: steps }, (_, i): Row => [i + 1, rank + 1 / (i + 1)]),
    ...{ looks: 1, failsAfter: Number.POSITIVE_INFINITY },
  }));

// Li et al. 2020, Figure 1: synchronous successive halving of n = 9, r = 1, R = 9, η = 3 has 9, 3 and 1 at its rungs; of
// 27 and 81 trials likewise.
it.each([
  [9, 9, [9, 3, 1]],
  [27, 27, [27, 9, 3, 1]],
  [81, 81, [81, 27, 9, 3, 1]],
] as const)(
  '%i trials up to step %i: the numbers of synchronous halving, where the best come first',
  (n, max, counts) => {
    const atRungs = (ranks: readonly number[]) => {
      const given = { workers: 4, deaths: 0, kill: Number.POSITIVE_INFINITY };
      const { ends } = playAsha(ranked(ranks, max), { min: 1, factor: 3, max }, given, 1);
      return counts.map((_, level) => ends.filter(({ rows }) => rows >= 3 ** level).length);
    };
    const ranks = Array.from({ length: n }, (_, i) => i);
    expect(atRungs(ranks)).toEqual(counts);
    // What is promoted before better ones come is promoted too often: never less, and the best one always.
    for (let seed = 0; seed < 20; seed++) {
      const shuffled = randomFor('ranks', seed).shuffle([...ranks]);
      const found = atRungs(shuffled);
      for (const [level, count] of counts.entries()) expect(found[level]).toBeGreaterThanOrEqual(count);
      const { counts: referred } = refer(
        ranked(shuffled, max).map(({ curve }) => curve),
        { min: 1, factor: 3, max },
      );
      expect(found.slice(0, -1)).toEqual(referred.map(({ entrants }) => entrants));
      expect(found.at(-1)).toBe(referred.at(-1)!.promoted);
    }
  },
);
