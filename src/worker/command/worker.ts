// The worker of a command that no file defines, made from its data.
import { z } from 'zod';
import { SweeplineError } from '../../ground/errors.js';
import type { Value } from '../../space/types.js';
import type { SpaceParam } from '../../trial/params.js';
import type { Worker } from '../contract.js';
import { defineWorker } from '../define.js';
import type { CommandDefinition } from './definition.js';

/** Throws BAD_DEFINITION where something in it is no worker's. */
export function toWorker(definition: CommandDefinition): Worker {
  const { name, version, params, metrics, series, run, read, keep, files } = definition;
  return defineWorker({
    ...{ name, version, metrics, series },
    params: Object.fromEntries(params.map((param) => [param.name, typeOf(param)])),
    command: {
      ...{ run, keep, files },
      read: typeof read === 'object' && 'pattern' in read ? { pattern: toRegExp(read.pattern) } : read,
    },
  }) as unknown as Worker;
}

function toRegExp(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (cause) {
    throw new SweeplineError(
      'BAD_DEFINITION',
      `the pattern /${source}/ cannot be read: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

const ANY_JSON = z.union([
  z.array(z.any()),
  z.record(z.string(), z.any()),
  z.number(),
  z.string(),
  z.boolean(),
  z.null(),
]);

function typeOf({ type, nullable, default: fallback }: SpaceParam): z.ZodType {
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
