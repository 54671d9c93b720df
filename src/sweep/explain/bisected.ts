// The bracket that a bisection had when it proposed a trial, from the results of its trials before.
import { canonicalObject } from '../../space/value.js';
import type { BisectOrigin, End } from './explanation.js';
import type { ReadTrial } from './read.js';

/** What a bisection's manifest says. */
export interface BisectSpec {
  readonly axis: string;
  readonly metric: string;
  readonly tolerance: number;
}

export function explainBisection(
  { proposed, proposals, rows, trial }: ReadTrial,
  { axis, metric, tolerance }: BisectSpec,
): BisectOrigin {
  const configurationOf = (each: typeof proposed) =>
    `${each.replicate} ${canonicalObject({ ...each.point, [axis]: 0 })}`;
  const own = configurationOf(proposed);
  const before = [...proposals.values()].filter(
    (each) => each.trial < trial && configurationOf(each) === own,
  );
  const ends = before.flatMap((each): End[] => {
    const value = rows.get(each.trial)?.metrics[metric];
    const at = each.point[axis];
    return typeof value === 'boolean' && typeof at === 'number' ? [{ at, trial: each.trial, value }] : [];
  });
  const least = ends.toSorted((a, b) => a.at - b.at)[0];
  const [low, high] = [
    ends.filter(({ value }) => value === least?.value).toSorted((a, b) => b.at - a.at)[0],
    ends.filter(({ value }) => value !== least?.value).toSorted((a, b) => a.at - b.at)[0],
  ];
  const isMiddle = low !== undefined && high !== undefined;
  return {
    ...{ kind: 'bisect', axis, metric, tolerance, step: before.length },
    low: isMiddle ? low : null,
    high: isMiddle ? high : null,
  };
}
