// The conformance suite, and that the search does what it is for.
import { gp } from '../../../src/search/gp/method.js';
import { describeMethod } from '../methods.js';

describeMethod(gp, { options: [{ startup: 3 }], trials: 20, runs: 8 });
