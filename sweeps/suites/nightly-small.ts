// All three sweeps of the study, small enough for every night, or every push, on two cores: about four minutes. Larger
// than the tour where its numbers would say little: five seeds of every point.
import { defineSuite } from 'sweepline';

/** A sixth of the images and a tenth of the epochs, as in the tour. */
const small = { epochs: 20, train: 10_000, test: 2000 };

export default defineSuite({
  name: 'nightly-small',
  title: 'The study, small, for every night',
  about: 'All three sweeps with fewer images, epochs and values, 5 replicates. Minutes on two cores.',
  runs: [
    { sweep: 'escape' },
    { sweep: 'latent', set: { latent: [2, 16, 256], ...small }, replicates: 5 },
    {
      sweep: 'blur',
      set: { sigma: [0.4, 1, 2], latent: [16], target: ['clear'], judge_images: 3000, ...small },
      replicates: 5,
    },
  ],
});
