// The leading cells of trials.csv, `trial,key,replicate,seed,<axes…>,`, with the keys and seeds they come from. Rows are
// made by the million in the workers, so texts of axis values are kept and only what changed is looked up again.
import { formatCell } from '../ground/csv.js';
import { InternalError } from '../ground/errors.js';
import { type Axis, TABLE_LIMIT } from '../space/axis.js';
import { type Box, type Place, positionOf } from '../space/grid.js';
import type { Space } from '../space/space.js';
import type { Point, Value } from '../space/types.js';
import { requireTrials } from './columns.js';
import { canonicalValue, type Keyer } from './key.js';
import { type FixedValues, fillParams, restingValue, type SpaceParam } from './params.js';
import { countOf, type Selection } from './selection.js';

/** For each trial of a block, in order. */
export interface PrefixBlock {
  /** Up to and including the comma before `status`. */
  readonly prefixes: readonly string[];
  readonly keys: readonly string[];
  readonly seeds: Uint32Array;
}

/** The leading cells of some trials, in the order of the selection. */
export type RowPrefixes = (selection: Selection) => PrefixBlock;

export interface RowPrefixOptions {
  readonly space: Space;
  /** The axis columns; the cell of an axis that does not exist at a point is empty. */
  readonly axes: readonly string[];
  /** All of the worker's parameters: what keys are made of. Every axis of the space must be one. */
  readonly params: readonly SpaceParam[];
  readonly fixed: FixedValues;
  readonly keyer: Keyer;
  /** A safe integer. */
  readonly sweepSeed: number;
}

export function createRowPrefixes(options: RowPrefixOptions): RowPrefixes {
  const { space, axes, params, fixed, keyer, sweepSeed } = options;
  const stray = [...space.names, ...axes].find((name) => !params.some((param) => param.name === name));
  if (stray !== undefined) throw new InternalError(`axis "${stray}" is no parameter`);
  const openBox = createBoxOpener({ axes, params, fixed, texts: createTexts() });
  const describePoint = createPointWriter(options);

  return (selection) => {
    const count = countOf(selection);
    const block = {
      prefixes: new Array<string>(count),
      keys: new Array<string>(count),
      seeds: new Uint32Array(count),
    };
    let i = 0;
    const push: Push = (trial, replicate, canonical, cells) => {
      const key = keyer.keyOfText(canonical, replicate);
      const seed = keyer.lastSeed(sweepSeed);
      block.keys[i] = key;
      block.seeds[i] = seed;
      block.prefixes[i++] = `${trial},${key},${replicate},${seed},${cells}`;
    };
    switch (selection.kind) {
      case 'range':
        requireTrials(space, selection.first, count);
        writeRange(space, openBox, selection, push);
        break;
      case 'numbers':
        writeNumbers(space, openBox, selection.numbers, push);
        break;
      case 'points':
        for (const { trial, replicate, point } of selection.points) {
          const { canonical, cells } = describePoint(point);
          push(trial, replicate, canonical, cells);
        }
    }
    return block;
  };
}

type Push = (trial: number, replicate: number, canonical: string, cells: string) => void;
type OpenBox = (box: Box) => BoxWriter;

function writeRange(
  space: Space,
  openBox: OpenBox,
  { first, count }: Extract<Selection, { kind: 'range' }>,
  push: Push,
): void {
  const { replicates, boxes } = space;
  let point = Math.floor(first / replicates);
  let replicate = first - point * replicates;
  let b = count === 0 ? 0 : space.boxIndexOf(point);
  for (let done = 0; done < count; b++) {
    const box = boxes[b]!;
    const writer = openBox(box);
    writer.seek(point - box.first);
    const end = box.first + box.shape.points;
    while (point < end && done < count) {
      const canonical = writer.canonical();
      const cells = writer.cells();
      for (; replicate < replicates && done < count; replicate++)
        push(first + done++, replicate, canonical, cells);
      replicate = 0;
      point++;
      writer.next();
    }
  }
}

function writeNumbers(space: Space, openBox: OpenBox, numbers: readonly number[], push: Push): void {
  let box: Box | undefined;
  let writer: BoxWriter | undefined;
  for (const trial of numbers) {
    requireTrials(space, trial, 1);
    const point = Math.floor(trial / space.replicates);
    if (
      box === undefined ||
      writer === undefined ||
      point < box.first ||
      point - box.first >= box.shape.points
    ) {
      box = space.boxes[space.boxIndexOf(point)]!;
      writer = openBox(box);
    }
    writer.seek(point - box.first);
    push(trial, trial - point * space.replicates, writer.canonical(), writer.cells());
  }
}

/** For points that need not lie in the space: nothing is kept between them. */
function createPointWriter({ axes, params, fixed }: RowPrefixOptions) {
  const sorted = [...params].sort(byName);
  return (point: Point): { readonly canonical: string; readonly cells: string } => {
    const filled = fillParams(point, sorted, fixed);
    const parts = sorted.map(({ name }) => `${JSON.stringify(name)}:${canonicalValue(filled[name]!)}`);
    const cells = axes.map((name) => `${Object.hasOwn(point, name) ? formatCell(point[name]) : ''},`);
    return { canonical: `{${parts.join(',')}}`, cells: cells.join('') };
  };
}

