// The leading cells of trials.csv, `trial,key,replicate,seed,<axes…>,`, with the keys and seeds they come from. Rows are
// made by the million in the workers, so texts of axis values are kept and only what changed is looked up again.
import { InternalError } from '../ground/errors.js';
import type { Box } from '../space/grid.js';
import type { Space } from '../space/space.js';
import type { Point } from '../space/types.js';
import { canonicalValue } from '../space/value.js';
import { type BoxWriter, createBoxOpener } from './box-writer.js';
import { formatParam } from './cells.js';
import { requireTrials } from './columns.js';
import type { Keyer } from './key.js';
import { byName, type FixedValues, fillParams, type SpaceParam } from './params.js';
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
  const openBox = createBoxOpener({ axes, params, fixed });
  const describePoint = createPointWriter(options);
  const { seeds } = space.spec;

  return (selection) => {
    const count = countOf(selection);
    const block = {
      prefixes: new Array<string>(count),
      keys: new Array<string>(count),
      seeds: new Uint32Array(count),
    };
    let i = 0;
    const push: Push = (trial, replicate, canonical, cells) => {
      const chosen = seeds?.[replicate];
      const key =
        chosen === undefined ? keyer.keyOfText(canonical, replicate) : keyer.keyOfSeed(canonical, chosen);
      const seed = chosen ?? keyer.lastSeed(sweepSeed);
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
  const typeOf = new Map(params.map(({ name, type }) => [name, type]));
  return (point: Point): { readonly canonical: string; readonly cells: string } => {
    const filled = fillParams(point, sorted, fixed);
    const parts = sorted.map(({ name }) => `${JSON.stringify(name)}:${canonicalValue(filled[name]!)}`);
    const cells = axes.map(
      (name) => `${formatParam(Object.hasOwn(point, name) ? point[name] : undefined, typeOf.get(name)!)},`,
    );
    return { canonical: `{${parts.join(',')}}`, cells: cells.join('') };
  };
}
