// The study at full size: 200 epochs over all training images, three seeds of every point.
import { defineSuite } from 'sweepline';

export default defineSuite({
  name: 'nightly',
  title: 'The study at full size',
  about: 'All three sweeps in full: 60,000 images, 200 epochs, 3 replicates. Hours on many cores.',
  runs: [
    { sweep: 'escape' },
    { sweep: 'latent', set: { epochs: 200 }, replicates: 3 },
    { sweep: 'blur', set: { epochs: 200 }, replicates: 3 },
  ],
});
