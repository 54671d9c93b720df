// DisNet, the study's network that tells two kinds of images apart: three times convolution, pool and dropout, then one
// dense layer. It describes the net; what the two classes are is its trainer's business.
import {
  conv2d,
  dense,
  dropout,
  flatten,
  type Layer,
  maxPool2d,
  type Net,
  type Shape,
} from '../net/model.js';
import { net } from '../net/shapes.js';

/** The study names no widths; these double as usual where the images halve (92,672 weights of 28 × 28 images' 94,978). */
const FILTERS = [32, 64, 128] as const;
const DROPPED = 0.25;

/**
 * DisNet on images of shape [channels, height, width], at least 8 × 8: softmax over two classes. Kernels start
 * Glorot-uniform, biases at 0.
 *
 * @throws SweeplineError BAD_MODEL where three halvings leave nothing of the images.
 */
export function disnet(input: Shape): Net {
  const group = (filters: number): readonly Layer[] => [
    conv2d(filters, 3, { activation: 'relu' }),
    maxPool2d(2),
    dropout(DROPPED),
  ];
  return net({ input, layers: [...FILTERS.flatMap(group), flatten(), dense(2, { activation: 'softmax' })] });
}
