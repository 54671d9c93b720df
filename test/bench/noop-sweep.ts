import { defineSweep } from '../../src/sweep/definition/define.js';

export default defineSweep({
  name: 'noop',
  worker: new URL('./noop.js', import.meta.url),
  axes: { x: 'lin(0,1,100000)' },
});
