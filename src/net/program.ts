// A program is what an engine compiles: a net, its losses and its optimiser, and everything else that shapes the graph,
// but no number that a sweep varies. Here it becomes graphs: one training step, one evaluation.
import { throwFaults } from '../ground/errors.js';
import { type Forward, feedParameters, forward, logSoftmax, maskShape } from './forward.js';
import { gradients } from './gradient.js';
import { Graph, type Node, sizeOf } from './graph.js';
import type { LossName } from './loss.js';
import type { Net, Shape } from './model.js';
import { add, mul, scalar, softplus, sub } from './ops/elementwise.js';
import { norm1, updateShape } from './ops/fused.js';
import { oneHot } from './ops/matmul.js';
import { mean, scale, sum } from './ops/reduce.js';
import { input, pick, reshape, toUnit } from './ops/shape.js';
import { type OptimizerName, SLOTS, STEP_NUMBERS } from './optimizer.js';
import { show } from './shapes.js';
import { clipped, type StepNodes, type UpdateTask, update } from './update.js';

export interface Program {
  readonly net: Net;
  readonly losses: readonly LossName[];
  readonly optimizer: OptimizerName;
  /** False: the weight decay is 0, and left out of the graph. */
  readonly decays: boolean;
  readonly clip: 'none' | 'norm' | 'value';
  /** Bytes become value/255; floats stay as they are. */
  readonly input: 'bytes' | 'floats';
  /** `input`: the inputs themselves (flattened); `labels`: class numbers, made one-hot over the net's outputs. */
  readonly target: 'input' | 'bytes' | 'floats' | 'labels';
}

/** Throws BAD_MODEL with every reason why the losses and targets do not fit the net. */
export function checkProgram({ net, losses, target }: Program): void {
  const faults: string[] = [];
  const last = net.layers.at(-1)!;
  const ending = 'activation' in last.layer ? last.layer.activation : 'linear';
  const needs = (loss: LossName, activation: string) => {
    if (losses.includes(loss) && ending !== activation && ending !== 'linear')
      faults.push(`${last.name}: loss ${loss} needs ${activation} or linear at the end, got ${ending}`);
  };
  needs('bce', 'sigmoid');
  needs('cce', 'softmax');
  if (losses.length === 0) faults.push('no loss: at least one of l1, l2, bce, cce is needed');
  if (target === 'input' && sizeOf(net.input) !== sizeOf(net.output))
    faults.push(`${last.name}: output ${show(net.output)} is compared with the input ${show(net.input)}`);
  if (target === 'labels' && (net.output.length !== 1 || net.output[0]! > 256))
    faults.push(`${last.name}: labels need an output [classes] of at most 256, got ${show(net.output)}`);
  throwFaults('BAD_MODEL', 'the loss does not fit the net', faults);
}

/** Nodes that a training step is fed, and what it gives back; parameters and slots in the order of `net.parameters`. */
export interface StepGraph {
  readonly state: StepState;
  readonly next: StepState;
  /** What `next` was made of, by parameter: for a provider that would rather do it tile by tile. */
  readonly updates: readonly UpdateTask[];
  readonly inputs: Node;
  readonly targets: Node | undefined;
  readonly numbers: Node;
  readonly masks: readonly Node[];
  /** Absent where the net has no dropout. */
  readonly maskScales: Node | undefined;
  readonly loss: Node;
}

export interface StepState {
  readonly parameters: readonly Node[];
  /** [parameter][slot]. */
  readonly slots: readonly (readonly Node[])[];
  readonly statistics: readonly Node[];
}

