// What an engine must do, and what a session offers on top. An engine holds one device for one thread and knows only
// arrays; epochs, shuffles, stopping and checkpoints are the session's (train.ts), written once for all engines.
//
// Guarantees of every engine (test/conformance/session.ts runs over all of them):
// - Calls on one engine are made one at a time, each awaited before the next; nothing runs in between.
// - `train` applies its steps in order. How many steps go into one call changes no number.
// - Equal state, batches, numbers and masks give equal results; on `cpu` equal to the bit, on every thread.
// - Arrays handed in are read before the call's promise settles, and never kept; arrays handed out are the caller's.
// - `load` replaces the whole state; `read` gives it back unchanged, to the bit.
// - `dispose` waits for what runs, may be called twice, and frees everything; afterwards every call rejects.
// - Equal programs are compiled once for each engine: a second `compile` is warm.
import type { Net } from '../net/model.js';
import type { Program } from '../net/program.js';

export type EngineName = 'onnx' | 'tfjs';

/** Parameters and optimiser slots are flat, in the order and layout of `net.parameters` and SLOTS. */
export interface TrainState {
  readonly parameters: Float32Array;
  readonly slots: readonly Float32Array[];
  readonly statistics: Float32Array;
}

/** Some examples, one after another. `targets` is absent where the program's target is `input`. */
export interface Batch {
  readonly count: number;
  readonly inputs: Uint8Array | Float32Array;
  readonly targets?: Uint8Array | Float32Array;
}

/** `steps` minibatches of `batch` examples each (`count` = steps × batch). */
export interface Chunk extends Batch {
  readonly steps: number;
  readonly batch: number;
  /** [steps, STEP_NUMBERS + losses]: the step's numbers, then each loss's weight. */
  readonly numbers: Float32Array;
  /**
   * For each dropout layer, in order: 1 keeps and 0 drops; [steps, batch, n] for a flat layer, and with the batch last,
   * [steps, channels, height, width, batch], for one on images.
   */
  readonly masks: readonly Uint8Array[];
  /** For each dropout layer: 1 / (1 − rate). */
  readonly maskScales: Float32Array;
}

export interface Trainer {
  readonly program: Program;
  /** Takes the arrays over until they have been trained on: nobody may write to them after this. */
  load(state: TrainState): Promise<void>;
  read(): Promise<TrainState>;
  /** Runs the chunk's steps; returns each step's loss, taken before its update. */
  train(chunk: Chunk): Promise<Float32Array>;
  /** Weighted mean loss of one batch as a trained net sees it (no dropout, running statistics). Changes nothing. */
  evaluate(batch: Batch, lossWeights: readonly number[]): Promise<number>;
  /** Forgets this trainer's state; its compiled graphs stay warm in the engine. */
  dispose(): Promise<void>;
}

/** A net that only runs forward. */
export interface Predictor {
  load(parameters: Float32Array, statistics: Float32Array): Promise<void>;
  /** Outputs of `layer` (the net's last by default), [count, …its shape] flat. */
  run(inputs: Uint8Array | Float32Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /** `cpu`, `webgpu`, `cuda:0`; for tfjs the backend it found, such as `tfjs-cpu` or `tfjs-node-gpu`. */
  readonly device: string;
  compile(program: Program): Promise<Trainer>;
  /** `layer`: name of the layer whose output is wanted; absent: the last one's. */
  predictor(net: Net, input: Program['input'], layer?: string): Promise<Predictor>;
  dispose(): Promise<void>;
}
