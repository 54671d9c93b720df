// Any mix of runs of one sweep, with trials that are in several of them or in none, comes out as the run in one piece has
// those trials, byte for byte; what is repeated and what is missing is told; other numbers are shown cell by cell.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/run/manifest.js';
import { mergeRuns } from '../../src/run/merge.js';
import { makeRun, sampleSpace, temporaryFolder } from './samples.js';

const identity = { runId: 'merged', created: 'now', host: 'here', command: ['merge'] };
const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');
const FILES = ['trials.csv', 'metrics.csv'];

const keep = (folder: string, trial: number, text = `model of ${trial}`) => {
  mkdirSync(join(folder, 'artifacts', String(trial)), { recursive: true });
  writeFileSync(join(folder, 'artifacts', String(trial), 'model.onnx'), text);
};

/** Of a space of so many trials: where each of them is, in none of the runs, in one or in several. */
const mixes = fc
  .record({
    alphas: fc.integer({ min: 1, max: 6 }),
    replicates: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ alphas, replicates, count }) =>
    fc.record({
      alphas: fc.constant(alphas),
      replicates: fc.constant(replicates),
      count: fc.constant(count),
      places: fc.array(
        fc.oneof(
          { weight: 5, arbitrary: fc.nat(count - 1).map((i) => [i]) },
          { weight: 1, arbitrary: fc.constant([] as number[]) },
          { weight: 1, arbitrary: fc.subarray(Array.from({ length: count }, (_, i) => i)) },
        ),
        { minLength: alphas * 2 * replicates, maxLength: alphas * 2 * replicates },
      ),
      block: fc.integer({ min: 1, max: 5 }),
      failing: fc.integer({ min: 2, max: 9 }),
    }),
  );

