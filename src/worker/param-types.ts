// The zod type of a parameter that is known as plain data.
import { z } from 'zod';
import type { Value } from '../space/types.js';
import type { SpaceParam } from '../trial/params.js';

const ANY_JSON = z.union([
  z.array(z.any()),
  z.record(z.string(), z.any()),
  z.number(),
  z.string(),
  z.boolean(),
  z.null(),
]);

export function zodOf({ type, nullable, default: fallback }: SpaceParam): z.ZodType {
  const types = {
    number: z.number(),
    integer: z.int(),
    boolean: z.boolean(),
    string: z.string(),
    json: ANY_JSON,
  };
  const known: z.ZodType = types[type];
  return (nullable ? known.nullable() : known).default(fallback as Value);
}
