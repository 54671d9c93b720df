// Why trials of a merged run were pruned or promoted: each part has decided by itself, so that what is told of a trial is what
// its part tells of it, or where to ask. Never trials that its part did not know.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderExplanation } from '../../../src/cli/explain-words.js';
import { explainTrial } from '../../../src/sweep/explain/explain.js';
import { mergeRuns } from '../../../src/sweep/shards/merge.js';
import { cutRun } from '../cut-run.js';
import { fixture, newFolder, read, resume, rowsOf, runSweep } from '../session.js';

const PRUNERS = [
  { name: 'asha', lookahead: 3 },
  { name: 'hyperband', max: 12, lookahead: 3 },
  { name: 'median', startup: 2, warmup: 2, lookahead: 3 },
  { name: 'patience', patience: 1 },
].map((pruner) => ({ ...pruner, metric: 'train_loss:min' }));

const prunedOf = (folder: string) =>
  rowsOf(read(folder, 'trials.csv')).flatMap(({ status, trial }) =>
    status === 'pruned' ? [Number(trial)] : [],
  );

const merge = async (folders: readonly string[]) =>
  (await mergeRuns(folders, join(newFolder(), 'merged'), [], {})).folder;

function request(pruner: { readonly name: string }, sampler: string) {
  return {
    sweep: fixture('bowl'),
    sampler: { name: sampler },
    trials: 27,
    maxFailures: { fraction: 1 },
    pruner,
  };
}

async function shardsOf(count: number, asked: ReturnType<typeof request>): Promise<string[]> {
  const folders = [];
  for (let index = 1; index <= count; index++)
    folders.push((await runSweep({ ...asked, shard: { index, count } })).folder);
  return folders;
}

/** Each pruned trial of a part, as it is told there and in the merged run. */
async function* toldTwice(parts: readonly string[], merged: string) {
  for (const part of parts)
    for (const trial of prunedOf(part))
      yield {
        part,
        trial,
        there: await explainTrial(part, trial),
        here: await explainTrial(merged, trial),
      };
}

describe.each(PRUNERS)('$name', (pruner) => {
  test.each(['random', 'sobol'])('of shards of %s: what is told is what the shard tells', async (sampler) => {
    const shards = await shardsOf(3, request(pruner, sampler));
    const merged = await merge([shards[1]!, shards[0]!, shards[2]!]);
    let competitors = 0;
    for await (const { part, there, here } of toldTwice(shards, merged)) {
      expect(here.pruned!.competitors).toHaveLength(here.pruned!.others);
      expect(here.pruned).toEqual(there.pruned);
      expect(here.origin).toEqual(there.origin);
      expect(here.part).toEqual({ run: there.run, folder: part, shard: `${shards.indexOf(part) + 1}/3` });
      expect(there.part).toBeNull();
      competitors += here.pruned!.others;
    }
    if (pruner.name === 'patience') expect(prunedOf(merged).length).toBeGreaterThan(0);
    else expect(competitors).toBeGreaterThan(10);
  });
});

