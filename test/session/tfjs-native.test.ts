// The tfjs engine on tfjs-node or tfjs-node-gpu, where one of them is installed.
import { describe, it } from 'vitest';
import { openTfjs } from '../../src/session/tfjs/engine.js';
import { findTfjs } from '../../src/session/tfjs/find.js';
import { sessionConformance } from '../conformance/session.js';
import { torchConformance } from '../conformance/torch.js';

const { device, packageName } = findTfjs('auto');
if (device === 'tfjs-cpu')
  describe.skip('tfjs on a native package (none is installed; npm install @tensorflow/tfjs-node@4.22.0)', () =>
    it('', () => undefined));
else {
  const exact = device === 'tfjs-node';
  sessionConformance(`tfjs on ${packageName}`, () => openTfjs(device), { exact });
  torchConformance(`tfjs on ${packageName}`, () => openTfjs(device));
}
