// Which sampler, from a definition or the command line, with its defaults filled in.
import { describeUnknown } from '../../ground/text.js';
import type { SamplerSpec } from '../../space/sampling.js';
import type { GridSpec } from '../../space/types.js';
import { axisAt, axisLength } from '../../space/values.js';
import type { WorkerDescription } from '../../worker/define.js';

const SAMPLERS = ['grid', 'bisect'];

/** The full spec, and the grids that are left to cross: the axis that `bisect` searches is none of them. */
export function resolveSampler(
  asked: { readonly name: string },
  grids: readonly GridSpec[],
  worker: WorkerDescription,
  faults: string[],
): { readonly sampler: SamplerSpec; readonly grids: readonly GridSpec[] } {
  const { name } = asked;
  if (name === 'grid') return { sampler: { name: 'grid' }, grids };
  if (name !== 'bisect') {
    faults.push(describeUnknown('sampler', name, SAMPLERS));
    return { sampler: { name: 'grid' }, grids };
  }
  const given = asked as Partial<Extract<SamplerSpec, { name: 'bisect' }>>;
  const numeric = worker.params.filter((param) => param.type === 'number').map((param) => param.name);
  const booleans = worker.metrics.filter((metric) => metric.type === 'boolean').map((metric) => metric.name);
  const last = grids[0]?.axes.at(-1)?.names[0];
  const axis = given.axis ?? last ?? '';
  const metric = given.metric ?? booleans[0] ?? '';
  if (!numeric.includes(axis)) faults.push(`bisect: ${describeUnknown('numeric axis', axis, numeric)}`);
  if (!booleans.includes(metric))
    faults.push(`bisect: ${describeUnknown('boolean metric', metric, booleans)}`);
  const values = grids.flatMap((grid) =>
    grid.axes.flatMap((each) => (each.names.includes(axis) ? [each.values[each.names.indexOf(axis)]!] : [])),
  );
  const ends = values
    .flatMap((each) => [axisAt(each, 0), axisAt(each, axisLength(each) - 1)])
    .filter((end) => typeof end === 'number');
  const from = given.from ?? (ends.length > 0 ? Math.min(...ends) : Number.NaN);
  const to = given.to ?? (ends.length > 0 ? Math.max(...ends) : Number.NaN);
  if (!(from < to))
    faults.push(`bisect: ${axis} from ${from} to ${to}; expected two ends, the first below the second`);
  const tolerance = given.tolerance ?? 1e-6;
  if (!(tolerance > 0 && Number.isFinite(tolerance)))
    faults.push(`bisect: tolerance ${tolerance}; expected a number above 0`);
  for (const each of grids.flatMap((grid) => grid.axes)) {
    if (each.names.includes(axis) && each.names.length > 1)
      faults.push(
        `bisect: axis ${axis} is zipped with ${each.names.filter((name) => name !== axis).join(', ')}`,
      );
    if (each.when !== undefined && Object.hasOwn(each.when, axis))
      faults.push(`bisect: axis ${each.names.join('+')} depends on ${axis}`);
  }
  const others = grids.map((grid) => ({ axes: grid.axes.filter((each) => !each.names.includes(axis)) }));
  return { sampler: { name: 'bisect', axis, metric, from, to, tolerance }, grids: others };
}
