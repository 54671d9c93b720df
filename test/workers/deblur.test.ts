// The shipped deblur worker: defaults and domains; its judge on MNIST itself, held to what PyTorch's reached.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadFolder } from '../../src/data/mnist.js';
import { systemClock } from '../../src/ground/clock.js';
import { decodeFloats } from '../../src/ground/floats.js';
import { RunningTrial } from '../../src/pool/running-trial.js';
import { disnet } from '../../src/study/disnet.js';
import { createFolderStore } from '../../src/trial/store.js';
import type { Worker } from '../../src/worker/contract.js';
import { describeWorker } from '../../src/worker/define.js';
import { stageWorker } from '../../src/worker/stage.js';
import { createStageFinder } from '../../src/worker/stage-results.js';
import { findParamFaults } from '../../src/worker/validate.js';
import autoencoder from '../../workers/autoencoder.js';
import definition from '../../workers/deblur.js';

const worker = definition as unknown as Worker;
const { params } = describeWorker(worker);

test("defaults are the study's, and the autoencoder's own", () => {
  const own = { sigma: 1, target: 'clear', judge_epochs: 2, judge_images: 6000 };
  const inherited = describeWorker(autoencoder as unknown as Worker).params;
  expect(params.slice(4)).toEqual(inherited);
  expect(Object.fromEntries(params.slice(0, 4).map((p) => [p.name, p.default]))).toEqual(own);
});

describe('domains', () => {
  test.each([
    ['sigma', [0, 0.3, 3, 100], [-0.1, 101, Number.NaN]],
    ['target', ['clear', 'blurred'], ['sharp', 'Clear']],
    ['judge_epochs', [1, 2], [0, 1.5, -1]],
    ['judge_images', [0, 6000], [-1, 0.5]],
    ['latent', [1, 256], [0, 2.5]],
  ] as const)('%s', (name, legal, illegal) => {
    for (const value of legal)
      expect(findParamFaults(worker, { [name]: [value] }, []), `${value}`).toEqual([]);
    for (const value of illegal)
      expect(findParamFaults(worker, { [name]: [value] }, []), `${value}`).toHaveLength(1);
  });

  test('bce compares probabilities', () => {
    expect(findParamFaults(worker, {}, [{ loss: 'bce', output: 'linear' }])).toHaveLength(1);
  });
});

const mnist = join(process.cwd(), '../shared/data/mnist');
const home = mkdtempSync(join(tmpdir(), 'sweepline-judge-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.skipIf(!existsSync(mnist))(
  'the judge on MNIST (skipped where ../shared/data/mnist is absent)',
  () => {
    // PyTorch, same net, two epochs over 6,000 images: 1.000 at σ = 1, 0.91 at 0.4, 0.49 at 0.3. It learns the one at once
    // (here a third of the images is enough), is in the middle of learning the other, and has not begun with the third.
    // Over the seeds 1 to 5 ours is right for 0.9998 to 1, 0.864 to 0.963, and 0.5000 to 0.5007.
    test.each([
      [1, 2000, 0.999, 1],
      [0.4, 6000, 0.8, 0.97],
      [0.3, 6000, 0.46, 0.54],
    ])('tells a blur of σ = %f from none', { timeout: 300_000 }, async (sigma, judge_images, low, high) => {
      const judge = stageWorker(worker, 'judge');
      const folder = join(home, String(sigma));
      const running = new RunningTrial(
        {
          params: { sigma, judge_epochs: 2, judge_images, test: 2000 },
          ...{ number: 0, key: 'judge', replicate: 0, seed: 1, attempt: 1 },
        },
        {
          ...{ engine: 'onnx', device: 'cpu', data: undefined, series: judge.series! },
          store: createFolderStore(folder),
          isStopAsked: () => false,
          onReport: () => undefined,
          onWarning: () => undefined,
          shared: loadFolder(mnist, 'mnist'),
          stages: createStageFinder(worker, []),
          clock: systemClock,
        },
      );
      const metrics = await judge.run!(running.trial);
      expect(metrics.judge_accuracy).toBeGreaterThanOrEqual(low);
      expect(metrics.judge_accuracy).toBeLessThanOrEqual(high);
      expect(running.seriesRows().trimEnd().split('\n')).toHaveLength(2);
      const weights = decodeFloats(readFileSync(join(folder, 'artifacts', '0', 'judge.f32')));
      expect(weights).toHaveLength(disnet([1, 28, 28]).parameterCount);
    });
  },
);
