// One grid laid out as boxes. A box is a combination of values of the axes that others depend on (`when`), crossed
// with the axes that exist there: a plain mixed-radix number. Boxes are listed, points never are.
import { SweeplineError } from '../ground/errors.js';
import { formatCount } from '../ground/text.js';
import { type Axis, compileAxis } from './axis.js';
import type { AxisSpec, GridSpec, Point, Value } from './types.js';
import { canonicalValue, includesValue, isDistinct, isSameValue } from './value.js';

const MAX_BOXES = 100_000;

/** Where an axis stands in a box: held at one position (`slot` into the box's), or turning with its stride in points. */
export interface Place {
  readonly name: string;
  readonly axis: Axis;
  readonly length: number;
  /** -1 when the axis turns. */
  readonly slot: number;
  /** Points between two steps of this axis; 0 when it is held. Zipped axes share theirs. */
  readonly stride: number;
}

/** What boxes with the same existing axes have in common. */
export interface Shape {
  readonly points: number;
  /** In the order of the grid. */
  readonly places: readonly Place[];
  readonly byName: ReadonlyMap<string, Place>;
  /** The turning axes, slowest first. */
  readonly turning: readonly { readonly digit: Digit; readonly stride: number }[];
}

export interface Box {
  /** Number of its first point in the space. */
  readonly first: number;
  /** Positions of the axes it holds. */
  readonly held: readonly number[];
  readonly shape: Shape;
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly points: number;
  readonly digits: readonly Digit[];
  /** Number of a point in the space, -1 where this grid does not hold it. */
  indexOf(point: Point): number;
}

/** One axis, or several zipped ones: what moves together. */
export interface Digit {
  readonly spec: AxisSpec;
  readonly axes: readonly Axis[];
  readonly length: number;
  /** The common position of its axes' values in `point`, or -1. */
  indexOf(point: Point): number;
}

/** Lays out a checked grid whose first point has the number `first`. Throws BAD_DEFINITION where it is too large. */
export function layOut(grid: GridSpec, first: number): Layout {
  const digits = grid.axes.map(makeDigit);
  const deciding = new Set(grid.axes.flatMap((axis) => Object.keys(axis.when ?? {})));
  const decides = (digit: Digit) => digit.spec.names.some((name) => deciding.has(name));
  const controllers = digits.filter(decides);
  const boxes: Box[] = [];
  const shapes = new Map<string, Shape>();
  let points = 0;

  const visit = (c: number, held: readonly number[], values: ReadonlyMap<string, Value>): void => {
    const digit = controllers[c];
    if (digit === undefined) {
      const exists = digits.map((each) => isActive(each.spec, values));
      const name = exists.map(Number).join('');
      let shape = shapes.get(name);
      if (shape === undefined) {
        shape = makeShape(
          digits.filter((_, d) => exists[d]),
          decides,
        );
        shapes.set(name, shape);
      }
      if (boxes.length === MAX_BOXES) throw tooManyBoxes(controllers);
      boxes.push({ first: first + points, held, shape });
      points += shape.points;
      if (points > Number.MAX_SAFE_INTEGER) throw tooManyPoints();
    } else if (!isActive(digit.spec, values)) {
      visit(c + 1, held, values);
    } else {
      // A long axis would be walked for minutes before the boxes run out: say so at once.
      if (digit.length > MAX_BOXES) throw tooManyBoxes(controllers);
      for (let i = 0; i < digit.length; i++) {
        const inner = new Map(values);
        digit.spec.names.forEach((name, k) => {
          inner.set(name, digit.axes[k]!.at(i));
        });
        visit(c + 1, [...held, i], inner);
      }
    }
  };
  visit(0, [], new Map());

  let byHeld: Map<string, Box> | undefined;
  const boxOf = (held: readonly number[]): Box | undefined => {
    if (controllers.length === 0) return boxes[0];
    // Positions of the axes that exist, in order, name a box: whether one exists follows from those before it.
    byHeld ??= new Map(boxes.map((box) => [box.held.join(), box]));
    return byHeld.get(held.join());
  };

  return {
    boxes,
    points,
    digits,
    indexOf(point) {
      const held: number[] = [];
      for (const digit of controllers) {
        if (!digit.spec.names.every((name) => Object.hasOwn(point, name))) continue;
        const position = digit.indexOf(point);
        if (position < 0) return -1;
        held.push(position);
      }
      const box = boxOf(held);
      if (box === undefined || Object.keys(point).length !== box.shape.places.length) return -1;
      for (const place of box.shape.places) {
        if (!Object.hasOwn(point, place.name)) return -1;
        if (place.slot >= 0 && !isSameValue(place.axis.at(box.held[place.slot]!), point[place.name]))
          return -1;
      }
      let index = box.first;
      for (const { digit, stride } of box.shape.turning) {
        const position = digit.indexOf(point);
        if (position < 0) return -1;
        index += position * stride;
      }
      return index;
    },
  };
}

