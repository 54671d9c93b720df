// Which device a training run will have, found out before anything is written.
import { SweeplineError } from '../ground/errors.js';
import { type Device, tryDevice } from '../session/try-device.js';
import type { WorkerDescription } from '../worker/contract.js';
import type { Settings } from './settings.js';

export type { Device };

/** What `--engine` and `--device` come to for this worker. Rejects with NO_DEVICE and the command that adds it. */
export async function findDevice(
  settings: Pick<Settings, 'engine' | 'device' | 'trainingOnly'>,
  worker: WorkerDescription,
): Promise<Device> {
  if (worker.trains) return tryDevice(settings.engine ?? 'onnx', settings.device ?? 'auto');
  if (settings.trainingOnly) return { engine: 'none', device: 'cpu' };
  for (const [option, value, plain] of [
    ['engine', settings.engine, ['none']],
    ['device', settings.device, ['cpu', 'auto']],
  ] as const) {
    if (value === null || (plain as readonly string[]).includes(value)) continue;
    throw new SweeplineError(
      'BAD_USAGE',
      `${option} ${value}: worker ${worker.name} trains nothing and runs on the CPU`,
      {
        hint: `leave --${option} out`,
      },
    );
  }
  return { engine: 'none', device: 'cpu' };
}
