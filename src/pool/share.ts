// What all trials of a process have in common, made once: the worker's `share`.
import type { DataIdentity } from './contract.js';
import type { Sharing, Worker } from './worker.js';

export interface Shelf {
  /** The first call runs the worker's `share`; later ones get the same. */
  fill(asked: { readonly data: string | undefined }): Promise<Sharing<unknown>>;
  /** What `share` returned; undefined where it was not asked yet. */
  look(): Promise<unknown>;
}

export function createShelf(worker: Promise<Worker>): Shelf {
  let filled: Promise<Sharing<unknown>> | undefined;
  return {
    fill(asked) {
      filled ??= worker.then((loaded) => loaded.share?.(asked) ?? { shared: undefined });
      return filled;
    },
    look: async () => (await filled)?.shared,
  };
}

export function identityOf({ data }: Sharing<unknown>): DataIdentity | null {
  return data ?? null;
}
