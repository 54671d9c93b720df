// One training on the tfjs engine: each step is computed at once, operation by operation, with the gradients of
// TensorFlow.js's own tape. Holds the tensors of one state and, between calls, no others.
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { InternalError } from '../../ground/errors.js';
import { maskShape } from '../../net/forward.js';
import { sizeOf } from '../../net/graph.js';
import { STEP_NUMBERS, type StepNumbers } from '../../net/optimizer.js';
import type { Program } from '../../net/program.js';
import type { Batch, Chunk, Trainer, TrainState } from '../contract.js';
import { forward, type Training, type Weights } from './forward.js';
import { type LossTerm, totalLoss } from './loss.js';
import type { Runtime } from './runtime.js';
import { flatten, oneHotTensor, partTensors, rowTensor } from './tensors.js';
import { clipGradients, update } from './update.js';

/** In the order of `net.parameters` and `net.statistics`; slots [slot][parameter]. */
interface State {
  readonly parameters: readonly Tensor[];
  readonly slots: readonly (readonly Tensor[])[];
  readonly statistics: readonly Tensor[];
}

export function openTrainer(runtime: Runtime, program: Program): Trainer {
  const trainer = new TfjsTrainer(runtime, program);
  return {
    program,
    load: (state) => runtime.call(() => trainer.load(state)),
    read: () => runtime.call(() => trainer.read()),
    train: (chunk) => runtime.call(() => trainer.train(chunk)),
    evaluate: (batch, weights) => runtime.call(() => trainer.evaluate(batch, weights)),
    async dispose() {
      trainer.dispose();
    },
  };
}

class TfjsTrainer {
  readonly #runtime: Runtime;
  readonly #program: Program;
  #state: State | undefined;

  constructor(runtime: Runtime, program: Program) {
    this.#runtime = runtime;
    this.#program = program;
  }

  load({ parameters, slots, statistics }: TrainState): void {
    const { tf } = this.#runtime;
    const { net } = this.#program;
    this.#replace({
      parameters: partTensors(tf, parameters, net.parameters),
      slots: slots.map((slot) => partTensors(tf, slot, net.parameters)),
      statistics: partTensors(tf, statistics, net.statistics),
    });
  }

  read(): TrainState {
    const { parameters, slots, statistics } = this.#loaded();
    const { net } = this.#program;
    const flat = (tensors: readonly Tensor[]) => flatten(tensors, net.parameters, net.parameterCount);
    return {
      parameters: flat(parameters),
      slots: slots.map(flat),
      statistics: flatten(statistics, net.statistics, net.statisticCount),
    };
  }

  train(chunk: Chunk): Float32Array {
    const { tf } = this.#runtime;
    const losses: Scalar[] = [];
    try {
      for (let i = 0; i < chunk.steps; i++) losses.push(this.#step(chunk, i));
      // Read at the end: on a GPU every reading waits for all that was asked before.
      return Float32Array.from(losses, (loss) => loss.dataSync()[0]!);
    } finally {
      tf.dispose(losses);
    }
  }

  evaluate(batch: Batch, lossWeights: readonly number[]): number {
    const { tf } = this.#runtime;
    const { parameters, statistics } = this.#loaded();
    const { net } = this.#program;
    return tf.tidy(() => {
      const { x, target } = this.#data(batch);
      const passed = forward(tf, { net, weights: this.#weights(parameters, statistics) }, x);
      return totalLoss(tf, this.#terms(lossWeights), passed, target).dataSync()[0]!;
    });
  }

  dispose(): void {
    this.#replace(undefined);
  }

  /** Step `at` of a chunk; returns its loss. */
  #step(chunk: Chunk, at: number): Scalar {
    const { tf } = this.#runtime;
    const { net, clip } = this.#program;
    const held = this.#loaded();
    const moved = new Map<string, Tensor>();
    const width = STEP_NUMBERS.length + this.#program.losses.length;
    const numbers = [...chunk.numbers.subarray(at * width, (at + 1) * width)];
    const n = Object.fromEntries(STEP_NUMBERS.map((name, i) => [name, numbers[i]])) as StepNumbers;
    const { loss, ...next } = tf.tidy(() => {
      const { x, target } = this.#data(chunk, at, chunk.batch);
      const training: Training = {
        masks: this.#masks(chunk, at),
        // The tape's own scope would take them away with all else of the forward pass.
        move: (name, value) => moved.set(name, tf.keep(value)),
      };
      const terms = this.#terms(numbers.slice(STEP_NUMBERS.length));
      const { value, grads } = tf.valueAndGrads((...parameters: Tensor[]) => {
        const weights = this.#weights(parameters, held.statistics);
        return totalLoss(tf, terms, forward(tf, { net, weights, training }, x), target);
      })([...held.parameters]);
      const gradients = clipGradients(tf, clip, grads, n.clip);
      const updated = held.parameters.map((p, i) =>
        update(tf, this.#program, { p, raw: gradients[i]!, slots: held.slots.map((s) => s[i]!), n }),
      );
      return {
        loss: value as Scalar,
        parameters: updated.map(({ parameter }) => parameter),
        slots: held.slots.map((_, k) => updated.map(({ slots }) => slots[k]!)),
      };
    });
    this.#replace({ ...next, statistics: net.statistics.map(({ name }) => moved.get(name)!) });
    return loss;
  }

  /** The examples of step `at`, `batch` of them, as rows. */
  #data(all: Batch, at = 0, batch = all.count): { readonly x: Tensor; readonly target: Tensor } {
    const { tf } = this.#runtime;
    const { net, target } = this.#program;
    const part = (data: Uint8Array | Float32Array, width: number) =>
      data.subarray(at * batch * width, (at + 1) * batch * width);
    const x = rowTensor(tf, part(all.inputs, sizeOf(net.input)), sizeOf(net.input));
    if (target === 'input' || all.targets === undefined) return { x, target: x };
    const outputs = sizeOf(net.output);
    return target === 'labels'
      ? { x, target: oneHotTensor(tf, part(all.targets, 1), outputs) }
      : { x, target: rowTensor(tf, part(all.targets, outputs), outputs) };
  }

  #masks({ batch, masks, maskScales }: Chunk, at: number): readonly Tensor[] {
    const { tf } = this.#runtime;
    const dropouts = this.#program.net.layers.filter(({ layer }) => layer.type === 'dropout');
    return dropouts.map(({ input }, i) => {
      const shape = [...maskShape(input, batch)];
      const mask = masks[i]!.subarray(at * sizeOf(shape), (at + 1) * sizeOf(shape));
      return tf.mul(tf.tensor(new Float32Array(mask), shape, 'float32'), maskScales[i]!);
    });
  }

  #terms(weights: readonly number[]): readonly LossTerm[] {
    return this.#program.losses.map((name, i) => ({ name, weight: weights[i]! }));
  }

  #weights(parameters: readonly Tensor[], statistics: readonly Tensor[]): Weights {
    const { net } = this.#program;
    return new Map([
      ...net.parameters.map(({ name }, i) => [name, parameters[i]!] as const),
      ...net.statistics.map(({ name }, i) => [name, statistics[i]!] as const),
    ]);
  }

  #loaded(): State {
    if (this.#state === undefined) throw new InternalError('the trainer has no state: call load');
    return this.#state;
  }

  #replace(next: State | undefined): void {
    if (this.#state !== undefined) this.#runtime.release(Object.values(this.#state).flat(2));
    if (next !== undefined) this.#runtime.hold(Object.values(next).flat(2));
    this.#state = next;
  }
}
