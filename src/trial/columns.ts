// Parameters of many trials at once, as one typed array a parameter, for workers that run trials in blocks. A range of
// trials is filled run by run along each axis; no point is ever made for it.
import { InternalError, SweeplineError } from '../ground/errors.js';
import { type Axis, TABLE_LIMIT } from '../space/axis.js';
import { type Box, positionOf } from '../space/grid.js';
import type { Space } from '../space/space.js';
import type { Value } from '../space/types.js';
import { identityOf } from '../space/value.js';
import { type FixedValues, restingValue, type SpaceParam } from './params.js';
import { countOf, type Selection } from './selection.js';

/**
 * A column of parameter values over a block of trials; text as codes into `dictionary`, and so are lists, objects and
 * texts and booleans that may be null. A number that may be null is NaN where it is.
 */
export type BlockColumn =
  | { readonly type: 'number'; readonly values: Float64Array }
  | { readonly type: 'boolean'; readonly values: Uint8Array }
  | { readonly type: 'string'; readonly values: Uint16Array; readonly dictionary: readonly string[] }
  | { readonly type: 'json'; readonly values: Uint16Array; readonly dictionary: readonly Value[] };

/** The parameters of a block of trials. A column is filled when it is asked for first, and kept. */
export interface BlockColumns {
  readonly count: number;
  /** Throws an InternalError for a name that is no parameter. */
  column(name: string): BlockColumn;
}

/** The columns of some trials, in the order of the selection. */
export type ColumnSource = (selection: Selection) => BlockColumns;

export interface ColumnOptions {
  readonly space: Space;
  readonly params: readonly SpaceParam[];
  readonly fixed: FixedValues;
}

/** Prepared once a worker: tables of short axes and dictionaries are kept between blocks. */
export function createColumns({ space, params, fixed }: ColumnOptions): ColumnSource {
  const codecs = new Map(params.map((param) => [param.name, createCodec(param, restingValue(param, fixed))]));
  const block = (count: number, fill: (name: string, codec: Codec, into: Cells) => void): BlockColumns => {
    const made = new Map<string, BlockColumn>();
    return {
      count,
      column(name) {
        let column = made.get(name);
        if (column === undefined) {
          const codec = codecs.get(name);
          if (codec === undefined)
            throw new InternalError(`no parameter "${name}" (has ${[...codecs.keys()].join(', ')})`);
          codec.makeRoom(count);
          const cells = codec.allocate(count);
          fill(name, codec, cells);
          column = codec.wrap(cells);
          made.set(name, column);
        }
        return column;
      },
    };
  };
  return (selection) =>
    block(countOf(selection), (name, codec, into) => {
      switch (selection.kind) {
        case 'range':
          return fillRange({ space, name, codec }, selection.first, into);
        case 'numbers':
          return fillNumbers({ space, name, codec }, selection.numbers, into);
        case 'points':
          selection.points.forEach(({ point }, i) => {
            into[i] = Object.hasOwn(point, name) ? codec.encode(point[name]!) : codec.resting;
          });
      }
    });
}

type Cells = Float64Array | Uint8Array | Uint16Array;

/** As many different texts as 16 bits tell apart. */
const CODES = 65536;

/** How one parameter's values become numbers in a typed array. */
interface Codec {
  /** The number for trials where no axis sets the parameter. */
  readonly resting: number;
  /** Before a column of so many trials is filled: codes that fit no longer are begun anew. */
  makeRoom(count: number): void;
  encode(value: Value): number;
  /** Numbers by position, kept where the axis is short enough. */
  along(axis: Axis): (position: number) => number;
  allocate(count: number): Cells;
  wrap(cells: Cells): BlockColumn;
}

