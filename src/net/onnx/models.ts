// Programs as whole ONNX models: many training steps in one run (Scan), one training step, an evaluation, a prediction,
// and an ordinary inference model for other tools. Every model says by its tensors' names what it wants to be fed.
import { feedParameters, forward } from '../forward.js';
import { Graph, type Node, reachable, sizeOf } from '../graph.js';
import type { Net } from '../model.js';
import { isInTiles } from '../ops/fused.js';
import { input, toUnit } from '../ops/shape.js';
import { SLOTS } from '../optimizer.js';
import { evaluation, type Program, type StepGraph, type StepState, trainingStep } from '../program.js';
import { emitNodes, nameOf } from './emit-nodes.js';
import { type Bytes, type EmitOptions, Emitter } from './emitter.js';
import { encodeModel, type OnnxGraph, type OnnxValue } from './proto.js';
import { emitTiles } from './tiles.js';

/** How the state tensors are called in a training model: `tensor i` is fed as `fed[i]` and comes back as `given[i]`. */
export interface StateNames {
  readonly fed: readonly string[];
  readonly given: readonly string[];
}

/** Parameters, then each parameter's slots, then statistics. */
export function stateNames({ net, optimizer }: Program, scan: boolean): StateNames {
  const names = [
    ...net.parameters.map(({ name }) => name),
    ...net.parameters.flatMap(({ name }) => SLOTS[optimizer].map((slot) => `${name}/${slot}`)),
    ...net.statistics.map(({ name }) => name),
  ];
  return {
    fed: scan ? names.map((name) => `first ${name}`) : names,
    given: names.map((name) => `${scan ? 'last' : 'next'} ${name}`),
  };
}

const flatState = (state: StepState): readonly Node[] => [
  ...state.parameters,
  ...state.slots.flat(),
  ...state.statistics,
];

const value = (node: Node, bytes: Bytes): OnnxValue => ({
  name: nameOf(node),
  element: node.element === 'bytes' ? bytes : 'float',
  shape: node.shape,
});

interface Body extends OnnxGraph {
  readonly state: readonly OnnxValue[];
  readonly each: readonly OnnxValue[];
  readonly shared: readonly OnnxValue[];
}

/** One step as an ONNX graph: state and what is fed at each step go in, the new state and the loss come out. */
function stepBody(step: StepGraph, options: EmitOptions): Body {
  const emit = new Emitter('t', options);
  const { bytes } = options;
  const state = flatState(step.state);
  const each = [step.inputs, step.targets, step.numbers, ...step.masks].filter((n) => n !== undefined);
  const shared = step.maskScales === undefined ? [] : [step.maskScales];
  const next = flatState(step.next);
  const names = new Map([...state, ...each, ...shared].map((node) => [node, nameOf(node)]));
  // Large parameters are updated tile by tile, each as soon as its gradient is there, while that is in the cache.
  const tiled = step.updates
    .map((task, i) => ({ task, changed: [step.next.parameters[i]!, ...step.next.slots[i]!] }))
    .filter(({ task }) => options.cpu === true && isInTiles(task.p.shape))
    .sort((a, b) => a.task.raw.id - b.task.raw.id);
  const numbers = new Set(tiled.flatMap(({ task }) => Object.values(task.step)));
  for (const [i, { task, changed }] of tiled.entries()) {
    emitNodes(emit, [...reachable(changed).filter((node) => numbers.has(node)), task.raw], names);
    const made = emitTiles(emit, task, names, `u${i}.`);
    for (const [k, node] of changed.entries()) names.set(node, made[k]!);
  }
  emitNodes(emit, [...next.filter((node) => !names.has(node)), step.loss], names);
  const outputs = next.map((node, i) => {
    const name = `next ${nameOf(state[i]!)}`;
    emit.alias(names.get(node)!, name);
    return { name, element: 'float', shape: state[i]!.shape } as const;
  });
  emit.alias(names.get(step.loss)!, 'loss');
  return {
    name: 'step',
    nodes: emit.nodes,
    constants: emit.constants,
    inputs: [...state, ...each].map((node) => value(node, bytes)),
    outputs: [...outputs, { name: 'loss', element: 'float', shape: [] }],
    state: state.map((node) => value(node, bytes)),
    each: each.map((node) => value(node, bytes)),
    shared: shared.map((node) => value(node, bytes)),
  };
}

