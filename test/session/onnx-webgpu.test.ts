// WebGPU on whatever Vulkan device there is: a GPU, or the software device that comes with Chromium (SwiftShader; Debian's
// packages chromium and libvulkan1). Every session here is strict: it refuses a graph with a node off the device, so the
// suite fails if a node of a training graph falls back to the CPU. SWEEPLINE_WEBGPU=1 makes a missing device a failure.
import { existsSync } from 'node:fs';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../src/net/onnx/proto.js';
import { checkDevice } from '../../src/session/onnx/check-device.js';
import { openOnnx, optionsFor } from '../../src/session/onnx/engine.js';
import { sessionConformance } from '../conformance/session.js';

const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
// Read by the Vulkan loader when the first session starts; a device that was chosen from outside stays.
if (process.env.VK_ICD_FILENAMES === undefined && existsSync(SWIFTSHADER))
  process.env.VK_ICD_FILENAMES = SWIFTSHADER;

const found = await checkDevice('webgpu');
const name = 'onnx on webgpu, no node on the CPU';
if (found.works || process.env.SWEEPLINE_WEBGPU === '1') {
  sessionConformance(name, () => openOnnx('webgpu', { strict: true }), { exact: false });
  it('strict sessions do refuse a node that WebGPU lacks', async () => {
    const vector = (name: string) => ({ name, element: 'float', shape: [4] }) as const;
    const model = encodeModel({
      name: 'sign',
      nodes: [{ type: 'Sign', inputs: ['x'], outputs: ['y'] }],
      constants: [],
      inputs: [vector('x')],
      outputs: [vector('y')],
    });
    const refused = InferenceSession.create(model, optionsFor('webgpu', { strict: true }));
    await expect(refused).rejects.toThrow(/fallback to CPU EP has been explicitly disabled/);
  });
} else describe.skip(`${name}: ${found.detail}`, () => it('needs a Vulkan device', () => undefined));
