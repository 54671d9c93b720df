// Writes ONNX models as protobuf bytes: the few messages of onnx.proto3 (IR version 8) that a training graph needs, and
// nothing to read them back. Field numbers are those of github.com/onnx/onnx/blob/main/onnx/onnx.proto3.

/** Element types (TensorProto.DataType). */
export const ELEMENT = { float: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
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
  const model = new Writer().int(1, 8).text(2, producer).message(7, encodeGraph(graph));
  model.message(8, new Writer().text(1, '').int(2, 17));
  if (graph.nodes.some((node) => usesContrib(node)))
    model.message(8, new Writer().text(1, 'com.microsoft').int(2, 1));
  return model.finish();
}

function usesContrib(node: OnnxNode): boolean {
  if (node.domain !== undefined) return true;
  return Object.values(node.attributes ?? {}).some(
    (value) => isGraph(value) && value.nodes.some(usesContrib),
  );
}

const isGraph = (value: Attribute): value is OnnxGraph => typeof value === 'object' && 'nodes' in value;

function encodeGraph(graph: OnnxGraph): Writer {
  const out = new Writer();
  for (const node of graph.nodes) out.message(1, encodeNode(node));
  out.text(2, graph.name);
  for (const constant of graph.constants) {
    const tensor = new Writer().packed(1, constant.shape).int(2, ELEMENT[constant.element]);
    out.message(5, tensor.text(8, constant.name).bytes(9, constant.bytes));
  }
  for (const value of graph.inputs) out.message(11, encodeValue(value));
  for (const value of graph.outputs) out.message(12, encodeValue(value));
  return out;
}

function encodeNode(node: OnnxNode): Writer {
  const out = new Writer();
  for (const input of node.inputs) out.text(1, input);
  for (const output of node.outputs) out.text(2, output);
  out.text(3, `${node.outputs[0]}:${node.type}`).text(4, node.type);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    const attribute = new Writer().text(1, name);
    if (typeof value === 'number') attribute.int(3, value).int(20, 2);
    else if (typeof value === 'string') attribute.text(4, value).int(20, 3);
    else if (isGraph(value)) attribute.message(6, encodeGraph(value)).int(20, 5);
    else if ('float' in value) attribute.float(2, value.float).int(20, 1);
    else attribute.packed(8, value).int(20, 7);
    out.message(5, attribute);
  }
  return node.domain === undefined ? out : out.text(7, node.domain);
}

function encodeValue(value: OnnxValue): Writer {
  const shape = new Writer();
  for (const size of value.shape)
    shape.message(1, typeof size === 'number' ? new Writer().int(1, size) : new Writer().text(2, size));
  const tensor = new Writer().int(1, ELEMENT[value.element]).message(2, shape);
  return new Writer().text(1, value.name).message(2, new Writer().message(1, tensor));
}

/** Protobuf's wire format (protobuf.dev/programming-guides/encoding): varints, 32-bit floats, length-delimited fields. */
class Writer {
  #bytes = new Uint8Array(256);
  #length = 0;

  int(field: number, value: number): this {
    return this.#varint(field * 8).#varint(value);
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + 5);
    return this.#raw(new Uint8Array(new Float32Array([value]).buffer));
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#varint(field * 8 + 2)
      .#varint(value.length)
      .#raw(value);
  }

  message(field: number, value: Writer): this {
    return this.bytes(field, value.finish());
  }

  packed(field: number, values: readonly number[]): this {
    const list = new Writer();
    for (const value of values) list.#varint(value);
    return this.message(field, list);
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Negative numbers take ten bytes, as two's complement of 64 bits. */
  #varint(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#raw(bytes);
  }

  #raw(bytes: ArrayLike<number>): this {
    if (this.#length + bytes.length > this.#bytes.length) {
      const grown = new Uint8Array(2 * (this.#length + bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }
}
