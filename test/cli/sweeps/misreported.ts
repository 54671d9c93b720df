// A sweep that runs well and whose report is none.
import { defineSweep } from '../../../src/sweep/definition/define.js';

export default defineSweep({
  name: 'misreported',
  worker: new URL('../../fixtures/workers/noisy.js', import.meta.url),
  report: new URL('./misreported.js', import.meta.url),
  axes: { x: 'lin(0,1,3)' },
});
