// Any definition, from right to nonsense, ends in the grid that was meant or in an error that names the place: compared
// with nested loops over what was written. Nothing else may come out, least of all a TypeError.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SweeplineError } from '../../../src/ground/errors.js';
import { createInlinePool } from '../../../src/pool/inline.js';
import type { Point, Value } from '../../../src/space/types.js';
import { defineSweep } from '../../../src/sweep/definition/define.js';
import { type Job, openSampler, prepareJob } from '../../../src/sweep/job.js';
import { resolveSettings } from '../../../src/sweep/settings.js';
import { trialsOf } from '../../../src/trial/selection.js';
import type { Worker } from '../../../src/worker/contract.js';
import { defineWorker } from '../../../src/worker/define.js';
import { constraintArb, extraArb, gridArb, NAMES, params, type WrittenGrid, workerArb } from '../written.js';

const RUNS = 2_000;
const replicatesOf = (options: { readonly replicates?: unknown; readonly seeds?: unknown }): number =>
  Array.isArray(options.seeds) ? options.seeds.length : Number(options.replicates ?? 1);

async function prepareWritten(worker: object, sweep: object): Promise<Job> {
  const run = () => ({});
  const base = { name: 'w', version: '1', params, metrics: {}, run };
  const made = defineWorker({ ...base, ...worker } as never) as unknown as Worker;
  const file = 'file:///sweep.js';
  const loaded = {
    sweep: defineSweep({ name: 's', worker: './w.js', ...sweep } as never),
    ...{ url: file, workerUrl: file, reportUrl: null },
  };
  return prepareJob(loaded, resolveSettings({ sweep: 's' }), createInlinePool(made).questions);
}

/** The points of the trials that the sampler proposes, in order. */
function proposed(job: Job): Point[] {
  const sampler = openSampler(job);
  const points: Point[] = [];
  for (;;) {
    const proposal = sampler.next(7);
    if (typeof proposal === 'string') break;
    for (const trial of trialsOf(proposal))
      points.push(job.space.at(Math.floor(trial / job.space.replicates)));
  }
  expect(sampler.total).toBe(points.length);
  return points;
}

/** Axes that others depend on turn slowest, the last of the others fastest. */
function enumerate({ axes, zip }: WrittenGrid): Point[] {
  const deciding = new Set(axes.flatMap(({ when }) => Object.keys(when ?? {})));
  const groups = axes.filter(({ name }) => name !== zip?.[1]);
  const isDeciding = ({ name }: { readonly name: string }) => deciding.has(name);
  const order = [...groups.filter(isDeciding), ...groups.filter((axis) => !isDeciding(axis))];
  const walk = (i: number, point: Point): Point[] => {
    const axis = order[i];
    if (axis === undefined) return [point];
    const exists = Object.entries(axis.when ?? {}).every(([name, wanted]) =>
      wanted.some((value) => JSON.stringify(value) === JSON.stringify(point[name])),
    );
    if (!exists) return walk(i + 1, point);
    const partner = zip?.[0] === axis.name ? axes.find(({ name }) => name === zip[1])! : undefined;
    return axis.meaning!.flatMap((value, k) =>
      walk(i + 1, {
        ...point,
        [axis.name]: value,
        ...(partner === undefined ? {} : { [partner.name]: partner.meaning![k]! }),
      }),
    );
  };
  return walk(0, {});
}

function writtenGrid({ axes, zip }: WrittenGrid): object {
  const entries = axes.map(({ name, written }) => [name, written] as const);
  return { axes: Object.fromEntries(entries), ...(zip === undefined ? {} : { zip: [zip] }) };
}

const textOf = (point: Point) => JSON.stringify(Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1)));

const definitionArb = fc.record({
  grids: fc.oneof(
    { weight: 3, arbitrary: fc.tuple(gridArb) },
    { weight: 1, arbitrary: fc.tuple(gridArb, gridArb) },
  ),
  extra: extraArb,
  where: constraintArb,
  worker: workerArb,
});

