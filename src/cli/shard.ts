// A shard in words.
import { plural } from '../ground/text.js';
import type { ShardRecord } from '../run/manifest.js';

const DEALT = {
  key: 'by key',
  count: 'as many trials to each',
  cost: 'balanced by the cost that the worker declares',
  times: 'balanced by the times of',
} as const;

/** `2 of 8, balanced by the cost that the worker declares, of 120 trials in all` */
export function describeShard({ index, count, by, of, times }: ShardRecord): string {
  const dealt = by === undefined ? [] : [`${DEALT[by]}${times === undefined ? '' : ` ${times}`}`];
  const all = of == null ? [] : [`of ${plural(of, 'trial')} in all`];
  return [`${index} of ${count}`, ...dealt, ...all].join(', ');
}
