// Holds the assembled kernels ready to run: one a kind, made when first asked for, all over one memory. Says so, and does
// nothing, where WebAssembly or its vectors are missing.
import { createWasmMemory, instantiate, type WasmFunction } from '../../ground/wasm.js';
import {
  assembleKernel,
  CAPACITY,
  COLUMNS,
  type Column,
  columnAddress,
  type KernelKind,
  MEMORY_PAGES,
} from './lanes.js';

export interface Kernels {
  /** CAPACITY float64 each, shared by all kernels. */
  readonly columns: Readonly<Record<Column, Float64Array>>;
  /** Follows the first `count` trajectories; columns are read up to the next multiple of LANES. */
  run(kind: KernelKind, count: number, steps: number): void;
}

/** Fresh kernels with a memory of their own, or null where this machine's V8 has no WebAssembly vectors. */
export function createKernels(): Kernels | null {
  const plain: KernelKind = { optimizer: 'sgd', decayed: false, mixed: false };
  const memory = createWasmMemory(MEMORY_PAGES, assembleKernel(plain));
  if (memory === null) return null;
  const columns = Object.fromEntries(
    COLUMNS.map((name) => [name, new Float64Array(memory.buffer, columnAddress(name), CAPACITY)]),
  ) as Record<Column, Float64Array>;
  const made = new Map<string, WasmFunction>();
  return {
    columns,
    run(kind, count, steps) {
      const key = `${kind.optimizer} ${kind.decayed} ${kind.mixed}`;
      let run = made.get(key);
      if (run === undefined) {
        run = instantiate(assembleKernel(kind), memory);
        made.set(key, run);
      }
      run(8 * count, steps);
    },
  };
}

let held: { readonly kernels: Kernels | null } | undefined;

/** The thread's kernels, made once. */
export function threadKernels(): Kernels | null {
  held ??= { kernels: createKernels() };
  return held.kernels;
}
