// Data for a training: one shared array for all threads, from which minibatches are copied out in a shuffled order.
// Checks that sizes fit; never changes or keeps what it is given.
import { throwFaults } from '../ground/errors.js';
import { sizeOf } from '../net/graph.js';
import type { Net, Shape } from '../net/model.js';
import type { Program } from '../net/program.js';
import type { Batch } from './contract.js';

/** Examples one after another. Bytes (0 to 255, seen by the net as value/255) may lie in a SharedArrayBuffer. */
export interface Examples {
  readonly inputs: Uint8Array | Float32Array;
  readonly count: number;
  /** Shape of one example; the net's input shape has as many values. */
  readonly shape?: Shape;
  /** What the net should give; absent (and no labels): the inputs themselves. */
  readonly targets?: Uint8Array | Float32Array;
  /** Class numbers from 0, one for each example. */
  readonly labels?: Uint8Array;
}

/** The kind of input and target that a program must be compiled for. */
export function kindsOf(data: Examples): Pick<Program, 'input' | 'target'> {
  const kind = (values: Uint8Array | Float32Array) => (values instanceof Uint8Array ? 'bytes' : 'floats');
  const target =
    data.labels !== undefined ? 'labels' : data.targets === undefined ? 'input' : kind(data.targets);
  return { input: kind(data.inputs), target };
}

/** Throws BAD_DATA with every size that does not fit the net. */
export function checkExamples(what: string, data: Examples, net: Net): void {
  const faults: string[] = [];
  const expect = (name: string, got: number, each: number) => {
    if (got !== data.count * each)
      faults.push(
        `${name} has ${got} values, expected ${data.count} examples × ${each} = ${data.count * each}`,
      );
  };
  if (!Number.isSafeInteger(data.count) || data.count < 1)
    faults.push(`count is ${data.count}, expected at least 1`);
  expect('inputs', data.inputs.length, sizeOf(net.input));
  if (data.targets !== undefined) expect('targets', data.targets.length, sizeOf(net.output));
  if (data.labels !== undefined) {
    expect('labels', data.labels.length, 1);
    const classes = sizeOf(net.output);
    const wrong = data.labels.findIndex((label) => label >= classes);
    if (wrong >= 0) faults.push(`label ${wrong} is ${data.labels[wrong]}, the net has ${classes} outputs`);
  }
  if (data.labels !== undefined && data.targets !== undefined)
    faults.push('both targets and labels are given');
  throwFaults('BAD_DATA', `the ${what} does not fit the net`, faults);
}

/** Copies examples out by number, into buffers that are used again. */
export class Gatherer {
  readonly #data: Examples;
  #inputs: Uint8Array | Float32Array;
  #targets: Uint8Array | Float32Array | undefined;

  constructor(data: Examples) {
    this.#data = data;
    this.#inputs = sameKind(data.inputs, 0);
    const targets = data.labels ?? data.targets;
    this.#targets = targets === undefined ? undefined : sameKind(targets, 0);
  }

  /** The examples of these numbers, in this order. Valid until the next call. */
  gather(numbers: Uint32Array): Batch {
    const { inputs, count } = this.#data;
    const targets = this.#data.labels ?? this.#data.targets;
    this.#inputs = copyRows(inputs, inputs.length / count, numbers, this.#inputs);
    if (targets === undefined) return { count: numbers.length, inputs: this.#inputs };
    this.#targets = copyRows(targets, targets.length / count, numbers, this.#targets!);
    return { count: numbers.length, inputs: this.#inputs, targets: this.#targets };
  }
}

function sameKind(values: Uint8Array | Float32Array, length: number): Uint8Array | Float32Array {
  return values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
}

function copyRows(
  from: Uint8Array | Float32Array,
  width: number,
  numbers: Uint32Array,
  held: Uint8Array | Float32Array,
): Uint8Array | Float32Array {
  const length = numbers.length * width;
  const to = held.length === length ? held : sameKind(from, length);
  for (let i = 0; i < numbers.length; i++)
    to.set(from.subarray(numbers[i]! * width, (numbers[i]! + 1) * width), i * width);
  return to;
}
