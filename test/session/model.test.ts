// Trained models as ordinary ONNX files: a fresh ONNX Runtime session gives what the session's own model gives, and so
// does Python's onnxruntime where it is installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { initialParameters } from '../../src/net/initial.js';
import * as m from '../../src/net/model.js';
import { net } from '../../src/net/shapes.js';
import { openSession } from '../../src/session/open.js';
import type { Session } from '../../src/session/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession({ device: 'cpu' });
});
afterAll(() => session.dispose());

const everything = net({
  input: [2, 9, 8],
  layers: [
    m.conv2d(4, 3, { activation: 'leakyRelu', init: 'heNormal' }),
    m.batchNorm(),
    m.maxPool2d(2),
    m.dropout(0.5),
    m.conv2d(3, [2, 3], { stride: 2, padding: 'valid', activation: 'softplus' }),
    m.flatten(),
    m.dense(12, { activation: 'tanh', name: 'code' }),
    m.reshape([3, 2, 2]),
    m.conv2d(2, 2, { stride: 2, activation: 'relu' }),
    m.flatten(),
    m.dense(4, { activation: 'sigmoid', bias: false }),
    m.activation('softmax'),
  ],
});

const inputs = Float32Array.from({ length: 3 * 144 }, () => 0);
const random = randomFor('model');
for (let i = 0; i < inputs.length; i++) inputs[i] = random.normal();
const statistics = new Float32Array(everything.statisticCount).map(() => 0.5 + random.uniform());

it('a fresh ONNX Runtime session gives the same outputs, for any batch size', async () => {
  const model = session.model(everything, initialParameters(everything, 1), statistics);
  const own = await model.predict({ inputs, count: 3 });
  const fresh = await InferenceSession.create(model.toOnnx());
  const { output } = await fresh.run({ input: new Tensor('float32', inputs, [3, 2, 9, 8]) });
  expect(output!.dims).toEqual([3, 4]);
  for (const [i, value] of own.entries()) expect((output!.data as Float32Array)[i]).toBeCloseTo(value, 5);
  const { output: one } = await fresh.run({
    input: new Tensor('float32', inputs.subarray(0, 144), [1, 2, 9, 8]),
  });
  for (const [i, value] of [...own.subarray(0, 4)].entries())
    expect((one!.data as Float32Array)[i]).toBeCloseTo(value, 5);
  await fresh.release();
});

it('codes are the output of the named layer, whatever the batch', async () => {
  const model = session.model(everything, initialParameters(everything, 1), statistics);
  const whole = await model.encode({ inputs, count: 3 }, 'code');
  const single = await model.encode({ inputs, count: 3 }, 'code', { batch: 1 });
  expect(whole.length).toBe(36);
  for (const [i, value] of whole.entries()) expect(single[i]).toBeCloseTo(value, 6);
});

it('weights go out by name and come back in', async () => {
  const parameters = initialParameters(everything, 2);
  const model = session.model(everything, parameters, statistics);
  const weights = model.weights();
  expect(weights.map(({ name }) => name)).toContain('code/kernel');
  const flat = Float32Array.from(
    weights.slice(0, everything.parameters.length).flatMap(({ values }) => [...values]),
  );
  expect(flat).toEqual(parameters);
});

const python = process.env.SWEEPLINE_PYTHON ?? 'python3';
const hasPython = spawnSync(python, ['-c', 'import onnxruntime, onnx']).status === 0;
it.skipIf(!hasPython)(
  'python: onnx.checker accepts the file and onnxruntime gives the same outputs',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sweepline-model-'));
    try {
      const model = session.model(everything, initialParameters(everything, 1), statistics);
      writeFileSync(join(folder, 'model.onnx'), model.toOnnx());
      writeFileSync(join(folder, 'x.bin'), new Uint8Array(inputs.buffer));
      const script = `
import sys, json, numpy, onnx, onnxruntime
onnx.checker.check_model(sys.argv[1] + "/model.onnx", full_check=True)
x = numpy.fromfile(sys.argv[1] + "/x.bin", numpy.float32).reshape(3, 2, 9, 8)
s = onnxruntime.InferenceSession(sys.argv[1] + "/model.onnx", providers=["CPUExecutionProvider"])
print(json.dumps(s.run(None, {"input": x})[0].ravel().tolist()))`;
      const run = spawnSync(python, ['-c', script, folder], { encoding: 'utf8' });
      expect(run.stderr).not.toMatch(/Error/);
      const theirs = JSON.parse(run.stdout) as number[];
      for (const [i, value] of (await model.predict({ inputs, count: 3 })).entries())
        expect(theirs[i]).toBeCloseTo(value, 5);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