describe('a merge', () => {
  it('of any mix of runs is the run in one piece, as far as they have it', async () => {
    const root = temporaryFolder();
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(mixes, async ({ alphas, replicates, count, places, block, failing }) => {
        const home = join(root, String(turn++));
        const values = Array.from({ length: alphas }, (_, i) => i / 7);
        const space = sampleSpace(values, ['a', 'b'], replicates);
        const all = places.map((_, trial) => trial);
        const present = all.filter((trial) => places[trial]!.length > 0);
        // Every run has failed in the same way where it failed.
        const failed = all.filter((trial) => trial % failing === 1);
        const make = async (name: string, trials: number[], changes: Partial<Manifest>) => {
          const steps = [];
          for (let i = 0; i < trials.length; i += block)
            steps.push([trials.slice(i, i + block), { failed }] as const);
          const folder = await makeRun(join(home, name), { space, trials: all.length, ...changes }, steps);
          for (const trial of trials) if (trial % 3 === 0) keep(folder, trial);
          return folder;
        };
        const expected = await make('whole', present, {});
        const runs: string[] = [];
        for (let i = 0; i < count; i++) {
          // Out of order, as threads finish them; a shard among whole runs that were cut short.
          const own = all.filter((trial) => places[trial]!.includes(i)).reverse();
          const shard = { index: 1, count: 2, by: 'key' as const, of: all.length };
          runs.push(await make(String(i), own, i === 1 ? { shard, trials: own.length } : {}));
        }
        const merged = await mergeRuns(runs, join(home, 'merged'), identity);
        for (const file of FILES) expect(read(merged.folder, file)).toBe(read(expected, file));
        const artifacts = (folder: string) =>
          existsSync(join(folder, 'artifacts')) ? readdirSync(join(folder, 'artifacts')).sort() : [];
        expect(artifacts(merged.folder)).toEqual(artifacts(expected));
        for (const trial of artifacts(expected))
          expect(read(merged.folder, `artifacts/${trial}/model.onnx`)).toBe(`model of ${trial}`);
        expect(merged).toMatchObject({
          total: all.length,
          left: all.length - present.length,
          leftTrials: all.filter((trial) => places[trial]!.length === 0),
          repeated: places.filter((each) => each.length > 1).length,
          replaced: 0,
          isWhole: present.length === all.length,
        });
        // One attempt each, whichever run it is of.
        expect(read(merged.folder, 'timings.csv').trimEnd().split('\n').length).toBeGreaterThan(
          present.length,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('takes the row that is ok, and tells how many gave way', async () => {
    const root = temporaryFolder();
    const whole = await makeRun(join(root, 'whole'), {}, [[{ first: 0, count: 6 }]]);
    const a = await makeRun(join(root, 'a'), {}, [[{ first: 0, count: 4 }, { failed: [1, 2] }]]);
    const b = await makeRun(join(root, 'b'), {}, [[[1, 2, 4, 5]]]);
    for (const [i, runs] of [
      [a, b],
      [b, a],
    ].entries()) {
      const merged = await mergeRuns(runs, join(root, `merged-${i}`), identity);
      expect(merged).toMatchObject({ repeated: 0, replaced: 2, trials: 6 });
      for (const file of FILES) expect(read(merged.folder, file)).toBe(read(whole, file));
      const timings = read(merged.folder, 'timings.csv').trimEnd().split('\n').slice(1);
      expect(timings.map((line) => line.split(',')[0])).toEqual(['0', '1', '2', '3', '4', '5']);
    }
  });

  it('shows the first trials that disagree cell by cell, rows, series and artifacts', async () => {
    const root = temporaryFolder();
    const a = await makeRun(join(root, 'a'), {}, [[{ first: 0, count: 20 }]]);
    const b = await makeRun(join(root, 'b'), {}, [[[9, 10, 11, 12, 13, 14, 15], { salt: '?' }]]);
    const error = await mergeRuns([a, b], join(root, 'merged'), identity).catch((caught: Error) => caught);
    const lines = (error as Error).message.split('\n');
    expect(lines[0]).toBe('the runs disagree about 7 trials that they share; nothing was written:');
    expect(lines).toHaveLength(7);
    expect(lines.at(-1)).toBe('  - and 2 trials more');
    expect(existsSync(join(root, 'merged'))).toBe(false);
    // The same rows, and other files.
    const c = await makeRun(join(root, 'c'), {}, [[[3, 4, 5]]]);
    for (const folder of [a, c]) keep(folder, 3);
    for (const folder of [a, c]) keep(folder, 4, folder === a ? 'one' : 'two');
    keep(c, 5);
    await expect(mergeRuns([a, c], join(root, 'merged'), identity)).rejects.toThrow(
      /about 2 trials .*\n.*trial 4 .*: artifact model\.onnx has other bytes\n.*trial 5 .*: artifact model\.onnx is in one of them/,
    );
    const { folder } = await mergeRuns([a, c], join(root, 'merged'), identity, { prefer: [c] });
    expect(read(folder, 'artifacts/4/model.onnx')).toBe('two');
  });

  it('refuses other code under the same version, unless it is told that it may differ', async () => {
    const root = temporaryFolder();
    const print = (sources: string) => ({ fingerprint: { declaration: 'd', accepts: null, sources } });
    const a = await makeRun(join(root, 'a'), print('one'), [[[0, 1]]]);
    const b = await makeRun(join(root, 'b'), print('two'), [[[2, 3]]]);
    const out = join(root, 'merged');
    await expect(mergeRuns([a, b], out, identity)).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: expect.stringMatching(/code of the worker: "one" in .*a, "two" in .*b$/),
      hint: expect.stringContaining('--any-code'),
    });
    const merged = await mergeRuns([a, b], out, identity, { anyCode: true });
    expect(merged).toMatchObject({ trials: 4, notes: [expect.stringContaining('ran other code')] });
  });

  it('refuses to prefer what it does not merge', async () => {
    const root = temporaryFolder();
    const a = await makeRun(join(root, 'a'), {}, [[[0, 1]]]);
    await expect(
      mergeRuns([a], join(root, 'merged'), identity, { prefer: [join(root, 'b')] }),
    ).rejects.toThrow('expected one of the runs');
    expect(existsSync(join(root, 'merged'))).toBe(false);
  });

  it('tells shards of two cuts, what they have twice and what none has', async () => {
    const root = temporaryFolder();
    const shard = (index: number, cut: string) => ({
      shard: { index, count: 2, by: 'cost' as const, cut, of: 20 },
      trials: 10,
    });
    const a = await makeRun(join(root, 'a'), shard(1, 'x'), [[{ first: 0, count: 10 }]]);
    const b = await makeRun(join(root, 'b'), shard(2, 'y'), [[{ first: 8, count: 10 }]]);
    const merged = await mergeRuns([a, b], join(root, 'merged'), identity);
    expect(merged).toMatchObject({ repeated: 2, left: 2, leftTrials: [18, 19], missing: [], isWhole: false });
    expect(merged.notes).toEqual([expect.stringMatching(/shards of two cuts \(by cost, y; by cost, x\)/)]);
  });

  it('of a thousand shards, of which some are missing, names these', async () => {
    const root = temporaryFolder();
    const runs: string[] = [];
    for (const index of [2, 3, 1000]) {
      const shard = { index, count: 1000, by: 'key' as const, of: 20 };
      runs.push(await makeRun(join(root, String(index)), { shard, trials: 1 }, [[[index % 20]]]));
    }
    const merged = await mergeRuns(runs, join(root, 'merged'), identity);
    expect(merged.missing).toHaveLength(997);
    expect(merged.missing.slice(0, 2)).toEqual(['1/1000', '4/1000']);
    expect(merged).toMatchObject({ total: 20, left: 17 });
  });
});
