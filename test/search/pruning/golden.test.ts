// Pruners beside Optuna's on the same learning curves, with the same noise and the same 60 configurations of 30 seeds: the
// same final regret at no more steps. SWEEPLINE_TABLE=1 prints the table of docs/pruners.md.
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { larger } from '../golden/mann-whitney.js';
import { findGolden } from '../golden/peers.js';
import { FAMILIES, runAgainstCompleted, runCurves, runPausing } from './curves.js';

interface Theirs {
  readonly problem: string;
  readonly pruner: string;
  readonly seed: number;
  readonly stopped: readonly number[];
  readonly finished: string;
  readonly regret: number;
  readonly steps: number;
}

const golden = findGolden();
const read = (name: string): string =>
  golden === undefined ? '' : readFileSync(`${golden}/raw/${name}`, 'utf8');
const theirs = read('pruners.jsonl')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Theirs);
const configs = (
  golden === undefined ? [] : JSON.parse(read('pruner-configs.json')).configs
) as (readonly (readonly [number, number])[])[];

const asha = (factor: number, min: number) => ({ name: 'asha', factor, min, max: 81 });
const median = (warmup: number) =>
  ({ name: 'median', percentile: 50, warmup, startup: 5, interval: 1, max: 81 }) as const;
const hyperband = (factor: number) => ({ name: 'hyperband', factor, min: 1, max: 81 });

const PAIRS = [
  ['none', null],
  ['sha_rf3_min1', asha(3, 1)],
  ['sha_rf4_min1', asha(4, 1)],
  ['sha_rf3_min3', asha(3, 3)],
  ['hyperband_rf3_max81', hyperband(3)],
  ['hyperband_rf4_max81', hyperband(4)],
  ['median_default', median(0)],
  ['median_warm9', median(9)],
] as const;

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const low = Math.floor(place);
  return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
};
const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

function summarize(runs: readonly { readonly regret: number; readonly steps: number }[], trials = 60) {
  const regrets = runs.map(({ regret }) => regret);
  return {
    q50: quantile(regrets, 0.5),
    q75: quantile(regrets, 0.75),
    q90: quantile(regrets, 0.9),
    share: mean(runs.map(({ steps }) => steps)) / (trials * 81),
  };
}

const ours = (problem: string, pruner: (typeof PAIRS)[number][1], lookahead: number) =>
  configs.map((each, seed) =>
    runCurves(problem, each, { noise: seed, brackets: seed }, pruner && { ...pruner, lookahead }),
  );

/** Of 30 seeds, as many configurations at random each. */
const drawn = (count: number) =>
  Array.from({ length: 30 }, (_, seed) => {
    const random = randomFor('configs', seed);
    return Array.from({ length: count }, () => [random.uniform(), random.uniform()] as const);
  });

test.each(Object.keys(FAMILIES))(
  '%s: of many trials, `median` finds as good ones as against completed ones alone, or better ones',
  (problem) => {
    for (const count of [300, 1000]) {
      const own = drawn(count).map((each, seed) =>
        runCurves(problem, each, { noise: seed, brackets: 0 }, { ...median(0), lookahead: 1 }),
      );
      const others = drawn(count).map((each, seed) => runAgainstCompleted(problem, each, seed));
      const cells = [own, others].map((runs) => summarize(runs, count));
      if (process.env.SWEEPLINE_TABLE === '1')
        process.stderr.write(`${problem} ${count} ${JSON.stringify(cells)}\n`);
      const regrets = (runs: typeof own) => runs.map(({ regret }) => regret);
      // The bar that completed ones set rises with each of them. Where ranks change on the way that loses the best ones.
      if (problem === 'curves_crossing') expect(larger(regrets(others), regrets(own))).toBeLessThan(0.05);
      else expect(larger(regrets(own), regrets(others))).toBeGreaterThan(0.05);
    }
  },
  60_000,
);

