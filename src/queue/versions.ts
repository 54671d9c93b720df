// Versions of the packages that numbers depend on, as they are installed beside Sweepline.
import { installedVersions } from '../ground/version.js';

const TRAINING: Readonly<Record<string, readonly string[]>> = {
  onnx: ['onnxruntime-node'],
  tfjs: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
};

/** By name; those that are not installed are left out. None for trials without an engine. */
export function packageVersions(engine: string): Readonly<Record<string, string>> {
  return installedVersions(TRAINING[engine] ?? []);
}

/** Of all engines. */
export function allVersions(): Readonly<Record<string, string>> {
  return installedVersions(Object.values(TRAINING).flat());
}
