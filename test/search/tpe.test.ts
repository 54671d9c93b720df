import { tpe } from '../../src/search/tpe/method.js';
import { describeMethod } from './methods.js';

describeMethod(tpe, { options: [{ multivariate: 'no' }] });
