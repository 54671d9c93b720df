// What all trials of a process have in common, made once: the worker's `load`.
import type { DataIdentity } from '../pool/contract.js';
import type { LoadedData, Worker } from './define.js';

export interface DataLoader {
  /** The first call runs the worker's `load`; later ones get the same. */
  fill(asked: { readonly data: string | undefined }): Promise<LoadedData<unknown>>;
  /** What `load` returned; undefined where it was not asked yet. */
  look(): Promise<unknown>;
}

export function createDataLoader(worker: Promise<Worker>): DataLoader {
  let filled: Promise<LoadedData<unknown>> | undefined;
  return {
    fill(asked) {
      filled ??= worker.then((loaded) => loaded.load?.(asked) ?? { shared: undefined });
      return filled;
    },
    look: async () => (await filled)?.shared,
  };
}

export function identityOf({ data }: LoadedData<unknown>): DataIdentity | null {
  return data ?? null;
}
