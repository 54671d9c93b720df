// Some hundreds of them: the benchmark says how many.
import { defineSweep } from '../../src/sweep/definition/define.js';

export default defineSweep({
  name: 'true',
  worker: new URL('./true.js', import.meta.url),
  axes: { i: 'range(1,500,1)' },
});
