// Where a trial's number stands in the grids of its space.
import { createPermutation } from '../../ground/permutation.js';
import { axisIndexOf, compileAxis } from '../../space/axis.js';
import { layOut } from '../../space/grid.js';
import type { GridSpec } from '../../space/types.js';
import type { GridOrigin } from './explanation.js';
import type { ReadTrial } from './read.js';

export function explainNumber(
  { manifest, space, trial, proposed }: ReadTrial,
  isShuffled: boolean,
): GridOrigin {
  const point = Math.floor(trial / space.replicates);
  const { grids } = space.spec;
  let first = 0;
  let grid = 0;
  let { points } = layOut(grids[0]!, 0);
  while (point >= first + points) {
    first += points;
    grid++;
    points = layOut(grids[grid]!, first).points;
  }
  return {
    ...{ kind: 'grid', grid: grid + 1, grids: grids.length, place: point - first, points },
    axes: positionsOf(grids[grid]!, proposed.point),
    // As the sampler walks over them.
    draw: isShuffled ? createDraws(space, manifest).inverse(point) : null,
  };
}

/** The random order of the points. */
export function createDraws({ points }: ReadTrial['space'], { seed }: ReadTrial['manifest']) {
  return createPermutation(points, 'random sampler', seed);
}

function positionsOf({ axes }: GridSpec, point: ReadTrial['proposed']['point']): GridOrigin['axes'] {
  return axes.flatMap(({ names, values }) =>
    names.flatMap((axis, i) =>
      Object.hasOwn(point, axis)
        ? [{ axis, position: axisIndexOf(values[i]!, point[axis]!) + 1, of: compileAxis(values[i]!).length }]
        : [],
    ),
  );
}
