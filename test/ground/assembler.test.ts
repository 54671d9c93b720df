// The assembler by itself: modules that count, load, choose and store, run by V8. The formulas are held to the reference
// in block.test.ts.
import { expect, test } from 'vitest';

import * as wasm from '../../src/ground/assembler.js';

interface Api {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: object } },
  ) => { readonly exports: { run(first: number, second: number): void } };
}
const api = (globalThis as unknown as { WebAssembly: Api }).WebAssembly;

/** Runs a body over a memory of float64, and returns the memory. */
function run(write: (locals: wasm.Locals) => wasm.Code, first: number, second: number, input: number[] = []) {
  const memory = new api.Memory({ initial: 1 });
  const numbers = new Float64Array(memory.buffer);
  numbers.set(input);
  const locals = new wasm.Locals();
  const body = write(locals);
  const module = new api.Module(wasm.assemble(locals, 1, body));
  new api.Instance(module, { env: { memory } }).exports.run(first, second);
  return numbers;
}

test.each([1, 63, 64, 127, 128, 8191, 8192, 1 << 20])('a loop in strides of %i', (stride) => {
  const count = (limit: number) =>
    run(
      (locals) => {
        const sum = locals.vector();
        const body = sum.set(wasm.add(sum.get, wasm.splat(1)));
        const loop = wasm.loop(locals.counters[0], locals.first, stride, body);
        return [...loop, ...wasm.store(wasm.ADDRESS_ZERO, 0, sum.get)];
      },
      limit,
      0,
    )[0];
  expect([count(stride), count(5 * stride), count(5 * stride + 1)]).toEqual([1, 5, 6]);
});

test('every operation, lane by lane', () => {
  const [a, b] = [
    [2.25, -3],
    [0.5, 7],
  ] as const;
  const x = wasm.load(wasm.ADDRESS_ZERO, 0);
  const y = wasm.load(wasm.ADDRESS_ZERO, 16);
  const one = wasm.splat(1);
  const operations: [wasm.Code, (a: number, b: number) => number][] = [
    [wasm.add(x, y), (a, b) => a + b],
    [wasm.sub(x, y), (a, b) => a - b],
    [wasm.mul(x, y), (a, b) => a * b],
    [wasm.div(x, y), (a, b) => a / b],
    [wasm.sqrt(x), (a) => Math.sqrt(a)],
    [wasm.greater(x, y), (a, b) => Math.max(a, b)],
    [wasm.and(wasm.less(x, y), one), (a, b) => Number(a < b)],
    [wasm.and(wasm.less(x, x), one), () => 0],
    [wasm.and(wasm.atMost(x, y), one), (a, b) => Number(a <= b)],
    [wasm.and(wasm.atMost(x, x), one), () => 1],
    [wasm.xor(wasm.xor(x, y), y), (a) => a],
    [wasm.select(wasm.less(x, y), x, y), (a, b) => Math.min(a, b)],
  ];
  operations.forEach(([code, expected], i) => {
    const found = run(() => wasm.store(wasm.ADDRESS_ZERO, 64, code), 0, 0, [...a, ...b]).subarray(8, 10);
    expect([...found], `operation ${i}`).toEqual([expected(a[0], b[0]), expected(a[1], b[1])]);
  });
});