/** One step on `batch` examples: forward, backward, update. Its state is fed and given back in `updateShape`. */
export function trainingStep(program: Program, batch: number): StepGraph {
  const { net } = program;
  const graph = new Graph();
  const given = feedParameters(graph, net, updateShape);
  const shaped = net.parameters.map(({ name, shape }) => {
    const node = given.parameters.get(name)!;
    return [name, sameShape(node.shape, shape) ? node : reshape(node, shape)] as const;
  });
  const fed = { ...given, parameters: new Map(shaped) };
  const data = feedData(graph, program, batch);
  const numbers = input(graph, 'numbers', [STEP_NUMBERS.length + program.losses.length]);
  const dropouts = net.layers.filter(({ layer }) => layer.type === 'dropout');
  const masks = dropouts.map(({ name, input: shape }) =>
    input(graph, `${name}/mask`, maskShape(shape, batch), 'bytes'),
  );
  const scales = masks.length === 0 ? undefined : input(graph, 'mask scales', [masks.length]);
  const maskScales = masks.map((_, i) => pick(scales!, i));
  const passed = forward(net, data.x, fed, { masks, maskScales });
  const weights = program.losses.map((_, i) => pick(numbers, STEP_NUMBERS.length + i));
  const loss = totalLoss(program, passed, data.target, weights);

  const step = Object.fromEntries(STEP_NUMBERS.map((name, i) => [name, pick(numbers, i)])) as StepNodes;
  const parameters = [...given.parameters.values()];
  const slots = net.parameters.map(({ name, shape }) =>
    SLOTS[program.optimizer].map((slot) => input(graph, `${name}/${slot}`, updateShape(shape))),
  );
  const raw = clipped(program.clip, gradients(loss, parameters), step.clip);
  const rule = { name: program.optimizer, decays: program.decays };
  const updates = parameters.map((p, i) => ({ rule, p, raw: raw[i]!, slots: slots[i]!, step }));
  const updated = updates.map(update);
  return {
    state: { parameters, slots, statistics: [...fed.statistics.values()] },
    next: {
      parameters: updated.map((u) => u.parameter),
      slots: updated.map((u) => u.slots),
      statistics: net.statistics.map(({ name }) => passed.statistics.get(name)!),
    },
    updates,
    inputs: data.inputs,
    targets: data.targets,
    numbers,
    masks,
    maskScales: scales,
    loss,
  };
}

/** Nodes of a graph that only measures the loss of a trained net. */
export interface EvaluationGraph {
  readonly parameters: readonly Node[];
  readonly statistics: readonly Node[];
  readonly inputs: Node;
  readonly targets: Node | undefined;
  /** The weight of each loss. */
  readonly weights: Node;
  readonly loss: Node;
}

export function evaluation(program: Program, batch: number): EvaluationGraph {
  const graph = new Graph();
  const fed = feedParameters(graph, program.net);
  const data = feedData(graph, program, batch);
  const weights = input(graph, 'loss weights', [program.losses.length]);
  const passed = forward(program.net, data.x, fed);
  const picked = program.losses.map((_, i) => pick(weights, i));
  return {
    parameters: [...fed.parameters.values()],
    statistics: [...fed.statistics.values()],
    inputs: data.inputs,
    targets: data.targets,
    weights,
    loss: totalLoss(program, passed, data.target, picked),
  };
}

const sameShape = (a: Shape, b: Shape) => a.length === b.length && a.every((n, i) => n === b[i]);

interface Data {
  readonly inputs: Node;
  readonly targets: Node | undefined;
  /** The inputs as floats, [batch, n]. */
  readonly x: Node;
  readonly target: Node;
}

function feedData(graph: Graph, program: Program, batch: number): Data {
  const { net } = program;
  const inputs = input(
    graph,
    'inputs',
    [batch, sizeOf(net.input)],
    program.input === 'bytes' ? 'bytes' : 'float',
  );
  const x = toUnit(inputs);
  const outputs = sizeOf(net.output);
  switch (program.target) {
    case 'input':
      return { inputs, targets: undefined, x, target: x };
    case 'labels': {
      const targets = input(graph, 'targets', [batch], 'bytes');
      return { inputs, targets, x, target: oneHot(targets, outputs) };
    }
    default: {
      const targets = input(
        graph,
        'targets',
        [batch, outputs],
        program.target === 'bytes' ? 'bytes' : 'float',
      );
      return { inputs, targets, x, target: toUnit(targets) };
    }
  }
}

function totalLoss(program: Program, passed: Forward, target: Node, weights: readonly Node[]): Node {
  const terms = program.losses.map((name, i) => mul(lossNode(name, passed, target), weights[i]!));
  return terms.reduce((a, b) => add(a, b));
}

function lossNode(name: LossName, { output, logits }: Forward, target: Node): Node {
  const over = (x: Node) => reshape(mean(x, [...x.shape.keys()]), []);
  switch (name) {
    case 'l1':
      return scale(norm1(sub(output, target)), 1 / sizeOf(output.shape));
    case 'l2': {
      const apart = sub(output, target);
      return over(mul(apart, apart));
    }
    case 'bce':
      return over(sub(softplus(logits), mul(logits, target)));
    case 'cce': {
      const right = mul(logSoftmax(logits), target);
      return mul(scalar(right, -1), reshape(mean(sum(right, [1]), [0, 1]), []));
    }
  }
}