test(`${RUNS} definitions are the grid that was meant, or an error that names the place`, async () => {
  const seen = { right: 0, wrong: 0 };
  await fc.assert(
    fc.asyncProperty(definitionArb, async ({ grids, extra, where, worker }) => {
      const shape = grids.length === 1 ? writtenGrid(grids[0]!) : { grids: grids.map(writtenGrid) };
      const sweep = { ...shape, ...(where === undefined ? {} : { where: where.written }), ...extra.options };
      const outcome = await prepareWritten(worker.options, sweep).then(
        (job) => ({ points: proposed(job), job, error: undefined }),
        (error: unknown) => ({ points: [], job: undefined, error }),
      );
      const ofWorker = worker.place === undefined ? [] : [worker.place];
      const isRezipped = grids.length === 1 && 'zip' in extra.options;
      const parts = grids.flatMap((grid) => [...grid.axes, ...(isRezipped ? [] : grid.faults)]);
      const ofSweep = [
        ...parts.flatMap(({ place, late }) => (late ? [] : (place ?? []))),
        ...(where?.isStatic ? ['where'] : []),
        ...(extra.place === undefined || extra.late ? [] : [extra.place]),
      ];
      const late = extra.late ? [extra.place!] : [];
      const ofValues = parts.flatMap(({ place, late: isLate }) => (isLate ? (place ?? []) : []));
      const places = [ofWorker, ofSweep, late, ofValues].find((each) => each.length > 0) ?? [];
      if (outcome.error !== undefined) {
        const { error } = outcome;
        if (!(error instanceof SweeplineError)) throw error;
        seen.wrong++;
        expect(error.code).toMatch(/^BAD_(DEFINITION|USAGE)$/);
        for (const place of places) expect(error.message).toContain(place);
        if (places.length > 0) return;
        // What remains are constraints that fail, are on axes that no grid has, or leave nothing.
        expect(where?.written, error.message).toBeDefined();
        expect(error.message).toContain('the constraint (where)');
        const lacks = Array.isArray(where!.written) && /axis "/.test(error.message);
        const left = grids.flatMap(enumerate).filter(where!.accepts ?? (() => false));
        if (!lacks) expect(left).toEqual([]);
        return;
      }
      seen.right++;
      expect(places).toEqual([]);
      const accepts = where === undefined ? () => true : where.accepts;
      expect(accepts, 'a constraint that fails').toBeDefined();
      const meant = new Map(
        grids
          .flatMap(enumerate)
          .filter(accepts!)
          .map((point) => [textOf(point), point]),
      );
      const times = replicatesOf(extra.options);
      const expected = [...meant.keys()].flatMap((text) => Array<string>(times).fill(text));
      expect(outcome.points.map(textOf)).toEqual(expected);
      const { metrics } = outcome.job!.worker;
      expect(metrics[0]?.goal).toBe(worker.meaning?.goal);
    }),
    { numRuns: RUNS, seed: 20261125 },
  );
  // Both must be there in numbers, or the property says nothing.
  expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(RUNS / 10);
});

test('anything at all in any place is never another error than ours', async () => {
  const anything = fc.anything({
    ...{ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true },
    ...{ withNullPrototype: true, withSparseArray: true, withBoxedValues: true, maxDepth: 2 },
  });
  const OPTIONS =
    'name title about worker report axes zip grids fixed replicates seeds where sampler seed'.split(' ');
  const WORKER = 'name version about params metrics series check trains load stages run runBlock'.split(' ');
  const isOurs = (error: unknown) => {
    if (!(error instanceof SweeplineError)) throw error;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...OPTIONS),
      fc.constantFrom(...WORKER),
      fc.constantFrom<Value>(...NAMES),
      anything,
      async (option, ofWorker, axis, what) => {
        await prepareWritten({}, { axes: { lr: [0.1] }, [option]: what }).catch(isOurs);
        await prepareWritten({}, { axes: { units: [1], [String(axis)]: what } }).catch(isOurs);
        await prepareWritten({}, { grids: [{ axes: { lr: [1, 2], mom: [1, 2] }, zip: what }, what] }).catch(
          isOurs,
        );
        await prepareWritten({}, { axes: { lr: [1, 2], mom: { values: [1], when: what } } }).catch(isOurs);
        await prepareWritten({ [ofWorker]: what }, { axes: { lr: [0.1] } }).catch(isOurs);
        await prepareWritten({ stages: { first: what } }, { axes: { lr: [0.1] } }).catch(isOurs);
      },
    ),
    { numRuns: 300, seed: 20261125 },
  );
});
