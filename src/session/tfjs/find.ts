// Which TensorFlow.js package this machine offers for a device, without loading any. The native ones are the user's to
// install: they are looked for beside Sweepline and in the current folder's node_modules.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SweeplineError } from '../../ground/errors.js';

export type TfjsDevice = 'tfjs-node-gpu' | 'tfjs-node' | 'tfjs-cpu';

export interface FoundTfjs {
  readonly device: TfjsDevice;
  readonly packageName: string;
  /** File to load. */
  readonly path: string;
}

interface Candidate {
  readonly device: TfjsDevice;
  readonly packageName: string;
  /** The exact command that adds it. */
  readonly install: string;
  readonly needs?: string;
}

const add = (packageName: string) => `npm install ${packageName}@4.22.0`;

const GPU: Candidate = {
  device: 'tfjs-node-gpu',
  packageName: '@tensorflow/tfjs-node-gpu',
  install: add('@tensorflow/tfjs-node-gpu'),
  needs: 'CUDA 11.2 and cuDNN 8',
};
const NODE: Candidate = {
  device: 'tfjs-node',
  packageName: '@tensorflow/tfjs-node',
  install: add('@tensorflow/tfjs-node'),
};
/** In JavaScript alone. */
const PURE: Candidate = {
  device: 'tfjs-cpu',
  packageName: '@tensorflow/tfjs-backend-cpu',
  install: 'npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0',
};

/** In order of preference. */
const CANDIDATES: Readonly<Record<string, readonly Candidate[]>> = {
  auto: [GPU, NODE, PURE],
  cuda: [GPU],
  cpu: [NODE, PURE],
  'tfjs-node-gpu': [GPU],
  'tfjs-node': [NODE],
  'tfjs-cpu': [PURE],
};

/** Folders (as file URLs of something in them) whose node_modules are searched. */
const places = (): readonly string[] => [
  import.meta.url,
  pathToFileURL(join(process.cwd(), 'package.json')).href,
];

/**
 * The package that would be used for `auto`, `cpu`, `cuda[:0]`, or a device as an engine reports it. Throws BAD_USAGE for
 * another name, and NO_DEVICE, with the command that adds it, when the package is missing.
 */
export function findTfjs(device = 'auto', from: readonly string[] = places()): FoundTfjs {
  const candidates = CANDIDATES[/^cuda:\d+$/.test(device) ? 'cuda' : device];
  if (candidates === undefined)
    throw new SweeplineError(
      'BAD_USAGE',
      `engine tfjs has no device "${device}": expected cpu, cuda or ${CANDIDATES.auto!.map((c) => c.device).join(', ')}`,
    );
  if (/^cuda:0*[1-9]/.test(device))
    throw new SweeplineError(
      'NO_DEVICE',
      `engine tfjs cannot choose ${device}: TensorFlow.js computes on the first GPU that it sees`,
      { hint: `set CUDA_VISIBLE_DEVICES=${device.slice(5)} and ask for --device cuda` },
    );
  for (const { device: name, packageName } of candidates) {
    const path = resolve(packageName, from);
    if (path !== undefined) return { device: name, packageName, path };
  }
  const { packageName, install, needs } = candidates.at(-1)!;
  throw new SweeplineError(
    'NO_DEVICE',
    `engine tfjs on ${device} needs ${packageName}, which is not installed`,
    {
      hint: needs === undefined ? install : `${install}   (needs ${needs})`,
    },
  );
}

function resolve(packageName: string, from: readonly string[]): string | undefined {
  for (const place of from) {
    try {
      return createRequire(place).resolve(packageName);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}