/** Any number of steps in one run, on the CPU; inputs, targets, numbers and masks have a leading axis of steps, and so has `loss`. */
export function scanModel(program: Program, batch: number, bytes: Bytes): Uint8Array {
  const body = stepBody(trainingStep(program, batch), { bytes, cpu: true });
  const many = (v: OnnxValue): OnnxValue => ({ ...v, name: `all ${v.name}`, shape: ['steps', ...v.shape] });
  const first = (v: OnnxValue): OnnxValue => ({ ...v, name: `first ${v.name}` });
  const next = body.state.map((v) => `last ${v.name}`);
  const graph: OnnxGraph = {
    name: 'training',
    constants: [],
    nodes: [
      {
        type: 'Scan',
        inputs: [...body.state.map((v) => `first ${v.name}`), ...body.each.map((v) => `all ${v.name}`)],
        outputs: [...next, 'losses'],
        attributes: { body, num_scan_inputs: body.each.length },
      },
    ],
    inputs: [...body.state.map(first), ...body.each.map(many), ...body.shared],
    outputs: [
      ...body.state.map((v, i) => ({ ...v, name: next[i]! })),
      { name: 'losses', element: 'float', shape: ['steps'] },
    ],
  };
  return encodeModel(graph);
}

/** One step a run, for providers that would run a Scan's control flow on the CPU. */
export function stepModel(program: Program, batch: number, bytes: Bytes): Uint8Array {
  const body = stepBody(trainingStep(program, batch), { bytes });
  return encodeModel({ ...body, inputs: [...body.inputs, ...body.shared] });
}

/** The loss of a trained net on one batch: `loss`. */
export function evaluationModel(program: Program, batch: number, bytes: Bytes): Uint8Array {
  const graph = evaluation(program, batch);
  const emit = new Emitter('t', { bytes });
  const inputs = [...graph.parameters, ...graph.statistics, graph.inputs, graph.weights];
  if (graph.targets !== undefined) inputs.push(graph.targets);
  const names = new Map(inputs.map((node) => [node, nameOf(node)]));
  emitNodes(emit, [graph.loss], names);
  emit.alias(names.get(graph.loss)!, 'loss');
  return encodeModel({
    name: 'evaluation',
    nodes: emit.nodes,
    constants: emit.constants,
    inputs: inputs.map((node) => value(node, bytes)),
    outputs: [{ name: 'loss', element: 'float', shape: [] }],
  });
}

export interface Prediction {
  readonly net: Net;
  readonly input: Program['input'];
  /** Name of the layer whose output is wanted; absent: the last one's. */
  readonly layer?: string;
}

/** Outputs of one layer for one batch: `outputs` [batch, n]. Parameters and statistics are fed. */
export function predictionModel(
  { net, input: kind, layer }: Prediction,
  batch: number,
  bytes: Bytes,
): Uint8Array {
  const graph = new Graph();
  const fed = feedParameters(graph, net);
  const x = input(graph, 'inputs', [batch, sizeOf(net.input)], kind === 'bytes' ? 'bytes' : 'float');
  const { output } = forward(net, toUnit(x), fed, undefined, layer);
  const emit = new Emitter('t', { bytes });
  const inputs = [...fed.parameters.values(), ...fed.statistics.values(), x];
  const names = new Map(inputs.map((node) => [node, nameOf(node)]));
  emitNodes(emit, [output], names);
  emit.alias(names.get(output)!, 'outputs');
  return encodeModel({
    name: 'prediction',
    nodes: emit.nodes,
    constants: emit.constants,
    inputs: inputs.map((node) => value(node, bytes)),
    outputs: [{ name: 'outputs', element: 'float', shape: output.shape }],
  });
}
