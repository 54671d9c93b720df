// One list of reserved names for all that becomes a column: axes, parameters, metrics, series, and a stage's own.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findSpaceFaults } from '../../src/space/check.js';
import { RESERVED_NAMES } from '../../src/space/names.js';
import { headerOf } from '../../src/trial/row.js';
import { seriesHeaderOf } from '../../src/trial/series.js';
import { defineWorker } from '../../src/worker/define.js';

const base = { name: 'w', version: '1', params: {}, metrics: {}, run: () => ({}) };

describe('reserved names', () => {
  it('hold every column of trials.csv and metrics.csv that is Sweepline’s own', () => {
    const own = headerOf({ axes: [], metrics: [] }) + seriesHeaderOf([]);
    expect(own.split(/[,\n]/).filter((name) => name !== '' && !RESERVED_NAMES.has(name))).toEqual([]);
  });

  it.each([...RESERVED_NAMES])('refuse %s as an axis, a parameter, a metric and a series', (name) => {
    const axis = { names: [name], values: [{ kind: 'list' as const, values: [1] }] };
    expect(findSpaceFaults({ grids: [{ axes: [axis] }], replicates: 1 })).toEqual([
      `axis "${name}": a column of trials.csv has that name already`,
    ]);
    const taken = (kind: string, file: string) =>
      `${kind} "${name}": the name is taken by another column of ${file}`;
    expect(() => defineWorker({ ...base, params: { [name]: z.number().default(1) } })).toThrow(
      taken('parameter', 'trials.csv'),
    );
    expect(() => defineWorker({ ...base, metrics: { [name]: { type: 'number' } } })).toThrow(
      taken('metric', 'trials.csv'),
    );
    expect(() => defineWorker({ ...base, series: [name] })).toThrow(taken('series', 'metrics.csv'));
  });

  it.each([...RESERVED_NAMES])('refuse %s as a metric and a series of a stage', (name) => {
    const stage = (own: object) => () =>
      defineWorker({ ...base, stages: { first: { params: [], metrics: {}, run: () => ({}), ...own } } });
    expect(stage({ metrics: { [name]: { type: 'number' } } })).toThrow(
      `stage "first": metric "${name}": the name is taken by another column of trials.csv`,
    );
    expect(stage({ series: [name] })).toThrow(
      `stage "first": series "${name}": the name is taken by another column of metrics.csv`,
    );
  });

  it('leave a series the name of a metric, which is in another file', () => {
    expect(() =>
      defineWorker({ ...base, metrics: { loss: { type: 'number' } }, series: ['loss'] }),
    ).not.toThrow();
  });
});
