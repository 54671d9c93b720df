// The assembler by itself: modules that count, load, choose and store, run by V8. The formulas made with it are held to
// their references in landscape/block.test.ts and net/uniform.test.ts.
import { expect, test } from 'vitest';

import * as wasm from '../../src/ground/assembler.js';
import { createWasmMemory, instantiate } from '../../src/ground/wasm.js';

/** Runs a body over a memory of float64, and returns the memory. */
function run(write: (locals: wasm.Locals) => wasm.Code, first: number, second: number, input: number[] = []) {
  const locals = new wasm.Locals();
  const body = write(locals);
  const module = wasm.assemble(locals, 1, body);
  const memory = createWasmMemory(1, module);
  if (memory === null) throw new Error('V8 refuses the module');
  const numbers = new Float64Array(memory.buffer);
  numbers.set(input);
  instantiate(module, memory)(first, second);
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

test('every operation on words', () => {
  const [a, b] = [
    [5, -7, 0x7fffffff, -0x80000000],
    [3, 0x12345678, 2, -1],
  ] as const;
  const input = [...new Float64Array(Int32Array.from([...a, ...b]).buffer)];
  const x = wasm.load(wasm.ADDRESS_ZERO, 0);
  const y = wasm.load(wasm.ADDRESS_ZERO, 16);
  const result = (code: wasm.Code) =>
    run(() => wasm.store(wasm.ADDRESS_ZERO, 64, code), 0, 0, input).slice(8, 10).buffer;
  const words = (code: wasm.Code) => [...new Int32Array(result(code))];
  const each = (f: (a: number, b: number) => number) => a.map((value, i) => f(value, b[i]!) | 0);
  expect(words(wasm.addWords(x, y))).toEqual(each((a, b) => a + b));
  expect(words(wasm.mulWords(x, y))).toEqual(each(Math.imul));
  expect(words(wasm.shiftWords(x, 13))).toEqual(each((a) => a >>> 13));
  expect(words(wasm.splatWord(0x85ebca6b))).toEqual(each(() => 0x85ebca6b));
  expect(words(wasm.upperHalf(x))).toEqual([a[2], a[3], a[2], a[3]]);
  expect(words(wasm.joinLower(x, y))).toEqual([a[0], a[1], b[0], b[1]]);
  expect([...new Float64Array(result(wasm.wordsToDoubles(x)))]).toEqual([5, -7]);
  const tenths = wasm.mul(wasm.wordsToDoubles(x), wasm.splat(0.1));
  expect([...new Float32Array(result(wasm.doublesToFloats(tenths)))]).toEqual([
    Math.fround(5 * 0.1),
    Math.fround(-7 * 0.1),
    0,
    0,
  ]);
});
