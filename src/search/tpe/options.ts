// What can be chosen of TPE.
import { z } from 'zod';

export const options = z.object({
  startup: z.int().min(0).default(10).describe('points at random before the first that is modelled'),
  candidates: z
    .int()
    .min(1)
    .max(10_000)
    .default(64)
    .describe('points drawn for a proposal, the best of which is taken'),
  multivariate: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe(
      'parameters modelled together, or each on its own; auto: together where there is one objective',
    ),
});

export type TpeOptions = z.infer<typeof options>;
