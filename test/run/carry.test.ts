// An edited grid: what is carried stands as if it had been run in the new one, and nothing is carried that may differ.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { formatRow } from '../../src/ground/csv.js';
import { carryOver } from '../../src/run/carry.js';
import { writeDerived } from '../../src/run/derive.js';
import { type Journal, openJournal } from '../../src/run/journal.js';
import type { Manifest } from '../../src/run/manifest.js';
import { spaceRecord } from '../../src/run/records.js';
import { createSpace } from '../../src/space/space.js';
import type { SpaceSpec } from '../../src/space/types.js';
import type { TrialNumbers } from '../../src/trial/selection.js';
import { sampleCells, sampleManifest, sampleRows, sampleSpace, temporaryFolder } from './samples.js';

async function append(journal: Journal, manifest: Manifest, trials: TrialNumbers, failed: number[] = []) {
  const epoch = journal.state.epochs.length - 1;
  const { record, rows, series } = sampleRows(manifest, trials, { epoch, failed });
  await journal.appendRows(record, rows, series);
}

async function edit(old: Manifest, done: TrialNumbers, next: Manifest, failed: number[] = []) {
  const folder = temporaryFolder();
  const journal = await openJournal(folder);
  await journal.append(spaceRecord(old));
  await append(journal, old, done, failed);
  await journal.append(spaceRecord(next));
  const carried = await carryOver(folder, journal);
  return { folder, journal, carried };
}

const before = sampleManifest({ space: sampleSpace([0.1, 0.5], ['a', 'b'], 2) });

describe('carryOver', () => {
  it('carries what is in the new grid, so that the finished run is the one made from scratch', async () => {
    const after = sampleManifest({ space: sampleSpace([0.05, 0.5, 0.7, 0.1], ['b', 'c', 'a'], 3) });
    const { folder, journal, carried } = await edit(before, { first: 0, count: 7 }, after, [3]);
    expect(carried).toBe(7);
    const { epoch } = journal.state;
    expect(epoch.counts()).toMatchObject({ done: 7, failed: 1 });
    const [failed] = epoch.failed;
    expect(createSpace(after.space).at(Math.floor(failed! / 3))).toEqual({ alpha: 0.1, kind: 'b' });
    expect(epoch.timed).toBe(0);
    for (let trial = epoch.nextUndone(0); trial < 36; trial = epoch.nextUndone(trial)) {
      await append(journal, after, { first: trial, count: 1 });
    }
    await writeDerived(folder, journal.state);
    expect(readFileSync(join(folder, 'trials.csv'), 'utf8').split('\n').slice(1).join('\n')).toBe(
      Array.from({ length: 36 }, (_, trial) =>
        formatRow(sampleCells(after, trial, trial === failed ? 'failed' : 'ok')),
      ).join(''),
    );
    // Loss curves follow their trials: the numbers are those of the old trial, under the new number.
    const curve = new Map<number, number[]>();
    for (const line of readFileSync(join(folder, 'metrics.csv'), 'utf8').trim().split('\n').slice(1)) {
      const [trial, , loss] = line.split(',').map(Number);
      curve.set(trial!, [...(curve.get(trial!) ?? []), loss!]);
    }
    expect([...curve.keys()]).toEqual(Array.from({ length: 36 }, (_, i) => i));
    expect(curve.get(failed!)).toEqual([3 / 7, 3 / 9]);
    const timings = readFileSync(join(folder, 'timings.csv'), 'utf8').split('\n');
    expect(timings.filter((line) => line.startsWith(`${failed},`))).toHaveLength(1);
    // Carried once only.
    expect(await carryOver(folder, journal)).toBe(0);
    await journal.close();
  });

  it('finds points where an axis becomes conditional, fixed, or goes', async () => {
    const list = (name: string, values: readonly (string | number)[]) => ({
      names: [name],
      values: [{ kind: 'list' as const, values }],
    });
    // alpha exists only for kind a; elsewhere it rests at its default 0.3, or what is fixed.
    const space: SpaceSpec = {
      grids: [{ axes: [list('kind', ['a', 'b']), { ...list('alpha', [0.5, 0.1]), when: { kind: ['a'] } }] }],
      replicates: 2,
    };
    const conditional = sampleManifest({ space, fixed: { alpha: 0.1 } });
    const a = await edit(before, { first: 0, count: 8 }, conditional);
    expect(a.carried).toBe(6);
    await writeDerived(a.folder, a.journal.state);
    expect(readFileSync(join(a.folder, 'trials.csv'), 'utf8')).toContain('\n4,');
    await a.journal.close();
    const only = { grids: [{ axes: [list('kind', ['b'])] }], replicates: 1 };
    const fixed = await edit(
      before,
      { first: 0, count: 8 },
      sampleManifest({ space: only, axes: ['kind'], fixed: { alpha: 0.5 } }),
    );
    expect(fixed.carried).toBe(1);
    await fixed.journal.close();
  });

  it('takes from every earlier epoch', async () => {
    const narrow = sampleManifest({ space: sampleSpace([0.5], ['a'], 2) });
    const { folder, journal, carried } = await edit(before, { first: 0, count: 8 }, narrow);
    expect(carried).toBe(2);
    await journal.append(spaceRecord(before));
    expect(await carryOver(folder, journal, (trial) => trial !== 3)).toBe(7);
    expect([...journal.state.epoch.done]).toEqual([0, 1, 2, 4, 5, 6, 7]);
    await journal.close();
  });

  it('carries nothing where numbers could differ', async () => {
    const { worker } = before;
    const changes: Partial<Manifest>[] = [
      { seed: 8 },
      { worker: { ...worker, version: '2' } },
      { worker: { ...worker, metrics: worker.metrics.slice(1) } },
      { worker: { ...worker, params: [...worker.params, { name: 'new', type: 'number', default: 0 }] } },
      { fixed: { steps: 21 } },
    ];
    for (const change of changes) {
      const { journal, carried } = await edit(before, { first: 0, count: 8 }, { ...before, ...change });
      expect(carried).toBe(0);
      await journal.close();
    }
  });
});
