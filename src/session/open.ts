// Opens a session by the names a user gives (`--engine`, `--device`). What is asked for and absent is an error that says
// how to add it; `auto` takes the best device that starts.
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { Engine, EngineName } from './contract.js';
import { loadOnnx } from './onnx/find.js';
import { createSession, type Session } from './session.js';

export const ENGINES: readonly EngineName[] = ['onnx', 'tfjs'];

export interface SessionChoice {
  /** Default `onnx`. */
  readonly engine?: string;
  /** `cpu`, `webgpu`, `cuda`, `cuda:i` or `auto` (default): CUDA where it starts, else the CPU. */
  readonly device?: string;
}

/** Throws BAD_USAGE for a name that is none, NO_DEVICE for one that this machine does not have. */
export async function openSession(choice: SessionChoice = {}): Promise<Session> {
  return createSession(await openEngine(choice));
}

export async function openEngine({ engine = 'onnx', device = 'auto' }: SessionChoice = {}): Promise<Engine> {
  if (engine === 'tfjs') return (await import('./tfjs/engine.js')).openTfjs(device);
  if (engine !== 'onnx') throw new SweeplineError('BAD_USAGE', describeUnknown('engine', engine, ENGINES));
  // Native code is loaded only where something trains.
  const [{ openOnnx }, { checkDevice }] = await loadOnnx(() =>
    Promise.all([import('./onnx/engine.js'), import('./onnx/check-device.js')]),
  );
  if (device === 'auto') return openOnnx((await checkDevice('cuda')).works ? 'cuda:0' : 'cpu');
  if (device !== 'cpu') {
    const found = await checkDevice(device);
    if (!found.works)
      throw new SweeplineError('NO_DEVICE', `device ${device} does not start: ${found.detail}`, {
        hint: found.remedy ?? 'use --device cpu, webgpu or cuda[:i]',
      });
  }
  return openOnnx(device);
}
