// Loads a TensorFlow.js package that was found. Native ones first get back what newer Nodes took away from them.
// TensorFlow.js keeps one global state for each thread: one thread uses one device.
import { createRequire } from 'node:module';
import util from 'node:util';
import { SweeplineError } from '../../ground/errors.js';
import { TFJS_ENVIRONMENT } from './environment.js';
import type { FoundTfjs, TfjsDevice } from './find.js';
import { registerGradients } from './gradients.js';
import type { Tf } from './runtime.js';

export interface LoadedTfjs {
  readonly tf: Tf;
  /** What it really computes on: the GPU package without a usable GPU is `tfjs-node`. */
  readonly device: TfjsDevice;
}

/** Throws NO_DEVICE when the package is there but does not load. */
export async function loadTfjs(found: FoundTfjs): Promise<LoadedTfjs> {
  const load = createRequire(found.path);
  if (found.device === 'tfjs-cpu') {
    const tf = load('@tensorflow/tfjs-core') as Tf;
    // Without it the backend tells every thread to install another one.
    tf.enableProdMode();
    load(found.path);
    await tf.setBackend('cpu');
    registerGradients(tf);
    return { tf, device: found.device };
  }
  restoreIsNullOrUndefined();
  for (const [name, value] of Object.entries(TFJS_ENVIRONMENT)) process.env[name] ??= value;
  try {
    const tf = load(found.path) as Tf;
    await tf.ready();
    registerGradients(tf);
    const { isUsingGpuDevice } = tf.backend() as { readonly isUsingGpuDevice?: boolean };
    return { tf, device: isUsingGpuDevice === true ? 'tfjs-node-gpu' : 'tfjs-node' };
  } catch (cause) {
    throw new SweeplineError(
      'NO_DEVICE',
      `${found.packageName} is installed but does not load: ${(cause as Error).message}`,
      { hint: `npm rebuild ${found.packageName}, or --engine onnx`, cause },
    );
  }
}

/** Node 23 removed this function, which tfjs-node 4.22 still calls (tensorflow/tfjs#8609). */
function restoreIsNullOrUndefined(): void {
  const functions = util as { isNullOrUndefined?: (value: unknown) => boolean };
  functions.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
