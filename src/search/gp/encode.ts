// Places of a search space as the kernel sees them: numbers between 0 and 1 where distances count, positions where all
// that counts is whether they are equal. A dimension that does not exist at a place has the middle, or a name of its own:
// which of them exist follows from dimensions that are compared already, and a constant keeps the kernel positive definite,
// which to leave the dimension out between such places would not.
import type { SearchSpace } from '../space.js';
import type { Points } from './kernel.js';

export interface Encoder {
  /** Dimensions of the space that can vary; feature f is dimension `dimensions[f]`. */
  readonly dimensions: readonly number[];
  readonly isHamming: readonly boolean[];
  /** Writes the features of a place. */
  encode(x: Float64Array, features: Float64Array): Float64Array;
  toPoints(places: readonly Float64Array[]): Points;
}

const ABSENT_NUMBER = 0.5;
const ABSENT_NAME = -1;

export function createEncoder(space: SearchSpace): Encoder {
  const dimensions = space.dimensions.flatMap(({ size }, d) => (size > 1 ? [d] : []));
  const kinds = dimensions.map((d) => space.dimensions[d]!);
  const isHamming = kinds.map(({ kind }) => kind === 'categorical');
  const encode: Encoder['encode'] = (x, features) => {
    for (let f = 0; f < features.length; f++) {
      const coordinate = x[dimensions[f]!]!;
      if (Number.isNaN(coordinate)) features[f] = isHamming[f] ? ABSENT_NAME : ABSENT_NUMBER;
      else features[f] = isHamming[f] ? coordinate : kinds[f]!.toUnit(coordinate);
    }
    return features;
  };
  return {
    dimensions,
    isHamming,
    encode,
    toPoints(places) {
      const columns = dimensions.map(() => new Float64Array(places.length));
      const features = new Float64Array(dimensions.length);
      for (const [i, x] of places.entries()) {
        encode(x, features);
        for (let f = 0; f < features.length; f++) columns[f]![i] = features[f]!;
      }
      return { count: places.length, columns, isHamming };
    },
  };
}
