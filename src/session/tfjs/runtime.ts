// What the files of this folder have in common: the library as they see it, and what an engine is to its parts.
import type { Tensor } from '@tensorflow/tfjs-core';

/** The functions of TensorFlow.js; every package gives them. */
export type Tf = typeof import('@tensorflow/tfjs-core');

/** What trainers and predictors use of their engine. */
export interface Runtime {
  readonly tf: Tf;
  /** Runs one call; rejects after `dispose`. */
  call<T>(work: () => T): Promise<T>;
  /** Tensors that outlive a call are the engine's, until they are released. */
  hold(tensors: readonly Tensor[]): void;
  release(tensors: readonly Tensor[]): void;
}