describe('of asha', () => {
  const asked = request(PRUNERS[0]!, 'random');

  test('a merged run that is merged again keeps whose trials they were', async () => {
    const shards = await shardsOf(3, asked);
    const two = await merge([shards[2]!, shards[0]!]);
    const merged = await merge([await merge([two, shards[1]!])]);
    for await (const { part, here, there } of toldTwice(shards, merged)) {
      expect(here.pruned).toEqual(there.pruned);
      expect(here.part).toMatchObject({ run: there.run, folder: part });
    }
  });

  test('where rows of another run count it names only trials that were known there, or says where to ask', async () => {
    const shards = await shardsOf(2, asked);
    const { folder: whole } = await runSweep(asked);
    // The whole run has held its trials against those of the first shard, whose own rows count.
    const runs = [shards[0]!, whole, shards[1]!];
    const merged = await merge(runs);
    let unknown = 0;
    for (const trial of prunedOf(merged)) {
      const here = await explainTrial(merged, trial);
      const part = runs.find((folder) => folder === here.part!.folder)!;
      const there = await explainTrial(part, trial);
      if (here.pruned!.competitors !== null) {
        expect(here.pruned).toEqual(there.pruned);
        continue;
      }
      unknown++;
      expect(there.pruned!.competitors).not.toBeNull();
      expect(renderExplanation(here)).toContain(
        `The merged run does not have all that its part had. Ask there: sweepline explain ${part} ${trial}`,
      );
    }
    expect(unknown).toBeGreaterThan(0);
  });

  test('one that goes on tells both: what its parts decided, and what it decided itself', async () => {
    const shards = await shardsOf(2, asked);
    const first = cutRun(shards[0]!, 4, ({ t }) => t === 'rows');
    const merged = await merge([first, shards[1]!]);
    const before = prunedOf(merged);
    await resume(merged);
    const own = prunedOf(merged).filter((trial) => !before.includes(trial));
    expect(own.length).toBeGreaterThan(0);
    for (const trial of before) {
      const told = await explainTrial(merged, trial);
      expect(told.part).not.toBeNull();
      // Trials that the first shard knew by their reports, and that had not ended, are not in the merged run.
      if (told.pruned!.competitors === null)
        expect(renderExplanation(told)).toContain(`Ask there: sweepline explain ${first} ${trial}`);
      else expect(told.pruned!.competitors).toHaveLength(told.pruned!.others);
    }
    for (const trial of own) {
      const told = await explainTrial(merged, trial);
      expect(told.part).toBeNull();
      // Null would be no lie; a number that is not the recorded one would.
      if (told.pruned!.competitors !== null)
        expect(told.pruned!.competitors).toHaveLength(told.pruned!.others);
    }
  });

  test('a merge of one run is told as that run', async () => {
    const { folder } = await runSweep(asked);
    const merged = await merge([folder]);
    for await (const { here, there } of toldTwice([folder], merged)) {
      expect(here.pruned).toEqual(there.pruned);
      expect(here.part).toBeNull();
    }
  });
});

describe('of trials that paused', () => {
  const asked = {
    ...{ sweep: fixture('paused'), sampler: { name: 'random' }, trials: 24 },
    pruner: { name: 'asha', pause: true, factor: 2, max: 8 },
  };

  test('rung by rung it is what the shard tells', async () => {
    const shards = [];
    for (const index of [1, 2])
      shards.push((await runSweep({ ...asked, shard: { index, count: 2 } })).folder);
    const merged = await merge(shards);
    let passed = 0;
    for (const shard of shards)
      for (const { trial } of rowsOf(read(shard, 'trials.csv'))) {
        const [here, there] = [
          await explainTrial(merged, Number(trial)),
          await explainTrial(shard, Number(trial)),
        ];
        expect(here.promotions).toEqual(there.promotions);
        expect(here.pruned).toEqual(there.pruned);
        passed += here.promotions!.rungs!.length;
      }
    expect(passed).toBeGreaterThan(24);
  }, 60_000);

  test('not where rows of the shard are missing', async () => {
    const shards = [];
    for (const index of [1, 2])
      shards.push((await runSweep({ ...asked, shard: { index, count: 2 } })).folder);
    const { folder: whole } = await runSweep(asked);
    const merged = await merge([...shards, whole]);
    const parts = new Set<string>();
    for (const trial of prunedOf(merged)) {
      const here = await explainTrial(merged, trial);
      const { part, promotions } = here;
      const there = await explainTrial(part!.folder, trial);
      if (promotions!.rungs === null) {
        expect(renderExplanation(here)).toContain(`Ask there: sweepline explain ${part!.folder} ${trial}`);
        parts.add(part!.run);
      } else expect(promotions).toEqual(there.promotions);
    }
    expect(parts.size).toBeGreaterThan(0);
  }, 60_000);

  test('a copy whose shard folder is gone is told from the merged run alone', async () => {
    const shards = [];
    for (const index of [1, 2])
      shards.push((await runSweep({ ...asked, shard: { index, count: 2 } })).folder);
    const merged = await merge(shards);
    const moved = join(newFolder(), 'moved');
    cpSync(merged, moved, { recursive: true });
    for (const trial of prunedOf(merged)) {
      const [here, there] = [await explainTrial(moved, trial), await explainTrial(merged, trial)];
      expect(here.promotions).toEqual(there.promotions);
      expect(here.part!.run).toBe(there.part!.run);
    }
  }, 60_000);
});
