// Which dimensions are modelled together: those that exist under the same conditions (Optuna calls it the group
// decomposition), or each on its own. Dimensions of one position have nothing to model.
import type { Dimension } from '../dimension.js';
import type { SearchSpace } from '../space.js';

/** Dimensions of each group in order; groups in the order of their first dimension, so that parents come first. */
export function groupDimensions({ dimensions }: SearchSpace, isJoint: boolean): number[][] {
  const groups = new Map<string, number[]>();
  dimensions.forEach((dimension, d) => {
    if (dimension.size === 1) return;
    const key = isJoint ? keyOf(dimension) : `${d}`;
    const known = groups.get(key);
    if (known) known.push(d);
    else groups.set(key, [d]);
  });
  return [...groups.values()];
}

function keyOf({ conditions }: Dimension): string {
  const texts = conditions.map(
    ({ dimension, positions }) => `${dimension}: ${[...positions].sort((a, b) => a - b).join(' ')}`,
  );
  return texts.sort().join('; ');
}