describe.skipIf(golden === undefined)('on the golden curves', () => {
  test.each(Object.keys(FAMILIES))(
    '%s: successive halving stops the same trials at the same steps',
    (problem) => {
      for (const [name, pruner] of PAIRS) {
        if (!name.startsWith('sha')) continue;
        for (const [seed, run] of ours(problem, pruner, 1).entries()) {
          const peer = theirs.find(
            (each) => each.problem === problem && each.pruner === name && each.seed === seed,
          )!;
          expect(run.stopped, `${name}, seed ${seed}`).toEqual(peer.stopped);
          // Optuna judges at the last step too, when nothing is left to save.
          for (const [trial, is] of [...peer.finished].entries())
            if (is === '1') expect(run.finished[trial]).toBe(true);
        }
      }
    },
  );

  // Optuna takes the checksum of the study's name and the trial's number.
  test.each(Object.keys(FAMILIES))(
    '%s: hyperband stops the same trials at the same steps in the same brackets',
    (problem) => {
      for (const [factor, shares] of [
        [3, [81, 34, 15, 8, 5]],
        [4, [64, 22, 8, 4]],
      ] as const) {
        const all = shares.reduce((sum, share) => sum + share, 0);
        for (const [seed, each] of configs.entries()) {
          const brackets = (trial: number) => {
            let drawn = crc32(`curves-${seed}_${trial}`) % all;
            return shares.findIndex((share) => {
              drawn -= share;
              return drawn < 0;
            });
          };
          const spec = { ...hyperband(factor), lookahead: 1 };
          const { stopped, regret } = runCurves(problem, each, { noise: seed, brackets }, spec);
          const peer = theirs.find(
            (one) =>
              one.problem === problem && one.pruner === `hyperband_rf${factor}_max81` && one.seed === seed,
          )!;
          expect(stopped, `factor ${factor}, seed ${seed}`).toEqual(peer.stopped);
          expect(regret).toBeCloseTo(peer.regret, 12);
        }
      }
    },
  );

  test.each(Object.keys(FAMILIES))('%s: the same regret at no more steps', (problem) => {
    const lines: string[] = [];
    for (const [name, pruner] of PAIRS) {
      const peers = theirs.filter((each) => each.problem === problem && each.pruner === name);
      const runs = [1, 8].map((lookahead) => ours(problem, pruner, lookahead));
      const cells = [...runs, peers].map((each) => {
        const { q50, q75, q90, share } = summarize(each);
        const regrets = [q50, q75, q90].map((q) => q.toFixed(3)).join(' / ');
        return `${regrets}, ${(100 * share).toFixed(1)} %`;
      });
      lines.push(`| ${name} ${JSON.stringify(pruner)} | ${cells.join(' | ')} |`);
      const regrets = (each: readonly { readonly regret: number }[]) => each.map(({ regret }) => regret);
      for (const run of runs)
        expect(larger(regrets(run), regrets(peers)), `${name}: its regrets are larger`).toBeGreaterThan(0.05);
      const share = summarize(runs[0]!).share;
      if (name.startsWith('sha')) expect(share).toBe(summarize(peers).share);
      // Other brackets were drawn: see above.
      else if (name.startsWith('hyperband')) expect(share, name).toBeLessThan(summarize(peers).share + 0.015);
      // It counts other trials than Optuna's, and takes fewer steps but on plain curves without a warm-up.
      else {
        const more = name === 'median_default' && problem === 'curves_plain' ? 0.008 : 0;
        expect(share, name).toBeLessThanOrEqual(summarize(peers).share + more);
      }
    }
    if (process.env.SWEEPLINE_TABLE === '1') process.stderr.write(`${problem}\n${lines.join('\n')}\n`);
  });

  test.each(Object.keys(FAMILIES))('%s: asha that pauses finds as good ones with fewer steps', (problem) => {
    for (const [factor, min] of [
      [3, 1],
      [4, 1],
      [3, 3],
    ] as const) {
      const stopping = ours(problem, asha(factor, min), 1);
      const pausing = configs.map((each, seed) => runPausing(problem, each, seed, asha(factor, min)));
      const [theirs, own] = [summarize(stopping), summarize(pausing)];
      if (process.env.SWEEPLINE_TABLE === '1')
        process.stderr.write(
          `${problem} ${JSON.stringify([factor, min, { stopping: theirs, pausing: own }])}\n`,
        );
      const regrets = (each: readonly { readonly regret: number }[]) => each.map(({ regret }) => regret);
      expect(larger(regrets(pausing), regrets(stopping)), 'its regrets are larger').toBeGreaterThan(0.05);
      expect(own.q50).toBeLessThan(theirs.q50 + 0.005);
      expect(own.share).toBeLessThan(theirs.share);
    }
  });

  test.each(Object.keys(FAMILIES))(
    '%s: hyperband takes as many steps whichever brackets are drawn',
    (problem) => {
      for (const factor of [3, 4]) {
        const spec = { ...hyperband(factor), lookahead: 1 };
        const drawn = Array.from({ length: 10 }, (_, draw) =>
          configs.map((each, seed) =>
            runCurves(problem, each, { noise: seed, brackets: 1000 * draw + seed }, spec),
          ),
        ).flat();
        const peers = theirs.filter(
          (each) => each.problem === problem && each.pruner === `hyperband_rf${factor}_max81`,
        );
        if (process.env.SWEEPLINE_TABLE === '1')
          process.stderr.write(
            `${problem} ${JSON.stringify([factor, summarize(drawn), summarize(peers)])}\n`,
          );
        expect(Math.abs(summarize(drawn).share - summarize(peers).share)).toBeLessThan(0.015);
      }
    },
  );
});
