// The worker of a command that no file defines, made from its data.
import { SweeplineError } from '../../ground/errors.js';
import type { Worker } from '../contract.js';
import { defineWorker } from '../define.js';
import { zodOf } from '../param-types.js';
import type { CommandDefinition } from './definition.js';

/** Throws BAD_DEFINITION where something in it is no worker's. */
export function toWorker(definition: CommandDefinition): Worker {
  const { name, version, params, metrics, series, run, read, keep, files } = definition;
  return defineWorker({
    ...{ name, version, metrics, series },
    params: Object.fromEntries(params.map((param) => [param.name, zodOf(param)])),
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
