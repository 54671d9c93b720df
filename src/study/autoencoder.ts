// Dense autoencoders as the study of latent sizes builds them: an encoder down to the code, and its mirror image up
// again. It describes nets and refuses widths that make none; how they are trained is asked elsewhere.
import { throwFaults } from '../ground/errors.js';
import { type Activation, dense, type Net } from '../net/model.js';
import { net } from '../net/shapes.js';

export interface AutoencoderOptions {
  /** Values of one example. */
  readonly input: number;
  /** Units of the code. */
  readonly latent: number;
  /** Widths between input and code: `study` (see `encoderWidths`), `none`, or numbers such as `512-256-128`. */
  readonly hidden: string;
  /** Of the code; every other hidden layer has ReLU. */
  readonly codeActivation: Activation;
  readonly output: 'sigmoid' | 'linear';
  /** Uniform, as Glorot and Bengio 2010 or He et al. 2015 have it. Biases start at 0. */
  readonly init: 'glorot' | 'he';
}

/** Name of the layer whose output is the code. */
export const CODE_LAYER = 'code';

/** A dense autoencoder; throws BAD_MODEL where `hidden` or a width is none. */
export function autoencoder(options: AutoencoderOptions): Net {
  const { input, latent, hidden, codeActivation, output } = options;
  throwFaults('BAD_MODEL', 'the autoencoder cannot be built', hiddenFaults(hidden));
  const widths = encoderWidths(latent, hidden);
  const init = options.init === 'he' ? 'heUniform' : 'glorotUniform';
  const between = widths.slice(0, -1);
  return net({
    input: [input],
    layers: [
      ...between.map((units) => dense(units, { activation: 'relu', init })),
      dense(latent, { name: CODE_LAYER, activation: codeActivation, init }),
      ...between.toReversed().map((units) => dense(units, { activation: 'relu', init })),
      dense(input, { name: 'decoded', activation: output, init }),
    ],
  });
}

/**
 * Widths of the encoder's layers up to and including the code. `study`: halving from 256 down to the code; but size 16
 * goes 256-128-64-16, as the study had it.
 */
export function encoderWidths(latent: number, hidden: string): readonly number[] {
  if (hidden === 'none') return [latent];
  if (hidden !== 'study') return [...hidden.split('-').map(Number), latent];
  if (latent === 16) return [256, 128, 64, 16];
  const widths: number[] = [];
  for (let width = 256; width > latent; width /= 2) widths.push(width);
  return [...widths, latent];
}

/** What is wrong with a description of hidden layers; none if all is well. */
export function hiddenFaults(hidden: string): readonly string[] {
  if (hidden === 'study' || hidden === 'none' || /^[1-9]\d{0,4}(-[1-9]\d{0,4})*$/.test(hidden)) return [];
  return [`hidden is "${hidden}"; expected study, none, or widths such as 512-256-128`];
}
