import { openOnnx } from '../../src/session/onnx/engine.js';
import { sessionConformance } from '../conformance/session.js';
import { torchConformance } from '../conformance/torch.js';
import { torchStudy } from '../conformance/torch-study.js';

sessionConformance('onnx on cpu', () => openOnnx('cpu'), { exact: true });
torchConformance('onnx on cpu', () => openOnnx('cpu'));
torchStudy('onnx on cpu', () => openOnnx('cpu'), { latents: [2, 16, 256], steps: 20 });
