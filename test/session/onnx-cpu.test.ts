import { openOnnx } from '../../src/session/onnx/engine.js';
import { sessionConformance } from '../conformance/session.js';

sessionConformance('onnx on cpu', () => openOnnx('cpu'), { exact: true });
