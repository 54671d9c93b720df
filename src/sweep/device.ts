// Which device a training run will have, found out before anything is written. The trying is done in a child process:
// the coordinator loads no native code.
import { fork } from 'node:child_process';
import { compiledPath } from '../ground/compiled.js';
import { fromPlainError, type PlainError, SweeplineError } from '../ground/errors.js';
import type { WorkerDescription } from '../worker/contract.js';
import type { Settings } from './settings.js';

export interface Device {
  readonly engine: string;
  readonly device: string;
}

/** A device that has not started by then hangs. */
const CHECK_MS = 60_000;

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

function tryDevice(engine: string, device: string): Promise<Device> {
  return new Promise((resolve, reject) => {
    const child = fork(compiledPath(import.meta.url, '../session/check-device-entry.js'), [engine, device], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: CHECK_MS,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stderr!.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-500);
    });
    let answer: { readonly device?: string; readonly error?: PlainError } | undefined;
    child.on('message', (message) => {
      answer = message as typeof answer;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (answer?.device !== undefined) resolve({ engine, device: answer.device });
      else if (answer?.error !== undefined) reject(fromPlainError(answer.error));
      else {
        const how = signal ?? `exit code ${code}`;
        reject(
          new SweeplineError(
            'NO_DEVICE',
            `engine ${engine} on device ${device} does not start: its process ended with ${how}\n${said}`,
            {
              hint: 'run `sweepline doctor`, or use --device cpu',
            },
          ),
        );
      }
    });
  });
}
