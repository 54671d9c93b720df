// The keys of a space's trials by number, without their rows: for whoever must know all of them, such as a shard that
// looks for its own. Quick where they are asked for in order.
import { InternalError } from '../ground/errors.js';
import type { Box } from '../space/grid.js';
import type { Space } from '../space/space.js';
import { type BoxWriter, createBoxOpener } from './box-writer.js';
import type { Keyer } from './key.js';
import type { FixedValues, SpaceParam } from './params.js';

export interface KeyOptions {
  readonly space: Space;
  /** All of the worker's parameters: what keys are made of. */
  readonly params: readonly SpaceParam[];
  readonly fixed: FixedValues;
  readonly keyer: Keyer;
}

export function createKeyFinder({ space, params, fixed, keyer }: KeyOptions): (trial: number) => string {
  const openBox = createBoxOpener({ axes: [], params, fixed });
  const { seeds } = space.spec;
  let box: Box | undefined;
  let writer: BoxWriter | undefined;
  let at = -1;
  let canonical = '';
  const seek = (point: number): void => {
    if (point === at) return;
    if (box === undefined || point < box.first || point - box.first >= box.shape.points) {
      box = space.boxes[space.boxIndexOf(point)];
      if (box === undefined) throw new InternalError(`point ${point} of a space of ${space.points}`);
      writer = openBox(box);
      writer.seek(point - box.first);
    } else if (point === at + 1) writer!.next();
    else writer!.seek(point - box.first);
    at = point;
    canonical = writer!.canonical();
  };
  return (trial) => {
    const point = Math.floor(trial / space.replicates);
    seek(point);
    const replicate = trial - point * space.replicates;
    const chosen = seeds?.[replicate];
    return chosen === undefined ? keyer.keyOfText(canonical, replicate) : keyer.keyOfSeed(canonical, chosen);
  };
}
