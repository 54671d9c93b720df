// The different combinations of values that some axes have over a whole space. Goes by the axes, not by the points: a
// space of 10^12 points that vary in three values of one axis costs three steps.
import type { Box, Place } from './grid.js';
import type { Space } from './space.js';
import type { Point, Value } from './types.js';

/**
 * The points of the space with all axes left out but those in `names`, in the order in which the points of the space use
 * them first. Grids and conditional axes may bring the same one again: compare them.
 */
export function* projectPoints(space: Space, names: ReadonlySet<string>): Generator<Point> {
  for (const box of space.boxes) yield* projectBox(box, names);
}

function* projectBox({ shape, held }: Box, names: ReadonlySet<string>): Generator<Point> {
  const still: Record<string, Value> = {};
  /** Turning axes of the same stride move together. */
  const turning = new Map<number, Place[]>();
  for (const place of shape.places) {
    if (!names.has(place.name)) continue;
    if (place.slot >= 0) still[place.name] = place.axis.at(held[place.slot]!);
    else turning.set(place.stride, [...(turning.get(place.stride) ?? []), place]);
  }
  // An axis of one value shares its stride with the next slower one, but does not move with it.
  const wheels = [...turning].sort(([a], [b]) => b - a).flatMap(([, places]) => splitByLength(places));
  yield* turn(wheels, 0, still);
}

function splitByLength(places: readonly Place[]): (readonly Place[])[] {
  const lengths = [...new Set(places.map(({ length }) => length))];
  return lengths.map((length) => places.filter((place) => place.length === length));
}

function* turn(wheels: readonly (readonly Place[])[], w: number, point: Point): Generator<Point> {
  const wheel = wheels[w];
  if (wheel === undefined) {
    yield point;
    return;
  }
  for (let i = 0; i < wheel[0]!.length; i++) {
    const values = Object.fromEntries(wheel.map(({ name, axis }) => [name, axis.at(i)]));
    yield* turn(wheels, w + 1, { ...point, ...values });
  }
}
