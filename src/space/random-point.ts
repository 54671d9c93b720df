// Points at random: what `--sampler random` proposes, and what search methods are compared with.
import { type Random, randomFor } from '../ground/random.js';
import { drawFrom, drawValue, isDomain, toFiniteValues } from './domain.js';
import type { AxisDomain, GridSpec, Point, Value } from './types.js';
import { includesValue } from './value.js';
import { axisAt, axisLength } from './values.js';

/**
 * Draws for the point with a number, from sound grids, one after another: the first that a constraint accepts is the
 * point. Each number has a stream of its own, so a point does not depend on how many there are.
 */
export function createPointDraws(
  grids: readonly GridSpec<AxisDomain>[],
  seed: number,
  number: number,
): () => Point {
  const random = randomFor('random sampler', seed, number);
  return () => drawPoint(grids, random);
}

/** One of the grids, then every axis that exists there, in order: those with a condition look at those before. */
function drawPoint(grids: readonly GridSpec<AxisDomain>[], random: Random): Point {
  const grid = grids[grids.length === 1 ? 0 : random.below(grids.length)]!;
  const point: Record<string, Value> = {};
  for (const { names, values, when } of grid.axes) {
    const exists = Object.entries(when ?? {}).every(
      ([name, allowed]) => Object.hasOwn(point, name) && includesValue(allowed, point[name]),
    );
    if (!exists) continue;
    if (names.length === 1) point[names[0]!] = drawAny(values[0]!, random);
    else Object.assign(point, drawZipped(names, values, random));
  }
  return point;
}

function drawAny(values: AxisDomain, random: Random): Value {
  return isDomain(values) ? drawFrom(values, random) : drawValue(values, random);
}

/** Zipped axes are finite and move together: one position for all. */
function drawZipped(names: readonly string[], values: readonly AxisDomain[], random: Random): Point {
  const finite = values.map((each) => toFiniteValues(each)!);
  const position = random.below(axisLength(finite[0]!));
  return Object.fromEntries(names.map((name, i) => [name, axisAt(finite[i]!, position)]));
}
