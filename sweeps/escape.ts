// Which optimisers, at which step size, β1, β2 and bump height, get out of a local minimum? The study's own two rows
// come first (α = 0.3, 20 steps), then every optimiser over the whole grid.
import { defineSweep, lin, log } from 'sweepline';

const withBetas = ['adam', 'amsgrad', 'adamw', 'nadam'];
const h = lin(0, 2, 81);

export default defineSweep({
  name: 'escape',
  title: 'Which optimisers escape a local minimum?',
  about: 'How high a barrier behind a local minimum does each optimiser escape?',
  worker: '../workers/escape.js',
  report: '../reports/escape.js',
  grids: [
    {
      axes: {
        optimizer: ['sgd', 'adam'],
        alpha: [0.3],
        beta1: { values: [0.9], when: { optimizer: 'adam' } },
        beta2: { values: [0.999], when: { optimizer: 'adam' } },
        steps: [20],
        h,
      },
    },
    {
      axes: {
        optimizer: ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', ...withBetas],
        alpha: log(0.01, 1, 41),
        beta1: { values: [0, 0.5, 0.8, 0.9, 0.95, 0.99], when: { optimizer: withBetas } },
        beta2: { values: [0.9, 0.99, 0.999], when: { optimizer: ['rmsprop', ...withBetas] } },
        steps: [1000],
        h,
      },
    },
  ],
});
