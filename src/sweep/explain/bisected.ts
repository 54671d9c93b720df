// The bracket that a bisection had when it proposed a trial, from the results of its trials before.
import type { SamplerSpec } from '../../run/manifest.js';
import { canonicalObject } from '../../space/value.js';
import { isNoisy, type NoisyBisectSpec } from '../samplers/bisect-noisy.js';
import type { BisectOrigin, End } from './explanation.js';
import type { ReadTrial } from './read.js';

/** What a bisection's manifest says. */
export interface BisectSpec extends SamplerSpec {
  readonly axis: string;
  readonly metric: string;
  readonly tolerance: number;
}

export function explainBisection(read: ReadTrial, spec: BisectSpec): BisectOrigin {
  return isNoisy(spec) ? explainNoisy(read, spec) : explainHalving(read, spec);
}

/** Trials count by value: replicates of a query are asked together. */
function explainNoisy(
  { proposals, rows, trial, space: { replicates } }: ReadTrial,
  { axis, metric, tolerance, most }: NoisyBisectSpec,
): BisectOrigin {
  const queryOf = (number: number) => Math.floor(number / replicates);
  const query = queryOf(trial);
  const first = query - (query % most);
  const answers = new Map<number, { yes: number; of: number }>();
  for (const each of proposals.values()) {
    const [value, at] = [rows.get(each.trial)?.metrics[metric], each.point[axis]];
    const isBefore = queryOf(each.trial) >= first && queryOf(each.trial) < query;
    if (!isBefore || typeof value !== 'boolean' || typeof at !== 'number') continue;
    const { yes, of } = answers.get(at) ?? { yes: 0, of: 0 };
    answers.set(at, { yes: yes + Number(value), of: of + 1 });
  }
  return {
    ...{ kind: 'bisect', axis, metric, tolerance, step: query - first, low: null, high: null },
    answers: [...answers].map(([at, counts]) => ({ at, ...counts })).sort((a, b) => a.at - b.at),
  };
}

function explainHalving(
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
    answers: null,
  };
}
