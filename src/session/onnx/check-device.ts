// Which devices the onnx engine has on this machine, found by starting each: a provider that ONNX Runtime lists may
// still lack its libraries, or the machine the GPU.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import { SweeplineError } from '../../ground/errors.js';
import { initialParameters } from '../../net/initial.js';
import { dense } from '../../net/model.js';
import { net } from '../../net/shapes.js';
import { openOnnx } from './engine.js';

export interface DeviceFinding {
  readonly engine: 'onnx' | 'tfjs';
  readonly device: string;
  readonly works: boolean;
  /** Why not, in one line; or what was found. */
  readonly detail: string;
  /** The command that adds it, where there is one. */
  readonly remedy?: string;
}

const REMEDIES: Readonly<Record<string, string>> = {
  cuda: 'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12   (and CUDA 12, cuDNN 9)',
  webgpu: 'apt install libvulkan1 mesa-vulkan-drivers   (or the GPU vendor’s Vulkan driver)',
};

/** Checks every device that this build of ONNX Runtime has. Never throws. */
export async function checkOnnxDevices(): Promise<readonly DeviceFinding[]> {
  const listed = listSupportedBackends().map(({ name }) => name);
  const findings: DeviceFinding[] = [];
  for (const device of ['cpu', 'webgpu', 'cuda'].filter((name) => listed.includes(name)))
    findings.push(await checkDevice(device));
  return findings;
}

/** Runs a net of one unit on the device. Throws BAD_USAGE for a name that is no device's. */
export async function checkDevice(device: string): Promise<DeviceFinding> {
  const provider = device.replace(/:.*/, '');
  const remedy = REMEDIES[provider];
  const found = { engine: 'onnx', device } as const;
  // Looked for first: ONNX Runtime prints an error of its own when it tries and fails to load them.
  if (provider === 'cuda' && !hasCudaLibraries())
    return {
      ...found,
      works: false,
      detail: 'ONNX Runtime’s CUDA libraries are not installed',
      remedy: remedy!,
    };
  try {
    const engine = await openOnnx(device);
    try {
      const tiny = net({ input: [1], layers: [dense(1)] });
      const predictor = await engine.predictor(tiny, 'floats');
      await predictor.load(initialParameters(tiny, 'check'), new Float32Array(0));
      await predictor.run(Float32Array.of(1), 1);
      return { ...found, works: true, detail: 'runs' };
    } finally {
      await engine.dispose();
    }
  } catch (error) {
    if (error instanceof SweeplineError && error.code === 'BAD_USAGE') throw error;
    const detail = (error as Error).message.split('\n')[0]!.replace(/\/onnxruntime_src.* was false\. /, '');
    return { ...found, works: false, detail, ...(remedy === undefined ? {} : { remedy }) };
  }
}

/** Whether the libraries that onnxruntime-node's install script downloads are there. */
function hasCudaLibraries(): boolean {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const [start, end] = process.platform === 'win32' ? ['', '.dll'] : ['lib', '.so'];
  return existsSync(
    join(
      folder,
      'bin',
      'napi-v6',
      process.platform,
      process.arch,
      `${start}onnxruntime_providers_cuda${end}`,
    ),
  );
}
