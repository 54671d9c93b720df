// Does an autoencoder deblur? Widths from one that a judge cannot see (0.3) to one that leaves blots (3), the study's
// latent sizes, and as control the same autoencoders held to the blurred image itself. Three seeds each, as in the
// latent sweep: at size 2 many die, and one training could not tell that from a blur that is too wide.
import { defineSweep } from 'sweepline';

export default defineSweep({
  name: 'blur',
  title: 'Does an autoencoder deblur?',
  about:
    'Autoencoders get blurred images; how many of the decoded images does a discriminator classify as sharp?',
  worker: '../workers/deblur.js',
  report: '../reports/blur.js',
  axes: { sigma: [0.3, 0.4, 0.5, 1, 2, 3], latent: [2, 16, 256], target: ['clear', 'blurred'] },
  replicates: 3,
});
