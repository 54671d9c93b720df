// The shipped blur sweep, run for real on a few drawn digits: judge and autoencoder as they were saved give, through ONNX
// Runtime alone, the rates that the tables name; one judge a blur serves all its trials.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawDigits } from '../../src/data/digits.js';
import type { Report } from '../../src/report/define.js';
import { writeReport } from '../../src/report/write.js';
import { blurImages } from '../../src/study/blur.js';
import { planRun } from '../../src/sweep/plan/plan.js';
import { makeFolder, writeFiles } from '../data/folders.js';
import { findXmlFault } from '../report/xml.js';
import { rowsOf, runSweep } from '../sweep/session.js';
import { writeDrawnDigits } from './drawn.js';

const list = (...values: (string | number)[]) => ({ kind: 'list', values }) as const;

const TEST = 200;
const COLUMNS =
  'sigma,latent,replicates,judge_accuracy,clear_rate_clear,clear_rate_blurred,clear_rate_decoded,test_l1_to_clear';
const home = mkdtempSync(join(tmpdir(), 'sweepline-blur-'));
const data = join(home, 'data');
const { images: clear } = drawDigits('test', TEST);
const shape = { count: TEST, rows: 28, columns: 28 };

beforeAll(() => writeDrawnDigits(data, 600, TEST));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const few = {
  ...{ epochs: list(3), batch: list(64), hidden: list('64'), loss: list('l2'), alpha: list(0.003) },
  judge_images: list(200),
};

/** Runs a saved model over images of bytes. */
async function infer(path: string, images: Uint8Array, dims: readonly number[]): Promise<Float32Array> {
  const model = await InferenceSession.create(path, { intraOpNumThreads: 1 });
  const pixels = Float32Array.from(images, (v) => v / 255);
  const fed = { [model.inputNames[0]!]: new Tensor('float32', pixels, [TEST, ...dims]) };
  return (await model.run(fed))[model.outputNames[0]!]!.data as Float32Array;
}

const distance = (a: ArrayLike<number>, b: Uint8Array) =>
  b.reduce((sum, v, i) => sum + Math.abs(a[i]! - v / 255), 0) / b.length;

