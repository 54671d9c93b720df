// Runs what assembler.ts assembles.

/** The part of WebAssembly used here; neither @types/node 20 nor TypeScript's ES libraries declare it. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Memory: new (limits: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: object } },
  ) => { readonly exports: { run: WasmFunction } };
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export type WasmFunction = (first: number, second: number) => void;

const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;

/** A memory of `pages` × 64 KiB, or null where V8 cannot run `sample`, a module of the kind that is meant for it. */
export function createWasmMemory(pages: number, sample: Uint8Array<ArrayBuffer>): WasmMemory | null {
  return api?.validate(sample) ? new api.Memory({ initial: pages }) : null;
}

/** The function of a module over `memory`. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>, memory: WasmMemory): WasmFunction {
  return new api!.Instance(new api!.Module(bytes), { env: { memory } }).exports.run;
}
