// What does an autoencoder keep of a digit at each latent size? The study's sizes (2, 16, 256) and those between, each
// with three seeds: one training says little, since seeds differ widely and at size 2 many die altogether.
import { defineSweep } from 'sweepline';

export default defineSweep({
  name: 'latent',
  title: 'Class information by latent dimension',
  about:
    'How much class information survives in an autoencoder at each latent dimension: reconstruction, k-means accuracy, linear probe',
  worker: '../workers/autoencoder.js',
  report: '../reports/latent.js',
  axes: { latent: [2, 4, 8, 16, 32, 64, 128, 256] },
  replicates: 3,
});