describe('the blur sweep', () => {
  test('crosses the blurs, sizes and targets of the study, three seeds each', async () => {
    expect(await planRun({ sweep: 'blur', data, set: { judge_images: list(600) } })).toMatchObject({
      trials: 6 * 3 * 2 * 3,
    });
  });

  test('models, metrics, tables and figures say the same', async () => {
    const set = { ...few, sigma: list(0.3, 2), latent: list(2, 16) };
    const { folder, failed, trials_csv } = await runSweep({ sweep: 'blur', data, set, replicates: 2 });
    expect(failed).toBe(0);
    const trials = rowsOf(trials_csv);
    expect(trials).toHaveLength(2 * 2 * 2 * 2);

    const stage = join(folder, 'stages', 'judge');
    const judges = rowsOf(readFileSync(join(stage, 'trials.csv'), 'utf8'));
    expect(judges.map(({ sigma }) => sigma)).toEqual(['0.3', '2']);
    for (const judge of judges) {
      const path = join(stage, 'artifacts', judge.trial!, 'judge.onnx');
      const rate = async (images: Uint8Array) => {
        const chances = await infer(path, images, [1, 28, 28]);
        return (
          Array.from({ length: TEST }, (_, i) => chances[2 * i]! > chances[2 * i + 1]!).filter(Boolean)
            .length / TEST
        );
      };
      const blurred = blurImages(clear, shape, Number(judge.sigma));
      expect(await rate(clear)).toBe(Number(judge.clear_rate_clear));
      expect(await rate(blurred)).toBe(Number(judge.clear_rate_blurred));
      const served = trials.filter(({ sigma }) => sigma === judge.sigma);
      expect(served).toHaveLength(8);
      for (const trial of served) {
        for (const name of ['judge_accuracy', 'clear_rate_clear', 'clear_rate_blurred'])
          expect(trial[name]).toBe(judge[name]);
        const decoded = await infer(join(folder, 'artifacts', trial.trial!, 'model.onnx'), blurred, [784]);
        const pixels = new Uint8Array(decoded.map((v) => Math.round(255 * v)));
        // Rounding may take one image over the line.
        expect(Math.abs((await rate(pixels)) - Number(trial.clear_rate_decoded)) * TEST).toBeLessThanOrEqual(
          1,
        );
        expect(distance(decoded, clear)).toBeCloseTo(Number(trial.test_l1_to_clear), 6);
        expect(distance(decoded, trial.target === 'clear' ? clear : blurred)).toBeCloseTo(
          Number(trial.test_l1),
          6,
        );
        expect(
          distance(
            Float32Array.from(blurred, (v) => v / 255),
            clear,
          ),
        ).toBeCloseTo(Number(trial.blurred_l1_to_clear), 6);
      }
    }
    const [narrow, wide] = judges;
    expect(Number(wide!.judge_accuracy)).toBeGreaterThan(0.95);
    expect(Number(narrow!.judge_accuracy)).toBeLessThan(0.6);

    await report(folder);
    for (const [name, target] of [
      ['deblur', 'clear'],
      ['deblur-blurred', 'blurred'],
    ]) {
      const csv = readFileSync(join(folder, 'summary', `${name}.csv`), 'utf8');
      expect(csv.split('\n')[0]).toBe(COLUMNS);
      const rows = rowsOf(csv);
      expect(rows.map(({ sigma, latent, replicates }) => [sigma, latent, replicates])).toEqual([
        ['0.3', '2', '2'],
        ['0.3', '16', '2'],
        ['2', '2', '2'],
        ['2', '16', '2'],
      ]);
      for (const row of rows) {
        const own = trials.filter(
          (t) => t.target === target && t.sigma === row.sigma && t.latent === row.latent,
        );
        for (const metric of COLUMNS.split(',').slice(3)) {
          const mean = own.reduce((sum, t) => sum + Number(t[metric]), 0) / own.length;
          expect(Number(row[metric]), metric).toBeCloseTo(mean, 12);
        }
      }
    }
    for (const name of readdirSync(join(folder, 'figures'))) {
      const svg = readFileSync(join(folder, 'figures', name), 'utf8');
      expect(findXmlFault(svg)).toBeUndefined();
      expect(svg).not.toContain('NaN');
      expect(svg).not.toContain('nothing to draw');
    }
    const markdown = readFileSync(join(folder, 'report.md'), 'utf8');
    const said = (blur: string) => markdown.split('\n').find((line) => line.startsWith(`- **σ ${blur}**`));
    expect(said('0.3')).toMatch(
      /The discriminator is at chance \(accuracy [\d.]+ %\), so its rates mean nothing/,
    );
    expect(said('2')).toMatch(/\(accuracy of the discriminator: (9\d|100)[\d.]* %\)/);
    // What the text calls nearest is so in the table.
    const near = rowsOf(readFileSync(join(folder, 'summary', 'deblur.csv'), 'utf8'))
      .filter(({ sigma }) => sigma === '2')
      .reduce((a, b) => (Number(b.test_l1_to_clear) < Number(a.test_l1_to_clear) ? b : a));
    expect(said('2')).toContain(`is **latent ${near.latent}**, L1 `);
  });

  test('gives the same bytes with one worker and with two', async () => {
    const set = { ...few, epochs: list(1), sigma: list(0.5, 1), latent: list(2), validation: list(0.1) };
    const [one, two] = await Promise.all(
      [1, 2].map((workers) => runSweep({ sweep: 'blur', data, set, workers, replicates: 1 })),
    );
    expect(one!.trials_csv).toBe(two!.trials_csv);
    expect(rowsOf(one!.trials_csv).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('one target only: its table is filled, the other has its columns and no row', async () => {
    const set = {
      ...few,
      epochs: list(1),
      sigma: list(1),
      latent: list(2),
      target: list('blurred'),
      judge_epochs: list(1, 2),
    };
    const { folder } = await runSweep({ sweep: 'blur', data, set, replicates: 1 });
    await report(folder);
    const table = (name: string) => readFileSync(join(folder, 'summary', `${name}.csv`), 'utf8');
    // The judge was varied too: it has a column of its own instead of being averaged over.
    const columns = COLUMNS.replace('replicates', 'judge_epochs,replicates');
    expect(table('deblur')).toBe(`${columns}\n`);
    expect(rowsOf(table('deblur-blurred')).map((row) => row.judge_epochs)).toEqual(['1', '2']);
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).toContain(
      'no trial with target clear has finished',
    );
    const judges = readFileSync(join(folder, 'figures', 'blur-judge.svg'), 'utf8');
    expect(judges).toContain('accuracy, judge_epochs 2');
  });

  test.each([
    ['sigma', -0.5],
    ['target', 'sharp'],
    ['judge_epochs', 0],
    ['judge_epochs', 1.5],
    ['judge_images', 601],
    ['latent', 2.5],
  ])('%s %s is refused before anything starts', async (name, value) => {
    const out = join(home, `refused-${name}-${value}`);
    const asked = runSweep({ sweep: 'blur', data, set: { [name]: list(value) }, out });
    await expect(asked).rejects.toMatchObject({
      code: expect.stringMatching(/^BAD_/),
      message: expect.stringContaining(name),
    });
    expect(existsSync(out)).toBe(false);
  });

  test('a judge that cannot be built skips its trials, and says why', async () => {
    const set = { ...few, sigma: list(1), latent: list(2), judge_images: list(20) };
    // Images of 4 × 5 pixels cannot be halved three times.
    const asked = { sweep: 'blur', data: writeFiles(makeFolder()), set, replicates: 1, retries: 0 };
    const { folder, trials_csv } = await runSweep(asked);
    expect(rowsOf(trials_csv).map(({ status }) => status)).toEqual(['skipped', 'skipped']);
    expect(readFileSync(join(folder, 'timings.csv'), 'utf8')).toContain('does not fit into the image');
  });
});

async function report(folder: string): Promise<void> {
  const { default: blur } = (await import(pathToFileURL('dist/reports/blur.js').href)) as { default: Report };
  await writeReport(folder, blur);
}
