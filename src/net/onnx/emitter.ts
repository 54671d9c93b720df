// Collects the ONNX nodes of one graph body: fresh names, shared constants. Operations write themselves through it
// (see Op.onnx); it knows nothing of the graph.
import type { Shape } from '../model.js';
import type { Attribute, OnnxConstant, OnnxNode } from './proto.js';

/** How a provider wants bytes: as they are, or already as floats (WebGPU has no 8-bit tensors). */
export type Bytes = 'uint8' | 'float';

export interface EmitOptions {
  readonly bytes: Bytes;
  /** Forms that only ONNX Runtime's CPU provider has, or that are faster there alone. Default false. */
  readonly cpu?: boolean;
}

export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];
  readonly #known = new Map<string, string>();
  /** New names of values that have become outputs. */
  readonly #given = new Map<string, string>();
  readonly #prefix: string;
  readonly options: EmitOptions;

  constructor(prefix: string, options: EmitOptions = { bytes: 'uint8' }) {
    this.#prefix = prefix;
    this.options = options;
  }

  /** Adds a node and returns the name of its (first) output. */
  op(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.many(type, inputs, attributes, 1)[0]!;
  }

  /** An operator of ONNX Runtime's own (com.microsoft). */
  contrib(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>): string {
    const output = this.op(type, inputs, attributes);
    this.nodes.push({ ...this.nodes.pop()!, domain: 'com.microsoft' });
    return output;
  }

  many(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number,
  ): readonly string[] {
    const first = `${this.#prefix}${this.nodes.length}`;
    const names = Array.from({ length: outputs }, (_, i) => (i === 0 ? first : `${first}.${i}`));
    this.nodes.push({ type, inputs, outputs: names, attributes });
    return names;
  }

  floats(values: readonly number[] | Float32Array, shape: Shape): string {
    return this.#constant('float', new Uint8Array(Float32Array.from(values).buffer), shape);
  }

  float(value: number): string {
    return this.floats([value], []);
  }

  ints(values: readonly number[]): string {
    return this.#constant('int64', new Uint8Array(BigInt64Array.from(values, BigInt).buffer), [
      values.length,
    ]);
  }

  #constant(element: 'float' | 'int64', bytes: Uint8Array, shape: Shape): string {
    // Only short constants are looked up: the long ones are weights, each of its own.
    const key = bytes.length <= 512 ? `${element}${shape.join()}:${bytes.join()}` : undefined;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const name = `${this.#prefix}c${this.constants.length}`;
    this.constants.push({ name, element, shape, bytes });
    if (key !== undefined) this.#known.set(key, name);
    return name;
  }

  /** Gives a graph output its own name: the node that makes the value is renamed; a copy is made only of inputs. */
  alias(from: string, to: string): void {
    const index = this.nodes.findIndex((node) => node.outputs.includes(from));
    const maker = this.nodes[index];
    if (maker === undefined || this.#given.has(from)) {
      this.nodes.push({ type: 'Identity', inputs: [this.#given.get(from) ?? from], outputs: [to] });
      return;
    }
    this.#given.set(from, to);
    const renamed = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
    for (const [i, node] of this.nodes.entries())
      if (node.inputs.includes(from)) this.nodes[i] = { ...node, inputs: renamed(node.inputs) };
    this.nodes[index] = { ...this.nodes[index]!, outputs: renamed(maker.outputs) };
  }
}
