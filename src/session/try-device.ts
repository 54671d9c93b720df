// Tries an engine and a device in a child process, so that whoever asks loads no native code and survives it.
import { fork } from 'node:child_process';
import { compiledPath } from '../ground/compiled.js';
import { fromPlainError, type PlainError, SweeplineError } from '../ground/errors.js';

export interface Device {
  readonly engine: string;
  readonly device: string;
}

/** A device that has not started by then hangs. */
const CHECK_MS = 60_000;

/**
 * Starts an engine on a device and says which device that came to (`auto` is one of several). `env`: set on top of this
 * process's environment. Rejects with NO_DEVICE and the command that adds it.
 */
export function tryDevice(
  engine: string,
  device: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Device> {
  return new Promise((resolve, reject) => {
    const child = fork(compiledPath(import.meta.url, './check-device-entry.js'), [engine, device], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
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
