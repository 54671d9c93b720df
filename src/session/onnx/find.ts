// Finds ONNX Runtime's package before anything of it is loaded: it is the user's to add, since most sweeps train nothing.
import { createRequire } from 'node:module';
import { SweeplineError } from '../../ground/errors.js';
import { refuseTelemetry } from './telemetry.js';

/**
 * The command that adds it with any package manager. Its install script does nothing but download CUDA libraries, which
 * fails where their host cannot be reached; what computes on the CPU and on WebGPU is in the package.
 */
const INSTALL_ONNX = 'npm install onnxruntime-node@1 --ignore-scripts';

/** Loads what needs the package. Throws NO_DEVICE where it is not installed, or is and does not load. */
export async function loadOnnx<T>(load: () => Promise<T>, place: string = import.meta.url): Promise<T> {
  if (!hasOnnx(place))
    throw new SweeplineError('NO_DEVICE', 'engine onnx needs onnxruntime-node, which is not installed', {
      hint: INSTALL_ONNX,
    });
  refuseTelemetry();
  try {
    return await load();
  } catch (cause) {
    if (cause instanceof SweeplineError) throw cause;
    throw new SweeplineError(
      'NO_DEVICE',
      `onnxruntime-node is installed but does not load: ${(cause as Error).message.split('\n')[0]}`,
      { hint: `install it again: ${INSTALL_ONNX}`, cause },
    );
  }
}

function hasOnnx(place: string): boolean {
  try {
    createRequire(place).resolve('onnxruntime-node/package.json');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return false;
    throw error;
  }
}
