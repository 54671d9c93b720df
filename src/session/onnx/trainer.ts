// One training on the onnx engine: the state lives as tensors that each run takes and gives back.
import { Tensor } from 'onnxruntime-node';
import { InternalError } from '../../ground/errors.js';
import { maskShape } from '../../net/forward.js';
import { sizeOf } from '../../net/graph.js';
import { evaluationModel, scanModel, stateNames, stepModel } from '../../net/onnx/models.js';
import { updateShape } from '../../net/ops/fused.js';
import { SLOTS, STEP_NUMBERS } from '../../net/optimizer.js';
import type { Program } from '../../net/program.js';
import type { Batch, Chunk, Trainer, TrainState } from '../contract.js';
import type { Runtime } from './engine.js';
import { dataTensor, floatsOf, partTensor } from './tensors.js';

export function openTrainer(runtime: Runtime, program: Program): Trainer {
  const { net } = program;
  const key = JSON.stringify(program);
  const slotCount = SLOTS[program.optimizer].length;
  const names = stateNames(program, runtime.scan);
  const dropouts = net.layers.filter(({ layer }) => layer.type === 'dropout');
  /** In the order of `names`. */
  let state: readonly Tensor[] = [];

  const loaded = () => {
    if (state.length === 0 && names.fed.length > 0)
      throw new InternalError('the trainer has no state: call load');
    return state;
  };
  const named = (tensors: readonly Tensor[]) =>
    Object.fromEntries(names.fed.map((name, i) => [name, tensors[i]!]));

  /** Data of steps [from, from + count) of a chunk; `steps` [] leaves the leading axis out. */
  const feed = (
    chunk: Chunk,
    prefix: string,
    lead: readonly number[],
    at: number,
  ): Record<string, Tensor> => {
    const steps = lead[0] ?? 1;
    const part = <T extends Uint8Array | Float32Array>(data: T, width: number) =>
      data.subarray(at * width, (at + steps) * width) as T;
    const { batch } = chunk;
    const tensors: Record<string, Tensor> = {};
    const put = (name: string, data: Uint8Array | Float32Array, shape: readonly number[]) => {
      tensors[prefix + name] = dataTensor(part(data, sizeOf(shape)), [...lead, ...shape], runtime.bytes);
    };
    put('inputs', chunk.inputs, [batch, sizeOf(net.input)]);
    if (chunk.targets !== undefined) put('targets', chunk.targets, targetShape(program, batch));
    put('numbers', chunk.numbers, [STEP_NUMBERS.length + program.losses.length]);
    for (const [i, { name, input }] of dropouts.entries())
      put(`${name}/mask`, chunk.masks[i]!, maskShape(input, batch));
    if (dropouts.length > 0)
      tensors['mask scales'] = new Tensor('float32', chunk.maskScales, [dropouts.length]);
    return tensors;
  };

  const runScan = async (chunk: Chunk): Promise<Float32Array> => {
    const session = await runtime.graph(`scan ${chunk.batch} ${key}`, () =>
      scanModel(program, chunk.batch, runtime.bytes),
    );
    const given = await session.run({ ...named(loaded()), ...feed(chunk, 'all ', [chunk.steps], 0) });
    state = names.given.map((name) => given[name] as Tensor);
    return floatsOf(given.losses);
  };

  const runSteps = async (chunk: Chunk): Promise<Float32Array> => {
    const session = await runtime.graph(`step ${chunk.batch} ${key}`, () =>
      stepModel(program, chunk.batch, runtime.bytes),
    );
    const losses = new Float32Array(chunk.steps);
    for (let i = 0; i < chunk.steps; i++) {
      const given = await session.run({ ...named(loaded()), ...feed(chunk, '', [], i) });
      state = names.given.map((name) => given[name] as Tensor);
      losses[i] = floatsOf(given.loss)[0]!;
    }
    return losses;
  };

  const evaluate = async (batch: Batch, weights: readonly number[]): Promise<number> => {
    const { count } = batch;
    const session = await runtime.graph(`evaluate ${count} ${key}`, () =>
      evaluationModel(program, count, runtime.bytes),
    );
    const tensors = loaded();
    const fed: Record<string, Tensor> = {
      inputs: dataTensor(batch.inputs, [count, sizeOf(net.input)], runtime.bytes),
      'loss weights': new Tensor('float32', Float32Array.from(weights), [weights.length]),
    };
    if (batch.targets !== undefined)
      fed.targets = dataTensor(batch.targets, targetShape(program, count), runtime.bytes);
    net.parameters.forEach(({ name, shape }, i) => {
      fed[name] = tensors[i]!.reshape(shape);
    });
    net.statistics.forEach(({ name }, i) => {
      fed[name] = tensors[net.parameters.length * (1 + slotCount) + i]!;
    });
    return floatsOf((await session.run(fed)).loss)[0]!;
  };

  const load = async (next: TrainState): Promise<void> => {
    const parts = net.parameters.map((part) => ({ ...part, shape: updateShape(part.shape) }));
    state = [
      ...parts.map((part) => partTensor(next.parameters, part)),
      ...parts.flatMap((part) => next.slots.map((slot) => partTensor(slot, part))),
      ...net.statistics.map((part) => partTensor(next.statistics, part)),
    ];
  };

  const read = async (): Promise<TrainState> => {
    const tensors = loaded();
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
  };

  return {
    program,
    load: (next) => runtime.call(() => load(next)),
    read: () => runtime.call(read),
    train: (chunk) => runtime.call(() => (runtime.scan ? runScan(chunk) : runSteps(chunk))),
    evaluate: (batch, weights) => runtime.call(() => evaluate(batch, weights)),
    async dispose() {
      state = [];
    },
  };
}

function targetShape(program: Program, batch: number): readonly number[] {
  return program.target === 'labels' ? [batch] : [batch, sizeOf(program.net.output)];
}
