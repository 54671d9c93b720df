// Which TensorFlow.js package is taken, and how a native one is loaded. The native packages cannot be installed
// everywhere: a package of their name that only checks what it finds stands in for them, on the CPU backend.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTfjs } from '../../src/session/tfjs/engine.js';
import { findTfjs } from '../../src/session/tfjs/find.js';
import { loadTfjs } from '../../src/session/tfjs/load.js';

let root: string;
/** A folder with these packages installed; each file's text is the package. */
function folder(name: string, packages: Readonly<Record<string, string>>): string {
  const at = join(root, name);
  mkdirSync(at, { recursive: true });
  for (const [package_, text] of Object.entries(packages)) {
    const path = join(at, 'node_modules', package_);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'package.json'), JSON.stringify({ name: package_, main: 'index.js' }));
    writeFileSync(join(path, 'index.js'), text);
  }
  return pathToFileURL(join(at, 'package.json')).href;
}

const GPU = '@tensorflow/tfjs-node-gpu';
const NODE = '@tensorflow/tfjs-node';
const bare = () => folder('bare', {});
const here = import.meta.url;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'sweepline-tfjs-')));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('what is found', () => {
  it('prefers the GPU package, then the native one, then the pure one', () => {
    const places = (name: string, packages: readonly string[]) => [
      folder(name, Object.fromEntries(packages.map((name) => [name, '']))),
      here,
    ];
    const both = places('both', [GPU, NODE]);
    expect(findTfjs('auto', both).device).toBe('tfjs-node-gpu');
    expect(findTfjs('cuda:0', both).packageName).toBe(GPU);
    expect(findTfjs('cpu', both).device).toBe('tfjs-node');
    expect(findTfjs('auto', places('node', [NODE])).device).toBe('tfjs-node');
    expect(findTfjs('auto', places('none', [])).device).toBe('tfjs-cpu');
    expect(findTfjs('tfjs-cpu', both).path).toMatch(/tfjs-backend-cpu/);
  });

  it('tells the exact command that adds what is asked for and absent', () => {
    const fault = (device: string) => {
      try {
        return findTfjs(device, [bare()]);
      } catch (error) {
        return error;
      }
    };
    for (const device of ['cuda', 'tfjs-node-gpu'])
      expect(fault(device)).toMatchObject({
        code: 'NO_DEVICE',
        message: `engine tfjs on ${device} needs ${GPU}, which is not installed`,
        hint: `npm install ${GPU}@4.22.0   (needs CUDA 11.2 and cuDNN 8)`,
      });
    expect(fault('tfjs-node')).toMatchObject({ code: 'NO_DEVICE', hint: `npm install ${NODE}@4.22.0` });
    expect(fault('cuda:2')).toMatchObject({ code: 'NO_DEVICE', hint: expect.stringMatching(/DEVICES=2/) });
    expect(fault('webgpu')).toMatchObject({
      code: 'BAD_USAGE',
      message: 'engine tfjs has no device "webgpu": expected cpu, cuda or tfjs-node-gpu, tfjs-node, tfjs-cpu',
    });
  });
});

describe('loading a native package', () => {
  const core = JSON.stringify(createRequire(here).resolve('@tensorflow/tfjs-core'));
  const backend = JSON.stringify(createRequire(here).resolve('@tensorflow/tfjs-backend-cpu'));
  const standIn = (gpu: boolean) => `
    if (!require('node:util').isNullOrUndefined(undefined)) throw new Error('a function is missing');
    if (process.env.TF_FORCE_GPU_ALLOW_GROWTH !== 'true') throw new Error('would take the whole GPU');
    const tf = require(${core});
    require(${backend});
    tf.enableProdMode();
    tf.setBackend('cpu');
    module.exports = { ...tf, backend: () => ({ isUsingGpuDevice: ${gpu} }) };
  `;

  it('comes after the function that Node 23 removed and the setting for GPU memory', async () => {
    const functions = util as { isNullOrUndefined?: unknown };
    const had = functions.isNullOrUndefined;
    delete functions.isNullOrUndefined;
    try {
      const found = findTfjs('cuda', [folder('gpu', { [GPU]: standIn(true) })]);
      expect((await loadTfjs(found)).device).toBe('tfjs-node-gpu');
    } finally {
      if (had !== undefined) functions.isNullOrUndefined = had;
    }
  });

  it('tells the device that it really computes on', async () => {
    const found = findTfjs('auto', [folder('no-gpu', { [GPU]: standIn(false) })]);
    expect((await loadTfjs(found)).device).toBe('tfjs-node');
  });

  it('that is there but broken says so', async () => {
    const found = findTfjs('auto', [
      folder('broken', { [NODE]: "throw new Error('no libtensorflow.so.2')" }),
    ]);
    await expect(loadTfjs(found)).rejects.toMatchObject({
      code: 'NO_DEVICE',
      message: `${NODE} is installed but does not load: no libtensorflow.so.2`,
      hint: `npm rebuild ${NODE}, or --engine onnx`,
    });
  });
});

it('an engine says what it computes on', async () => {
  const engine = await openTfjs('tfjs-cpu');
  expect([engine.name, engine.device]).toEqual(['tfjs', 'tfjs-cpu']);
  await engine.dispose();
});
