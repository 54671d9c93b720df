// What an onnx engine is to its trainers and predictors.
import type { InferenceSession } from 'onnxruntime-node';
import type { Bytes } from '../../net/onnx/emitter.js';

/** What trainers and predictors use of their engine. */
export interface Runtime {
  readonly bytes: Bytes;
  /** Whether one run can be many steps: not where control flow would run off the device. */
  readonly scan: boolean;
  /** The compiled graph of that key, built if it is not warm. */
  graph(key: string, build: () => Uint8Array): Promise<InferenceSession>;
  /** Runs one call: rejects it after `dispose`, which waits for it. */
  call<T>(work: () => Promise<T>): Promise<T>;
}
