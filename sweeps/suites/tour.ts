// All three sweeps of the study, small: what `npm start` runs, in about two minutes on two cores.
import { defineSuite } from 'sweepline';

/** A sixth of the images and a tenth of the epochs: the networks learn something, not all they could. */
const small = { epochs: 20, train: 10_000, test: 2000 };

export default defineSuite({
  name: 'tour',
  title: 'A demo of the study',
  about: 'The escape sweep in full; latent and blur with fewer images, epochs and values.',
  runs: [
    { sweep: 'escape' },
    {
      sweep: 'latent',
      set: { latent: [2, 16, 64, 256], ...small },
      replicates: 2,
    },
    {
      sweep: 'blur',
      set: {
        sigma: [0.3, 0.4, 0.5, 2],
        latent: [16],
        target: ['clear'],
        judge_images: 3000,
        ...small,
      },
      replicates: 1,
    },
  ],
});
