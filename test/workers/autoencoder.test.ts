// The shipped autoencoder worker: its defaults are the study's, its domains hold.
import { describe, expect, test } from 'vitest';
import type { Worker } from '../../src/worker/contract.js';
import { describeWorker } from '../../src/worker/define.js';
import { findParamFaults } from '../../src/worker/validate.js';
import definition from '../../workers/autoencoder.js';

const worker = definition as unknown as Worker;
const description = describeWorker(worker);

test("defaults are the study's", () => {
  expect(Object.fromEntries(description.params.map((p) => [p.name, p.default]))).toEqual({
    latent: 16,
    hidden: 'study',
    code_activation: 'relu',
    output: 'sigmoid',
    loss: 'l1',
    optimizer: 'adam',
    alpha: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    decay: 0,
    schedule: 'constant',
    epochs: 200,
    batch: 256,
    train: 0,
    test: 0,
    validation: 0,
    init: 'glorot',
  });
  expect(description).toMatchObject({ mode: 'run', trains: true, series: ['train_loss', 'val_loss'] });
});

describe('domains', () => {
  test.each([
    ['latent', [1, 2, 256], [0, 2.5, -1, Number.NaN]],
    ['hidden', ['study', 'none', '512-256-128', '64'], ['', '512-', 'wide', '0-5']],
    ['code_activation', ['relu', 'linear', 'tanh'], ['softmax', 'ReLU']],
    ['output', ['sigmoid', 'linear'], ['relu']],
    ['loss', ['l1', 'l2', 'bce'], ['cce', 'L1']],
    ['optimizer', ['adam', 'adamw', 'sgd'], ['Adam']],
    ['alpha', [1e-3], [0, -1, Number.NaN]],
    ['beta1', [0, 0.9], [1, -0.1]],
    ['beta2', [0, 0.999], [1, -0.1]],
    ['eps', [0, 1e-8], [-1e-9]],
    ['decay', [0, 0.1], [-1e-9]],
    ['schedule', ['constant', 'cosine'], ['linear']],
    ['epochs', [1, 200], [0, 1.5, -1]],
    ['batch', [1, 256], [0, 1.5]],
    ['train', [0, 55_000], [-1, 0.5]],
    ['test', [0, 10_000], [-1, 0.5]],
    ['validation', [0, 0.1], [1, -0.1]],
    ['init', ['glorot', 'he'], ['zeros']],
  ] as const)('%s', (name, legal, illegal) => {
    for (const value of legal)
      expect(findParamFaults(worker, { [name]: [value] }, []), `${value}`).toEqual([]);
    for (const value of illegal)
      expect(findParamFaults(worker, { [name]: [value] }, []), `${value}`).toHaveLength(1);
  });

  test('bce compares probabilities', () => {
    expect(findParamFaults(worker, {}, [{ loss: 'bce', output: 'linear' }])).toHaveLength(1);
    expect(findParamFaults(worker, {}, [{ loss: 'bce', output: 'sigmoid' }])).toEqual([]);
  });
});
