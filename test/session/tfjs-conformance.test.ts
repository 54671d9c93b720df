// The tfjs engine on TensorFlow.js's pure CPU backend.
import { openTfjs } from '../../src/session/tfjs/engine.js';
import { sessionConformance } from '../conformance/session.js';

sessionConformance('tfjs on its pure cpu backend', () => openTfjs('tfjs-cpu'), { exact: true });
