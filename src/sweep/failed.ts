// Rows of trials that no pool could run, written by the coordinator: the same cells before the status, and no metrics.
import type { Task } from '../pool/contract.js';
import type { Space } from '../space/space.js';
import { createKeyer } from '../trial/key.js';
import { createRowPrefixes } from '../trial/prefixes.js';
import type { WorkerDescription } from '../worker/define.js';
import type { Resolved } from './resolve.js';

export function createFailedRows(
  space: Space,
  resolved: Resolved,
  worker: WorkerDescription,
): (task: Task) => Uint8Array {
  const { axes, fixed, seed: sweepSeed } = resolved;
  const keyer = createKeyer(worker.name, worker.version);
  const prefixes = createRowPrefixes({ space, axes, params: worker.params, fixed, keyer, sweepSeed });
  const cells = `failed${','.repeat(worker.metrics.length)}\n`;
  return (task) => {
    const block =
      task.kind === 'range'
        ? prefixes.range(task.first, task.count)
        : task.kind === 'trials'
          ? prefixes.trials(task.trials)
          : prefixes.points(task.points);
    return new TextEncoder().encode(block.prefixes.map((prefix) => prefix + cells).join(''));
  };
}