function createCodec(param: SpaceParam, resting: Value): Codec {
  const type = columnType(param);
  const isCoded = type === 'string' || type === 'json';
  let dictionary: Value[] = [];
  const codes = new Map<ReturnType<typeof identityOf>, number>();
  const encode = (value: Value): number => {
    if (value === null && param.nullable && type === 'number') return Number.NaN;
    if (type !== 'json' && typeof value !== type) {
      throw new SweeplineError(
        'BAD_DEFINITION',
        `parameter "${param.name}" is ${JSON.stringify(value)}; expected a ${param.type}`,
      );
    }
    if (type === 'number' || type === 'boolean') return Number(value);
    const identity = identityOf(value);
    let code = codes.get(identity);
    if (code === undefined) {
      code = dictionary.length;
      if (code === CODES) {
        throw new SweeplineError(
          'BAD_DEFINITION',
          `parameter "${param.name}" has more than 65,536 different values in one block`,
        );
      }
      codes.set(identity, code);
      dictionary.push(value);
    }
    return code;
  };
  const tables = new Map<Axis, (position: number) => number>();
  let restingCode = encode(resting);
  return {
    get resting() {
      return restingCode;
    },
    makeRoom(count) {
      // What a block may hold must not depend on those that this thread has run before.
      if (!isCoded || dictionary.length + count <= CODES) return;
      dictionary = []; // columns of earlier blocks have the old one
      codes.clear();
      tables.clear();
      restingCode = encode(resting);
    },
    encode,
    along(axis) {
      let along = tables.get(axis);
      if (along === undefined) {
        along = (position) => encode(axis.at(position));
        if (axis.length <= TABLE_LIMIT) {
          along = isCoded
            ? createLazyTable(axis, encode)
            : createTable(Float64Array.from({ length: axis.length }, (_, i) => encode(axis.at(i))));
        }
        tables.set(axis, along);
      }
      return along;
    },
    allocate: (count) =>
      type === 'number'
        ? new Float64Array(count)
        : type === 'boolean'
          ? new Uint8Array(count)
          : new Uint16Array(count),
    wrap: (values) =>
      (type === 'number' || type === 'boolean'
        ? { type, values }
        : { type, values, dictionary }) as BlockColumn,
  };
}

function createTable(table: Float64Array): (position: number) => number {
  return (position) => table[position]!;
}

/** Codes are given only to values that are there. */
function createLazyTable(axis: Axis, encode: (value: Value) => number): (position: number) => number {
  const table = new Int32Array(axis.length).fill(-1);
  return (position) => {
    const known = table[position]!;
    if (known >= 0) return known;
    const code = encode(axis.at(position));
    table[position] = code;
    return code;
  };
}

function columnType({ type, nullable }: SpaceParam): BlockColumn['type'] {
  if (type === 'number' || type === 'integer') return 'number';
  return nullable ? 'json' : type;
}

/** One parameter over some trials of a space. */
interface Filling {
  readonly space: Space;
  readonly name: string;
  readonly codec: Codec;
}

function fillRange(filling: Filling, first: number, into: Cells): void {
  const { space } = filling;
  const { replicates, boxes } = space;
  requireTrials(space, first, into.length);
  let done = 0;
  let b = into.length === 0 ? boxes.length : space.boxIndexOf(Math.floor(first / replicates));
  for (; done < into.length; b++) {
    const box = boxes[b]!;
    const offset = first + done - box.first * replicates;
    const end = Math.min(into.length, done + box.shape.points * replicates - offset);
    fillBox(box, filling, { offset, into, from: done, end });
    done = end;
  }
}

interface Stretch {
  /** Trials of the box that come before. */
  readonly offset: number;
  readonly into: Cells;
  readonly from: number;
  readonly end: number;
}

function fillBox(box: Box, { space, name, codec }: Filling, stretch: Stretch): void {
  const { offset, into, from, end } = stretch;
  const place = box.shape.byName.get(name);
  if (place === undefined) {
    into.fill(codec.resting, from, end);
    return;
  }
  const along = codec.along(place.axis);
  if (place.slot >= 0) {
    into.fill(along(box.held[place.slot]!), from, end);
    return;
  }
  const run = place.stride * space.replicates;
  let position = Math.floor(offset / run) % place.length;
  let until = from + run - (offset % run);
  for (let i = from; i < end; ) {
    const value = along(position);
    const stop = Math.min(until, end);
    // Below some 16 cells a call of `fill` costs more than it saves.
    if (stop - i > 16) {
      into.fill(value, i, stop);
      i = stop;
    } else while (i < stop) into[i++] = value;
    until += run;
    if (++position === place.length) position = 0;
  }
}

function fillNumbers({ space, name, codec }: Filling, numbers: readonly number[], into: Cells): void {
  let box: Box | undefined;
  let place: ReturnType<Box['shape']['byName']['get']>;
  let along: ((position: number) => number) | undefined;
  for (let i = 0; i < into.length; i++) {
    const trial = numbers[i]!;
    requireTrials(space, trial, 1);
    const point = Math.floor(trial / space.replicates);
    if (box === undefined || point < box.first || point - box.first >= box.shape.points) {
      box = space.boxes[space.boxIndexOf(point)]!;
      place = box.shape.byName.get(name);
      along = place === undefined ? undefined : codec.along(place.axis);
    }
    into[i] =
      place === undefined || along === undefined
        ? codec.resting
        : along(positionOf(box, place, point - box.first));
  }
}

export function requireTrials(space: Space, first: number, count: number): void {
  if (Number.isInteger(first) && first >= 0 && first + count <= space.trials) return;
  throw new InternalError(`trials ${first} to ${first + count - 1} of a space of ${space.trials}`);
}
