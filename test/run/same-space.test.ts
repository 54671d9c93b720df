// Whether two space records mean the same trials: what must not matter, and what must.
import { describe, expect, it, test } from 'vitest';
import { type SpaceRecord, spaceRecord } from '../../src/run/records.js';
import { isSameSpace } from '../../src/run/same-space.js';
import { sampleManifest } from '../run/samples.js';

const record = spaceRecord(sampleManifest());
const { worker } = record;

/** The same data with all keys the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}

describe('isSameSpace', () => {
  test.each<[string, unknown]>([
    ['itself', record],
    ['a copy that went through the journal', JSON.parse(JSON.stringify(record))],
    ['keys in another order', reversed(record)],
    ['a worker that lies elsewhere', { ...record, worker: { ...worker, url: 'file:///moved.js' } }],
    ['more trials of the same sampler', { ...record, sampler: { ...record.sampler, trials: 500 } }],
    ['a sampler that says what it does', { ...record, sampler: { ...record.sampler, proposes: true } }],
    ['a field that is not set', { ...record, worker: { ...worker, stages: undefined } }],
  ])('is not troubled by %s', (_, other) => {
    expect(isSameSpace(record, other as SpaceRecord)).toBe(true);
    expect(isSameSpace(other as SpaceRecord, record)).toBe(true);
  });

  const [first, ...rest] = worker.params;
  const grid = record.space.grids[0]!;
  test.each<[string, Partial<SpaceRecord>]>([
    ['replicates', { space: { ...record.space, replicates: 2 } }],
    ['a grid', { space: { ...record.space, grids: [] } }],
    ['the order of axes', { space: { ...record.space, grids: [{ axes: [...grid.axes].reverse() }] } }],
    ['the columns', { axes: [...record.axes].reverse() }],
    ['the constraint', { where: '(p) => p.alpha > 0.2' }],
    ['a fixed value', { fixed: { steps: 21 } }],
    ['the seed', { seed: 8 }],
    ['the sampler', { sampler: { name: 'random' } }],
    ['an option of the sampler', { sampler: { ...record.sampler, order: 'shuffled' } }],
    ['the worker’s version', { worker: { ...worker, version: '2' } }],
    ['the worker’s name', { worker: { ...worker, name: 'other' } }],
    ['a default', { worker: { ...worker, params: [{ ...first!, default: 0.4 }, ...rest] } }],
    ['the order of parameters', { worker: { ...worker, params: [...rest, first!] } }],
    ['a metric', { worker: { ...worker, metrics: worker.metrics.slice(1) } }],
    ['a series', { worker: { ...worker, series: [] } }],
    ['a stage', { worker: { ...worker, stages: ['first'] } }],
  ])('sees another: %s', (_, change) => {
    expect(isSameSpace(record, { ...record, ...change })).toBe(false);
  });

  it('does not take text for a number, or null for nothing', () => {
    expect(isSameSpace({ ...record, fixed: { a: 1 } }, { ...record, fixed: { a: '1' } })).toBe(false);
    expect(isSameSpace({ ...record, where: null }, { ...record, where: 'null' })).toBe(false);
  });
});
