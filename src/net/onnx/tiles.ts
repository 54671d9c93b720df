// An optimiser's step for a large parameter, tile by tile. Such a step is a dozen passes over arrays that do not fit the
// processor's cache; in tiles that do, only the first and the last pass wait for memory. A Scan hands the tiles out and
// puts them together without copying, and each value is what it was.
import { Graph, type Node, reachable } from '../graph.js';
import { input } from '../ops/shape.js';
import { type UpdateTask, update } from '../update.js';
import { emitNodes, nameOf } from './emit-nodes.js';
import { Emitter } from './emitter.js';
import type { OnnxValue } from './proto.js';

/**
 * Writes the update of one parameter whose state is laid out in tiles (see updateShape), and returns the names of the
 * new parameter and slots. `names` holds those of its inputs.
 */
export function emitTiles(
  emit: Emitter,
  task: UpdateTask,
  names: ReadonlyMap<Node, string>,
  prefix: string,
): readonly string[] {
  const whole = [task.p, ...task.slots, task.raw];
  const shape = task.p.shape.slice(1);
  const graph = new Graph();
  const parts = whole.map((_, i) => input(graph, `${prefix}part${i}`, shape));
  // What the rule does not use has no name, and is not asked for.
  const numbers = Object.entries(task.step).map(
    ([name, node]) => [name, input(graph, names.get(node) ?? name, node.shape)] as const,
  );
  const { parameter, slots } = update({
    rule: task.rule,
    p: parts[0]!,
    slots: parts.slice(1, -1),
    raw: parts.at(-1)!,
    step: Object.fromEntries(numbers) as unknown as UpdateTask['step'],
  });
  const next = [parameter, ...slots];
  const known = new Map([...parts, ...numbers.map(([, node]) => node)].map((node) => [node, nameOf(node)]));
  // What comes of the numbers alone is the same in every turn: it is worked out before, outside.
  const varying = new Set<Node>(parts);
  for (const node of reachable(next)) if (node.inputs.some((each) => varying.has(each))) varying.add(node);
  emitNodes(
    emit,
    reachable(next).filter((node) => !varying.has(node)),
    known,
  );
  const inner = new Emitter(prefix, emit.options);
  emitNodes(inner, next, known);
  const value = (name: string): OnnxValue => ({ name, element: 'float', shape });
  const outputs = next.map((node, i) => {
    inner.alias(known.get(node)!, `${prefix}next${i}`);
    return value(`${prefix}next${i}`);
  });
  const body = {
    name: `${prefix}body`,
    nodes: inner.nodes,
    constants: inner.constants,
    inputs: parts.map((part) => value(nameOf(part))),
    outputs,
  };
  const tiles = whole.map((node) => names.get(node)!);
  return emit.many('Scan', tiles, { body, num_scan_inputs: tiles.length }, next.length);
}
