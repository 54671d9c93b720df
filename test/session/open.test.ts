// Sessions by name: what is asked for and absent says how to add it.
import { expect, it } from 'vitest';
import { checkDevice, checkOnnxDevices } from '../../src/session/onnx/check-device.js';
import { openSession } from '../../src/session/open.js';

it('auto opens a device that works', async () => {
  const session = await openSession();
  expect(session.device).toMatch(/^(cpu|cuda:0)$/);
  await session.dispose();
});

it('names that are no engine or device list the legal ones', async () => {
  await expect(openSession({ engine: 'onx' })).rejects.toMatchObject({
    code: 'BAD_USAGE',
    message: expect.stringContaining('did you mean "onnx"?'),
  });
  await expect(openSession({ device: 'gpu' })).rejects.toMatchObject({
    code: 'BAD_USAGE',
    message: expect.stringContaining('expected auto, cpu, webgpu or cuda[:i]'),
  });
});

it('every finding says what works, or how to add it', async () => {
  const findings = await checkOnnxDevices();
  expect(findings.find(({ device }) => device === 'cpu')?.works).toBe(true);
  for (const { works, remedy } of findings) expect(works || remedy !== undefined).toBe(true);
});

const cuda = await checkDevice('cuda');
it.skipIf(cuda.works)('CUDA where there is none is NO_DEVICE, with the command that adds it', async () => {
  await expect(openSession({ device: 'cuda:1' })).rejects.toMatchObject({
    code: 'NO_DEVICE',
    hint: expect.stringContaining('onnxruntime-node-install=cuda12'),
  });
});
