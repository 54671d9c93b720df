// One training on the onnx engine: the state lives as tensors that each run takes and gives back.
import { Tensor } from 'onnxruntime-node';
import { InternalError } from '../../ground/errors.js';
import { maskShape } from '../../net/forward.js';
import { sizeOf } from '../../net/graph.js';
import type { PlacedLayer } from '../../net/model.js';
import { evaluationModel, type StateNames, scanModel, stateNames, stepModel } from '../../net/onnx/models.js';
import { updateShape } from '../../net/ops/fused.js';
import { SLOTS, STEP_NUMBERS } from '../../net/optimizer.js';
import type { Program } from '../../net/program.js';
import type { Batch, Chunk, Trainer, TrainState } from '../contract.js';
import type { Runtime } from './runtime.js';
import { dataTensor, floatsOf, partTensor } from './tensors.js';

export function openTrainer(runtime: Runtime, program: Program): Trainer {
  const trainer = new OnnxTrainer(runtime, program);
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

/** Where in a chunk the data of one run lie, and how a graph calls them. */
interface FeedPlace {
  readonly prefix: string;
  /** Leading axes of what is fed: [steps] for many steps in one run, none for one. */
  readonly lead: readonly number[];
  /** Steps of the chunk before these. */
  readonly at: number;
}

class OnnxTrainer {
  readonly #runtime: Runtime;
  readonly #program: Program;
  readonly #key: string;
  readonly #slotCount: number;
  readonly #names: StateNames;
  readonly #dropouts: readonly PlacedLayer[];
  /** In the order of `#names`. */
  #state: readonly Tensor[] = [];

  constructor(runtime: Runtime, program: Program) {
    this.#runtime = runtime;
    this.#program = program;
    this.#key = JSON.stringify(program);
    this.#slotCount = SLOTS[program.optimizer].length;
    this.#names = stateNames(program, runtime.scan);
    this.#dropouts = program.net.layers.filter(({ layer }) => layer.type === 'dropout');
  }

  async load(next: TrainState): Promise<void> {
    const { net } = this.#program;
    const parts = net.parameters.map((part) => ({ ...part, shape: updateShape(part.shape) }));
    this.#state = [
      ...parts.map((part) => partTensor(next.parameters, part)),
      ...parts.flatMap((part) => next.slots.map((slot) => partTensor(slot, part))),
      ...net.statistics.map((part) => partTensor(next.statistics, part)),
    ];
  }

  async read(): Promise<TrainState> {
    const { net } = this.#program;
    const tensors = this.#loaded();
    const slotCount = this.#slotCount;
    const parameters = new Float32Array(net.parameterCount);
    const slots = Array.from({ length: slotCount }, () => new Float32Array(net.parameterCount));
    const statistics = new Float32Array(net.statisticCount);
    net.parameters.forEach(({ offset }, i) => {
      parameters.set(floatsOf(tensors[i]), offset);
      slots.forEach((slot, k) => {
        slot.set(floatsOf(tensors[net.parameters.length + i * slotCount + k]), offset);
      });
    });
    net.statistics.forEach(({ offset }, i) => {
      statistics.set(floatsOf(tensors[net.parameters.length * (1 + slotCount) + i]), offset);
    });
    return { parameters, slots, statistics };
  }

  train(chunk: Chunk): Promise<Float32Array> {
    return this.#runtime.scan ? this.#runScan(chunk) : this.#runSteps(chunk);
  }

  async evaluate(batch: Batch, weights: readonly number[]): Promise<number> {
    const { count } = batch;
    const { net } = this.#program;
    const { bytes } = this.#runtime;
    const session = await this.#runtime.graph(`evaluate ${count} ${this.#key}`, () =>
      evaluationModel(this.#program, count, bytes),
    );
    const tensors = this.#loaded();
    const fed: Record<string, Tensor> = {
      inputs: dataTensor(batch.inputs, [count, sizeOf(net.input)], bytes),
      'loss weights': new Tensor('float32', Float32Array.from(weights), [weights.length]),
    };
    if (batch.targets !== undefined)
      fed.targets = dataTensor(batch.targets, targetShape(this.#program, count), bytes);
    net.parameters.forEach(({ name, shape }, i) => {
      fed[name] = tensors[i]!.reshape(shape);
    });
    net.statistics.forEach(({ name }, i) => {
      fed[name] = tensors[net.parameters.length * (1 + this.#slotCount) + i]!;
    });
    return floatsOf((await session.run(fed)).loss)[0]!;
  }

  dispose(): void {
    this.#state = [];
  }

  async #runScan(chunk: Chunk): Promise<Float32Array> {
    const session = await this.#runtime.graph(`scan ${chunk.batch} ${this.#key}`, () =>
      scanModel(this.#program, chunk.batch, this.#runtime.bytes),
    );
    const fed = this.#feed(chunk, { prefix: 'all ', lead: [chunk.steps], at: 0 });
    const given = await session.run({ ...this.#named(), ...fed });
    this.#state = this.#names.given.map((name) => given[name] as Tensor);
    return floatsOf(given.losses);
  }

  async #runSteps(chunk: Chunk): Promise<Float32Array> {
    const session = await this.#runtime.graph(`step ${chunk.batch} ${this.#key}`, () =>
      stepModel(this.#program, chunk.batch, this.#runtime.bytes),
    );
    const losses = new Float32Array(chunk.steps);
    for (let i = 0; i < chunk.steps; i++) {
      const fed = this.#feed(chunk, { prefix: '', lead: [], at: i });
      const given = await session.run({ ...this.#named(), ...fed });
      this.#state = this.#names.given.map((name) => given[name] as Tensor);
      losses[i] = floatsOf(given.loss)[0]!;
    }
    return losses;
  }

  /** The state, by the names under which a graph takes it. */
  #named(): Record<string, Tensor> {
    const tensors = this.#loaded();
    return Object.fromEntries(this.#names.fed.map((name, i) => [name, tensors[i]!]));
  }

  #loaded(): readonly Tensor[] {
    if (this.#state.length === 0 && this.#names.fed.length > 0)
      throw new InternalError('the trainer has no state: call load');
    return this.#state;
  }

  /** Everything but the state: data, numbers and masks of some steps of a chunk. */
  #feed(chunk: Chunk, { prefix, lead, at }: FeedPlace): Record<string, Tensor> {
    const { net, losses } = this.#program;
    const steps = lead[0] ?? 1;
    const part = <T extends Uint8Array | Float32Array>(data: T, width: number) =>
      data.subarray(at * width, (at + steps) * width) as T;
    const { batch } = chunk;
    const tensors: Record<string, Tensor> = {};
    const put = (name: string, data: Uint8Array | Float32Array, shape: readonly number[]) => {
      const values = part(data, sizeOf(shape));
      tensors[prefix + name] = dataTensor(values, [...lead, ...shape], this.#runtime.bytes);
    };
    put('inputs', chunk.inputs, [batch, sizeOf(net.input)]);
    if (chunk.targets !== undefined) put('targets', chunk.targets, targetShape(this.#program, batch));
    put('numbers', chunk.numbers, [STEP_NUMBERS.length + losses.length]);
    for (const [i, { name, input }] of this.#dropouts.entries())
      put(`${name}/mask`, chunk.masks[i]!, maskShape(input, batch));
    if (this.#dropouts.length > 0)
      tensors['mask scales'] = new Tensor('float32', chunk.maskScales, [this.#dropouts.length]);
    return tensors;
  }
}

function targetShape(program: Program, batch: number): readonly number[] {
  return program.target === 'labels' ? [batch] : [batch, sizeOf(program.net.output)];
}
