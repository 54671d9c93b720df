// A worker's parameters at one place of a space: the axis's value where the axis exists, else the value that the sweep
// fixes, else the worker's default.
import type { Point, Value } from '../space/types.js';

export interface SpaceParam {
  readonly name: string;
  /** `json`: lists and objects. */
  readonly type: 'number' | 'integer' | 'boolean' | 'string' | 'json';
  /** Whether it may be null. */
  readonly nullable?: true;
  readonly default: Value;
}

export type FixedValues = Readonly<Record<string, Value>>;

/** The value a parameter has wherever no axis sets it. */
export function restingValue(param: SpaceParam, fixed: FixedValues): Value {
  return Object.hasOwn(fixed, param.name) ? fixed[param.name]! : param.default;
}

/** Every parameter at `point`, in the order of `params`. */
export function fillParams(
  point: Point,
  params: readonly SpaceParam[],
  fixed: FixedValues,
): Record<string, Value> {
  const filled: Record<string, Value> = {};
  for (const param of params) {
    filled[param.name] = Object.hasOwn(point, param.name) ? point[param.name]! : restingValue(param, fixed);
  }
  return filled;
}

/** In code-unit order, as keys have them. */
export function byName(a: SpaceParam, b: SpaceParam): number {
  return a.name < b.name ? -1 : 1;
}
