// A space on its way to another process: long lists of numbers as typed arrays, which are copied as bytes. As plain arrays
// 10^7 values take seconds and 500 MB for every process and thread on their way.
import type { AxisValues, SpaceSpec } from './types.js';

/** Shorter lists are quick as they are. */
const LONG_LIST = 1000;

/** What may cross, and is to be unpacked before it is looked at. */
export function packSpace(spec: SpaceSpec): SpaceSpec {
  return mapValues(spec, (values) => {
    if (values.kind !== 'list' || values.values.length <= LONG_LIST) return values;
    const list: readonly unknown[] = values.values;
    if (!list.every((value) => typeof value === 'number')) return values;
    return { ...values, values: Float64Array.from(list) as unknown as readonly number[] };
  });
}

/** Of a space that was not packed: itself. */
export function unpackSpace(packed: SpaceSpec): SpaceSpec {
  return mapValues(packed, (values) => {
    if (values.kind !== 'list') return values;
    const list: unknown = values.values;
    return list instanceof Float64Array ? { ...values, values: toArray(list) } : values;
  });
}

/** A loop: Array.from takes ten times as long. */
function toArray(floats: Float64Array): number[] {
  const list = new Array<number>(floats.length);
  for (let i = 0; i < list.length; i++) list[i] = floats[i]!;
  return list;
}

function mapValues(spec: SpaceSpec, change: (values: AxisValues) => AxisValues): SpaceSpec {
  const grids = spec.grids.map((grid) => ({
    ...grid,
    axes: grid.axes.map((axis) => ({ ...axis, values: axis.values.map(change) })),
  }));
  return { ...spec, grids };
}