/** Writes the canonical parameters and the cells of the point that it stands at. */
interface BoxWriter {
  seek(offset: number): void;
  next(): void;
  canonical(): string;
  cells(): string;
}

interface Turning {
  readonly place: Place;
  readonly texts: AxisTexts;
  position: number;
}

/** Literal text with holes: `literals[0] + text of holes[0] + literals[1] + …`. */
interface Template {
  readonly literals: readonly string[];
  readonly holes: readonly number[];
}

function createBoxOpener(options: {
  readonly axes: readonly string[];
  readonly params: readonly SpaceParam[];
  readonly fixed: FixedValues;
  readonly texts: (axis: Axis) => AxisTexts;
}): (box: Box) => BoxWriter {
  const { axes, fixed, texts } = options;
  const sorted = [...options.params].sort(byName);
  return (box) => {
    const { byName: places } = box.shape;
    const turning: Turning[] = box.shape.places
      .filter((place) => place.slot < 0)
      .map((place) => ({ place, texts: texts(place.axis), position: 0 }));
    const holeOf = new Map(turning.map(({ place }, hole) => [place.name, hole]));
    const template = (
      parts: readonly { before: string; name: string; still: () => string; after: string }[],
      none = '',
    ): Template => {
      const literals = [parts.length === 0 ? none : ''];
      const holes: number[] = [];
      for (const { before, name, still, after } of parts) {
        const hole = holeOf.get(name);
        const last = literals.pop()! + before;
        if (hole === undefined) literals.push(last + still() + after);
        else {
          literals.push(last, after);
          holes.push(hole);
        }
      }
      return { literals, holes };
    };
    const heldValue = (name: string): Value | undefined => {
      const place = places.get(name);
      return place === undefined ? undefined : place.axis.at(box.held[place.slot]!);
    };
    const canonical = template(
      sorted.map((param, i) => ({
        before: `${i === 0 ? '{' : ','}${JSON.stringify(param.name)}:`,
        name: param.name,
        still: () => canonicalValue(heldValue(param.name) ?? restingValue(param, fixed)),
        after: i === sorted.length - 1 ? '}' : '',
      })),
      '{}',
    );
    const cells = template(
      axes.map((name) => ({ before: '', name, still: () => formatCell(heldValue(name)), after: ',' })),
    );
    const canonicalTexts = new Array<string>(turning.length);
    const cellTexts = new Array<string>(turning.length);
    const look = (hole: number): void => {
      const { texts: own, position } = turning[hole]!;
      const canonicalText = own.canonical(position);
      canonicalTexts[hole] = canonicalText;
      cellTexts[hole] = own.cell(position, canonicalText);
    };
    return {
      seek(offset) {
        turning.forEach((each, hole) => {
          each.position = positionOf(box, each.place, offset);
          look(hole);
        });
      },
      next() {
        // Zipped names share a stride and turn together. So do the neighbours of an axis of one value, which carries
        // always: the slowest of those that share a stride says whether the next slower one turns too.
        for (let hole = turning.length - 1; hole >= 0; ) {
          const { stride } = turning[hole]!.place;
          let carried = false;
          for (; hole >= 0 && turning[hole]!.place.stride === stride; hole--) {
            const each = turning[hole]!;
            carried = ++each.position === each.place.length;
            if (carried) each.position = 0;
            look(hole);
          }
          if (!carried) return;
        }
      },
      canonical: () => compose(canonical, canonicalTexts),
      cells: () => compose(cells, cellTexts),
    };
  };
}

function compose({ literals, holes }: Template, texts: readonly string[]): string {
  let text = literals[0]!;
  for (let i = 0; i < holes.length; i++) text += texts[holes[i]!]! + literals[i + 1]!;
  return text;
}

interface AxisTexts {
  canonical(position: number): string;
  /** `canonicalText` is the same position's: numbers, true and false are written alike in both. */
  cell(position: number, canonicalText: string): string;
}

/** Texts of axis values; kept for short axes, made anew for long ones. */
function createTexts(): (axis: Axis) => AxisTexts {
  const made = new Map<Axis, AxisTexts>();
  return (axis) => {
    let texts = made.get(axis);
    if (texts === undefined) {
      const cellOfText = keep(axis.length, (position) => formatCell(axis.at(position)));
      texts = {
        canonical: keep(axis.length, (position) => canonicalValue(axis.at(position))),
        cell: (position, text) => (text.startsWith('"') ? cellOfText(position) : text),
      };
      made.set(axis, texts);
    }
    return texts;
  };
}

function keep(length: number, make: (position: number) => string): (position: number) => string {
  if (length > TABLE_LIMIT) return make;
  const table = new Array<string | undefined>(length);
  return (position) => {
    const kept = table[position];
    if (kept !== undefined) return kept;
    const text = make(position);
    table[position] = text;
    return text;
  };
}

function byName(a: SpaceParam, b: SpaceParam): number {
  return a.name < b.name ? -1 : 1;
}
