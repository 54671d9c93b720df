import { openOnnx } from '../../src/session/onnx/engine.js';
import { sessionConformance } from '../conformance/session.js';
import { torchConformance } from '../conformance/torch.js';

sessionConformance('onnx on cpu', () => openOnnx('cpu'), { exact: true });
torchConformance('onnx on cpu', () => openOnnx('cpu'));
