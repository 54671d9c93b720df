// The packages that Sweepline needs, and those that only some engines need: each is loaded in a child process.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Check } from './check.js';
import type { PackageAnswer } from './try-package.js';

/** A library that has not loaded by then hangs. */
const TRY_MS = 60_000;

interface PackageSpec {
  readonly part: string;
  readonly name: string;
  readonly isNeeded: boolean;
  /** The exact command that adds it. */
  readonly hint: string;
}

const AGAIN = 'npm install';

export const PACKAGES: readonly PackageSpec[] = [
  { part: 'piscina', name: 'worker threads', isNeeded: true, hint: AGAIN },
  { part: 'duckdb', name: 'reports', isNeeded: true, hint: AGAIN },
  { part: 'onnxruntime', name: 'engine onnx', isNeeded: false, hint: AGAIN },
  { part: 'webgpu', name: 'device webgpu', isNeeded: false, hint: AGAIN },
  { part: 'cuda', name: 'device cuda', isNeeded: false, hint: AGAIN },
  {
    part: 'tfjs-node-gpu',
    name: 'engine tfjs (GPU)',
    isNeeded: false,
    hint: 'npm install @tensorflow/tfjs-node-gpu@4.22.0 (needs CUDA 11.2 and cuDNN 8)',
  },
  {
    part: 'tfjs-node',
    name: 'engine tfjs (CPU)',
    isNeeded: false,
    hint: 'npm install @tensorflow/tfjs-node@4.22.0',
  },
  { part: 'tfjs-cpu', name: 'engine tfjs (JS)', isNeeded: false, hint: AGAIN },
];

export async function checkPackage({ part, name, isNeeded, hint }: PackageSpec): Promise<Check> {
  const answer = await tryPackage(part);
  if ('found' in answer) return { name, state: 'ok', found: answer.found };
  const found = answer.isAbsent ? answer.fault : `does not load: ${answer.fault}`;
  return { name, state: isNeeded ? 'missing' : 'absent', found, hint: answer.hint ?? hint };
}

function tryPackage(part: string): Promise<PackageAnswer> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./try-package.js', import.meta.url)), [part], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: TRY_MS,
    });
    const fail = (fault: string) => resolve({ fault, isAbsent: false });
    child.once('message', (answer) => resolve(answer as PackageAnswer));
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => fail(`its process ended with ${signal ?? `exit code ${code}`}`));
  });
}
