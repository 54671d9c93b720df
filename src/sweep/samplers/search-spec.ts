// What the manifest keeps of a search, beside the options of its method: what it is after, when it ends, how far it looks
// ahead.
import { z } from 'zod';
import type { SamplerSpec } from '../../run/manifest.js';
import type { AxisDomain, GridSpec } from '../../space/types.js';
import type { Aims } from '../../trial/objective.js';

export interface Search extends Aims {
  /** Proposal k knows the results of the configurations up to k - lookahead. */
  readonly lookahead: number;
  readonly target: number | null;
  readonly plateau: number | null;
  /** Why `auto` has chosen this sampler; null where it was asked for. */
  readonly auto: string | null;
}

export interface SearchSpec extends SamplerSpec {
  readonly proposes: true;
  readonly trials?: number;
  readonly grids: readonly GridSpec<AxisDomain>[];
  readonly search: Search;
}

/** For people: when it ends, and what it is after. */
export function describeSearch({ target, plateau, objectives }: Search): string[] {
  return [
    ...(target === null ? [] : [`until ${objectives[0]!.metric} reaches ${target}`]),
    ...(plateau === null ? [] : [`until ${plateau} configurations in a row are not better`]),
    ...(objectives.length === 0
      ? []
      : [objectives.map(({ metric, goal }) => `${metric} ${goal}`).join(', ')]),
  ];
}

const objective = z.strictObject({ metric: z.string(), goal: z.enum(['min', 'max']) });
const constraint = z.strictObject({
  metric: z.string(),
  operator: z.enum(['<=', '>=', '!=', '<', '>', '=']),
  value: z.number(),
});

export const constraintsSchema = z.array(constraint);

/** As it stands in a manifest that somebody may have edited. */
export const searchSchema = z.strictObject({
  objectives: z.array(objective),
  constraints: constraintsSchema,
  lookahead: z.int().min(1),
  target: z.number().nullable(),
  plateau: z.int().min(1).nullable(),
  auto: z.string().nullable(),
});
