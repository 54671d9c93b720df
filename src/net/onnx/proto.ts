// Writes ONNX models as protobuf bytes: the few messages of onnx.proto3 (IR version 8) that a training graph needs, and
// nothing to read them back. Field numbers are those of github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
import { ProtoWriter } from '../../ground/protobuf.js';

/** Element types (TensorProto.DataType). */
const ELEMENT = { float: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof ELEMENT;

export type Attribute = number | string | readonly number[] | OnnxGraph | { readonly float: number };

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers become ints, `{ float }` a float, arrays ints, graphs subgraphs. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

/** A named tensor type; a text dimension is symbolic. */
export interface OnnxValue {
  readonly name: string;
  readonly element: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxConstant {
  readonly name: string;
  readonly element: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** A whole model, ready for ONNX Runtime. Operator set 17; com.microsoft 1 is declared where a node asks for it. */
export function encodeModel(graph: OnnxGraph, producer = 'sweepline'): Uint8Array {
  const model = new ProtoWriter().int(1, 8).text(2, producer).message(7, encodeGraph(graph));
  model.message(8, new ProtoWriter().text(1, '').int(2, 17));
  if (graph.nodes.some((node) => usesContrib(node)))
    model.message(8, new ProtoWriter().text(1, 'com.microsoft').int(2, 1));
  return model.finish();
}

function usesContrib(node: OnnxNode): boolean {
  if (node.domain !== undefined) return true;
  return Object.values(node.attributes ?? {}).some(
    (value) => isGraph(value) && value.nodes.some(usesContrib),
  );
}

const isGraph = (value: Attribute): value is OnnxGraph => typeof value === 'object' && 'nodes' in value;

function encodeGraph(graph: OnnxGraph): ProtoWriter {
  const out = new ProtoWriter();
  for (const node of graph.nodes) out.message(1, encodeNode(node));
  out.text(2, graph.name);
  for (const constant of graph.constants) {
    const tensor = new ProtoWriter().packed(1, constant.shape).int(2, ELEMENT[constant.element]);
    out.message(5, tensor.text(8, constant.name).bytes(9, constant.bytes));
  }
  for (const value of graph.inputs) out.message(11, encodeValue(value));
  for (const value of graph.outputs) out.message(12, encodeValue(value));
  return out;
}

function encodeNode(node: OnnxNode): ProtoWriter {
  const out = new ProtoWriter();
  for (const input of node.inputs) out.text(1, input);
  for (const output of node.outputs) out.text(2, output);
  out.text(3, `${node.outputs[0]}:${node.type}`).text(4, node.type);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    const attribute = new ProtoWriter().text(1, name);
    if (typeof value === 'number') attribute.int(3, value).int(20, 2);
    else if (typeof value === 'string') attribute.text(4, value).int(20, 3);
    else if (isGraph(value)) attribute.message(6, encodeGraph(value)).int(20, 5);
    else if ('float' in value) attribute.float(2, value.float).int(20, 1);
    else attribute.packed(8, value).int(20, 7);
    out.message(5, attribute);
  }
  return node.domain === undefined ? out : out.text(7, node.domain);
}

function encodeValue(value: OnnxValue): ProtoWriter {
  const shape = new ProtoWriter();
  for (const size of value.shape)
    shape.message(
      1,
      typeof size === 'number' ? new ProtoWriter().int(1, size) : new ProtoWriter().text(2, size),
    );
  const tensor = new ProtoWriter().int(1, ELEMENT[value.element]).message(2, shape);
  return new ProtoWriter().text(1, value.name).message(2, new ProtoWriter().message(1, tensor));
}
