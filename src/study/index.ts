// The entry 'sweepline/study': what only the shipped sweeps need, used by their workers and reports. Exports only.

// escape: which optimisers escape a local minimum

export { type EscapeBlock, runEscapes } from './landscape/block.js';
export { type Climb, trajectory } from './landscape/climb.js';
export {
  exactThreshold,
  globalMinimum,
  heightAt,
  type Landscape,
  type Slopes,
} from './landscape/landscape.js';
export {
  OPTIMIZER_NAMES as ESCAPE_OPTIMIZERS,
  type OptimizerName as EscapeOptimizer,
} from './landscape/optimizers.js';

// latent: how much class information an autoencoder's codes keep

export type { ClassificationRow } from '../stats/classification.js';
export { probeAccuracy } from '../stats/probe.js';
export {
  type AutoencoderOptions,
  autoencoder,
  CODE_LAYER,
  encoderWidths,
  hiddenFaults,
} from './autoencoder.js';
export { type CodeJudgement, countConstantUnits, judgeCodes } from './codes.js';
export { placeCodes } from './plane.js';
export { compareReconstruction, type Reconstruction } from './reconstruction.js';

// blur: deblurring, judged by a discriminator

export { blurImages } from './blur.js';
export { disnet } from './disnet.js';
