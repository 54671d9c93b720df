// Adam at as many step sizes as asked for, each against one bump.
import { defineSweep } from '../../src/sweep/definition/define.js';

export default defineSweep({
  name: 'million',
  worker: new URL('../../workers/escape.js', import.meta.url),
  axes: { alpha: 'lin(0.01,0.51,1000000)' },
  fixed: { h: 0.2, steps: 20 },
});
