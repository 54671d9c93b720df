// A sweep whose report has one table that can be made and one that cannot.
import { defineSweep } from '../../../src/sweep/definition/define.js';

export default defineSweep({
  name: 'half-reported',
  worker: new URL('../../fixtures/workers/noisy.js', import.meta.url),
  report: new URL('./half-reported-report.js', import.meta.url),
  axes: { x: 'lin(0,1,3)' },
});
