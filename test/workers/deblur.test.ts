// The shipped deblur worker: defaults and domains; its judge on MNIST itself, held to what PyTorch's reached.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadFolder } from '../../src/data/mnist.js';
import { decodeFloats } from '../../src/ground/floats.js';
import { disnet } from '../../src/net/disnet.js';
import { stageWorker } from '../../src/pool/stage.js';
import { createTrial } from '../../src/pool/trial.js';
import { describeWorker, findParamFaults, type Worker } from '../../src/pool/worker.js';
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
