// The tfjs engine on TensorFlow.js's pure CPU backend.
import { openTfjs } from '../../src/session/tfjs/engine.js';
import { sessionConformance } from '../conformance/session.js';
import { torchConformance } from '../conformance/torch.js';
import { torchStudy } from '../conformance/torch-study.js';

const open = () => openTfjs('tfjs-cpu');
sessionConformance('tfjs on its pure cpu backend', open, { exact: true });
torchConformance('tfjs on its pure cpu backend', open);
torchStudy('tfjs on its pure cpu backend', open, { latents: [16], steps: 8 });
