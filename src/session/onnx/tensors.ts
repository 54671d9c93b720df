// Arrays as ONNX Runtime's tensors. Tensors keep the array they are given; ONNX Runtime never writes to it.
import { Tensor } from 'onnxruntime-node';
import type { Shape } from '../../net/model.js';
import type { Bytes } from '../../net/onnx/emitter.js';

interface Part {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly shape?: Shape;
}

/** One part of a flat vector, not copied. */
export function partTensor(flat: Float32Array, { offset, size, shape }: Part): Tensor {
  return new Tensor('float32', flat.subarray(offset, offset + size), shape ?? [size]);
}

/** All parts of a flat vector, by name, copied. */
export function partTensors(values: Float32Array, parts: readonly Part[]): Record<string, Tensor> {
  const flat = values.slice();
  return Object.fromEntries(parts.map((part) => [part.name, partTensor(flat, part)]));
}

/** Values to feed: bytes as they are, or as floats for a provider without 8-bit tensors. */
export function dataTensor(data: Uint8Array | Float32Array, shape: Shape, bytes: Bytes): Tensor {
  if (data instanceof Float32Array) return new Tensor('float32', data, shape);
  return bytes === 'uint8'
    ? new Tensor('uint8', data, shape)
    : new Tensor('float32', Float32Array.from(data), shape);
}

export const floatsOf = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array;
