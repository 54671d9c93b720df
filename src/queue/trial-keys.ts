// The keys of a run's trials, by which their checkpoints are known.
import type { PoolSetup } from '../pool/contract.js';
import { createSpace } from '../space/space.js';
import { createKeyer } from '../trial/key.js';
import { createRowPrefixes } from '../trial/prefixes.js';
import type { Selection } from '../trial/selection.js';
import type { WorkerDescription } from '../worker/contract.js';

export type TrialKeys = (trials: Selection) => readonly string[];

export function createTrialKeys(
  { space, axes, fixed, sweepSeed }: PoolSetup,
  { name, version, params }: WorkerDescription,
): TrialKeys {
  const keyer = createKeyer(name, version);
  const prefixes = createRowPrefixes({ space: createSpace(space), axes, params, fixed, keyer, sweepSeed });
  return (trials) => prefixes(trials).keys;
}