/** The point that stands `offset` points into a box. */
export function pointOf(box: Box, offset: number): Point {
  const point: Record<string, Value> = {};
  for (const place of box.shape.places) point[place.name] = place.axis.at(positionOf(box, place, offset));
  return point;
}

/** The position of one axis at the point that stands `offset` points into a box. */
export function positionOf(box: Box, place: Place, offset: number): number {
  // The quotient of integers below 2^53 never rounds up to the next integer, so floor is exact.
  return place.slot >= 0 ? box.held[place.slot]! : Math.floor(offset / place.stride) % place.length;
}

function isActive(axis: AxisSpec, values: ReadonlyMap<string, Value>): boolean {
  return Object.entries(axis.when ?? {}).every(([name, wanted]) => {
    const value = values.get(name);
    return value !== undefined && includesValue(wanted, value);
  });
}

function makeShape(active: readonly Digit[], decides: (digit: Digit) => boolean): Shape {
  const strides = new Map<Digit, number>();
  let points = 1;
  for (const digit of active.filter((each) => !decides(each)).reverse()) {
    strides.set(digit, points);
    points *= digit.length;
    if (points > Number.MAX_SAFE_INTEGER) throw tooManyPoints();
  }
  let slots = 0;
  const places = active.flatMap((digit): Place[] => {
    const stride = strides.get(digit);
    const slot = stride === undefined ? slots++ : -1;
    const { length } = digit;
    return digit.spec.names.map((name, k) => ({
      name,
      axis: digit.axes[k]!,
      length,
      slot,
      stride: stride ?? 0,
    }));
  });
  return {
    points,
    places,
    byName: new Map(places.map((place) => [place.name, place])),
    turning: [...strides].reverse().map(([digit, stride]) => ({ digit, stride })),
  };
}

function makeDigit(spec: AxisSpec): Digit {
  const axes = spec.values.map(compileAxis);
  const { length } = axes[0]!;
  const single = axes.length === 1;
  // Zipped lists may repeat values, so only an axis without repeats can tell the position on its own.
  const distinct = single
    ? 0
    : spec.values.findIndex((values) => values.kind !== 'list' || isDistinct(values.values));
  const tuple = (at: (k: number) => Value | undefined) =>
    axes
      .map((_, k) => {
        const value = at(k);
        return value === undefined ? '' : canonicalValue(value);
      })
      .join('\n');
  let tuples: Map<string, number> | undefined;
  return {
    spec,
    axes,
    length,
    indexOf(point) {
      const own = (k: number) => {
        const value = point[spec.names[k]!];
        return value === 0 ? 0 : value;
      };
      if (distinct < 0) {
        tuples ??= new Map(Array.from({ length }, (_, i) => [tuple((k) => axes[k]!.at(i)), i]));
        return tuples.get(tuple(own)) ?? -1;
      }
      const value = own(distinct);
      const position = value === undefined ? -1 : axes[distinct]!.indexOf(value);
      if (single || position < 0) return position;
      return axes.every((axis, k) => isSameValue(axis.at(position), own(k))) ? position : -1;
    },
  };
}

function tooManyBoxes(controllers: readonly Digit[]): SweeplineError {
  const names = controllers.map(
    (digit) => `${digit.spec.names.join('+')} (${formatCount(digit.length)} values)`,
  );
  return new SweeplineError(
    'BAD_DEFINITION',
    `axes that others depend on have too many combinations: ${names.join(', ')}; expected at most ${formatCount(MAX_BOXES)}`,
    { hint: 'let `when` depend on axes with few values, or split the space into several grids' },
  );
}

export function tooManyPoints(): SweeplineError {
  return new SweeplineError(
    'BAD_DEFINITION',
    `the space has more than 2^53 trials; expected at most ${formatCount(Number.MAX_SAFE_INTEGER)}`,
    { hint: 'give its axes fewer values' },
  );
}
