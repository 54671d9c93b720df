// What trials that run now are: their parameters, told from their numbers.
import { type Manifest, proposesPoints } from '../run/manifest.js';
import { createSpace, type Space } from '../space/space.js';
import { isSameValue } from '../space/value.js';
import type { BusyThread } from '../trial/busy.js';
import { describePoint } from './words.js';

/**
 * Says the parameters of a thread's trial, `latent=16 loss=l1 (replicate 2)`: those that take more than one value. Empty
 * for several trials, and for points that a sampler proposed, which stand in the journal alone.
 */
export function createDescriber({
  space: spec,
  sampler,
}: Pick<Manifest, 'space' | 'sampler'>): (thread: BusyThread) => string {
  if (proposesPoints(sampler)) return () => '';
  const space = createSpace(spec);
  const varying = findVarying(space);
  return ({ trial, trials }) => {
    const point = Math.floor(trial / space.replicates);
    if (trials > 1 || point >= space.points) return '';
    const text = describePoint(space.at(point), varying);
    return space.replicates === 1 ? text : `${text} (replicate ${trial % space.replicates})`.trimStart();
  };
}

/** Boxes beyond are much like these. */
const BOXES = 1000;

/** Axes that take more than one value, in one grid or over all. */
function findVarying({ boxes, names, at }: Space): string[] {
  const some = boxes.slice(0, BOXES);
  const points = some.map(({ first }) => at(first));
  return names.filter(
    (name) =>
      some.some(({ shape }) => (shape.byName.get(name)?.length ?? 0) > 1) ||
      points.some((point) => !isSameValue(point[name], points[0]![name])),
  );
}
