// Trials that wait until the test lets them go, or until they are asked to stop.
import { defineSweep } from '../../../src/sweep/define.js';

export default defineSweep({
  name: 'waiting',
  worker: new URL('../../fixtures/workers/waiting.js', import.meta.url),
  axes: { i: 'range(0,9,1)' },
});
