// A run as a log directory of TensorBoard: read by TensorBoard's own reader where it is installed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { exportRun } from '../../src/export/export.js';
import { crc32c, frameRecord, maskedCrc } from '../../src/export/tensorboard/records.js';
import { findPython } from '../python.js';
import { makeManifest } from '../report/folders.js';
import { makeRun, newFolder } from './runs.js';

const manifest = makeManifest({
  axes: ['alpha', 'size', 'kind', 'deep', 'widths'],
  worker: {
    params: [
      { name: 'alpha', type: 'number', default: 0 },
      { name: 'size', type: 'integer', default: 1 },
      { name: 'kind', type: 'string', nullable: true, default: null },
      { name: 'deep', type: 'boolean', default: false },
      { name: 'widths', type: 'json', default: [] },
    ],
    metrics: [
      { name: 'loss', type: 'number', goal: 'min' },
      { name: 'good', type: 'boolean' },
      { name: 'note', type: 'string' },
    ],
    series: ['loss', 'test'],
  },
});
const point = { alpha: 0.1, size: 16, kind: 'sgd "é"', deep: false, widths: [3] };
const trials = [
  {
    point,
    metrics: { loss: 0.25, good: true, note: 'left out' },
    series: [
      [1, { loss: 1, test: null }],
      [10, { loss: 0.5, test: 2 }],
    ] as const,
    runMs: 1500,
  },
  { point, replicate: 1, metrics: { loss: 0.75, good: false } },
  {
    point: { ...point, kind: null, deep: true },
    status: 'failed' as const,
    series: [
      [0, { loss: 1 }],
      [0.5, { loss: Number.NaN }],
    ] as const,
  },
];

const python = findPython('tensorboard');
if (python === undefined) console.warn('skipped: no Python with tensorboard');

describe('a log directory of TensorBoard', () => {
  it.skipIf(python === undefined)(
    'is read by TensorBoard: scalars, and HParams with replicates as one',
    async () => {
      const out = join(newFolder(), 'logs');
      await exportRun(await makeRun(manifest, trials), { format: 'tensorboard', out });
      const said = execFileSync(python!, [resolve('test/export/read_tensorboard.py'), out], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect(JSON.parse(said.toString())).toEqual({
        scalars: {
          '.': {},
          0: {
            'series/loss': [
              [1, '1.0'],
              [10, '0.5'],
            ],
            'series/test': [[10, '2.0']],
            'metrics/loss': [[10, '0.25']],
            'metrics/good': [[10, '1.0']],
          },
          1: { 'metrics/loss': [[0, '0.75']], 'metrics/good': [[0, '0.0']] },
          // Steps are whole there: of a trial with others they are counted.
          2: {
            'series/loss': [
              [0, '1.0'],
              [1, 'nan'],
            ],
          },
        },
        hparams: {
          alpha: 'DATA_TYPE_FLOAT64',
          size: 'DATA_TYPE_FLOAT64',
          kind: 'DATA_TYPE_STRING',
          deep: 'DATA_TYPE_BOOL',
          widths: 'DATA_TYPE_STRING',
        },
        metrics: { loss: 'metrics/loss', good: 'metrics/good' },
        groups: [
          {
            hparams: { ...point, widths: '[3]' },
            metrics: { 'metrics/loss': '0.5', 'metrics/good': '0.5' },
            sessions: { 0: 'STATUS_SUCCESS', 1: 'STATUS_SUCCESS' },
            seconds: [1.5, 0],
          },
          {
            hparams: { alpha: 0.1, size: 16, deep: true, widths: '[3]' },
            metrics: {},
            sessions: { 2: 'STATUS_FAILURE' },
            seconds: [0],
          },
        ],
      });
    },
  );

  it('of more trials than anybody can look at is refused, and nothing is written', async () => {
    const bare = makeManifest({ worker: { metrics: [] } });
    const run = await makeRun(
      bare,
      Array.from({ length: 10_001 }, () => ({})),
    );
    for (const format of ['tensorboard', 'wandb'] as const) {
      const out = join(newFolder(), 'logs');
      await expect(exportRun(run, { format, out })).rejects.toMatchObject({
        code: 'BAD_USAGE',
        message: expect.stringContaining('10,001 trials'),
      });
      expect(existsSync(out)).toBe(false);
    }
  });
});

describe('records', () => {
  test('have the checksums of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(new Uint8Array())).toBe(0);
  });

  test('hold their bytes between lengths and checksums', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const record = Buffer.from(frameRecord(bytes));
        expect(Number(record.readBigUInt64LE(0))).toBe(bytes.length);
        expect(record.readUInt32LE(8)).toBe(maskedCrc(record.subarray(0, 8)));
        expect(new Uint8Array(record.subarray(12, -4))).toEqual(bytes);
        expect(record.readUInt32LE(record.length - 4)).toBe(maskedCrc(bytes));
      }),
    );
  });
});
