// Writes the texts of a box's points one after another: their parameters as a key is made of them, and their cells. Texts
// of axis values are kept, and only what changed from one point to the next is looked up again.
import { type Axis, TABLE_LIMIT } from '../space/axis.js';
import { type Box, type Place, positionOf } from '../space/grid.js';
import type { Value } from '../space/types.js';
import { canonicalValue } from '../space/value.js';
import { formatParam } from './cells.js';
import { QUOTE } from './lines.js';
import { byName, type FixedValues, restingValue, type SpaceParam } from './params.js';

/** Writes the canonical parameters and the cells of the point that it stands at. */
export interface BoxWriter {
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

export interface BoxWriterOptions {
  readonly axes: readonly string[];
  readonly params: readonly SpaceParam[];
  readonly fixed: FixedValues;
}

/** Opens writers for the boxes of a space; texts of axis values are kept between them. */
export function createBoxOpener({ axes, params, fixed }: BoxWriterOptions): (box: Box) => BoxWriter {
  const sorted = [...params].sort(byName);
  const typeOf = new Map(params.map(({ name, type }) => [name, type]));
  const texts = createTexts();
  return (box) => {
    const turning: Turning[] = box.shape.places
      .filter((place) => place.slot < 0)
      .map((place) => ({ place, texts: texts(place.axis, typeOf.get(place.name)!), position: 0 }));
    const heldValue = (name: string): Value | undefined => {
      const place = box.shape.byName.get(name);
      return place === undefined ? undefined : place.axis.at(box.held[place.slot]!);
    };
    const canonical = makeTemplate(
      turning,
      sorted.map((param, i) => ({
        before: `${i === 0 ? '{' : ','}${JSON.stringify(param.name)}:`,
        name: param.name,
        still: () => {
          const held = heldValue(param.name);
          return canonicalValue(held === undefined ? restingValue(param, fixed) : held);
        },
        after: i === sorted.length - 1 ? '}' : '',
      })),
      '{}',
    );
    const cells = makeTemplate(
      turning,
      axes.map((name) => ({
        before: '',
        name,
        still: () => formatParam(heldValue(name), typeOf.get(name)!),
        after: ',',
      })),
    );
    return createBoxWriter(box, turning, { canonical, cells });
  };
}

/** A part of a text: the value of an axis that turns, or one that is the same all over the box. */
interface Part {
  readonly before: string;
  readonly name: string;
  readonly still: () => string;
  readonly after: string;
}

function makeTemplate(turning: readonly Turning[], parts: readonly Part[], none = ''): Template {
  const holeOf = new Map(turning.map(({ place }, hole) => [place.name, hole]));
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
}

function createBoxWriter(
  box: Box,
  turning: readonly Turning[],
  { canonical, cells }: { readonly canonical: Template; readonly cells: Template },
): BoxWriter {
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
}

function compose({ literals, holes }: Template, texts: readonly string[]): string {
  let text = literals[0]!;
  for (let i = 0; i < holes.length; i++) text += texts[holes[i]!]! + literals[i + 1]!;
  return text;
}

interface AxisTexts {
  canonical(position: number): string;
  /** `canonicalText` is the same position's: for numbers, true and false it is the cell. */
  cell(position: number, canonicalText: string): string;
}

/** Texts of axis values; kept for short axes, made anew for long ones. */
function createTexts(): (axis: Axis, type: SpaceParam['type']) => AxisTexts {
  const made = new Map<Axis, AxisTexts>();
  const madeOfJson = new Map<Axis, AxisTexts>();
  return (axis, type) => {
    const own = type === 'json' ? madeOfJson : made;
    let texts = own.get(axis);
    if (texts === undefined) {
      const cell = keep(axis.length, (position) => formatParam(axis.at(position), type));
      texts = {
        canonical: keep(axis.length, (position) => canonicalValue(axis.at(position))),
        cell: (position, text) => (isCell(text) ? text : cell(position)),
      };
      own.set(axis, texts);
    }
    return texts;
  };
}

/** False for the canonical texts of texts, null, lists and objects. Called for every row: a pattern takes longer. */
function isCell(text: string): boolean {
  const first = text.charCodeAt(0);
  return first !== QUOTE && first !== 0x6e && first !== 0x5b && first !== 0x7b; // n[{
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
