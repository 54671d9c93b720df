// The shipped latent sweep, run for real on a few drawn digits: its artifacts and metrics say the same, the saved model
// decodes as it was measured, and the report has the columns it promises.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawDigits } from '../../src/data/digits.js';
import type { Report } from '../../src/report/define.js';
import { writeReport } from '../../src/report/write.js';
import { planRun } from '../../src/sweep/plan/plan.js';
import { findXmlFault } from '../report/xml.js';
import { rowsOf, runSweep } from '../sweep/session.js';
import { writeDrawnDigits } from './drawn.js';

const list = (...values: (string | number)[]) => ({ kind: 'list', values }) as const;

const TEST = 300;
const home = mkdtempSync(join(tmpdir(), 'sweepline-latent-'));
const data = join(home, 'data');
const { images: testImages } = drawDigits('test', TEST);

beforeAll(() => writeDrawnDigits(data, 1200, TEST));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const few = { epochs: list(5), batch: list(64), train: list(1000), alpha: list(0.003) };

async function report(folder: string): Promise<void> {
  const { default: latent } = (await import(pathToFileURL('dist/reports/latent.js').href)) as {
    default: Report;
  };
  await writeReport(folder, latent);
}

describe('the latent sweep', () => {
  test('has the sizes of the study, three seeds each', async () => {
    expect(await planRun({ sweep: 'latent', data })).toMatchObject({ trials: 8 * 3 });
  });

  test('metrics, artifacts and tables say the same', async () => {
    const set = { ...few, latent: list(1, 2, 16), hidden: list('64'), loss: list('l2') };
    const { folder, failed, trials_csv } = await runSweep({ sweep: 'latent', data, set, replicates: 2 });
    expect(failed).toBe(0);
    const trials = rowsOf(trials_csv);
    expect(trials).toHaveLength(6);
    await report(folder);
    const table = (name: string) => readFileSync(join(folder, 'summary', `${name}.csv`), 'utf8');
    const classification = rowsOf(table('classification'));
    const confusion = rowsOf(table('confusion'));
    for (const trial of trials) {
      const of = (rows: Record<string, string>[]) => rows.filter((row) => row.trial === trial.trial);
      const right = of(confusion)
        .filter((row) => row.class === row.matched)
        .reduce((sum, row) => sum + Number(row.count), 0);
      expect(right / TEST).toBe(Number(trial.kmeans_accuracy));
      expect(of(confusion).reduce((sum, row) => sum + Number(row.count), 0)).toBe(TEST);
      expect(of(classification)).toHaveLength(13);
      expect(of(classification).find((row) => row.class === 'accuracy')?.f1).toBe(trial.kmeans_accuracy);
      expect(trial.test_loss).toBe(trial.test_mse);
      expect(trial.val_loss).toBe('');
      expect(Number(trial.raw_accuracy)).toBeLessThanOrEqual(Number(trial.kmeans_accuracy));
    }
    const accuracy = rowsOf(table('latent-accuracy'));
    expect(table('latent-accuracy').split('\n')[0]).toBe(
      'latent,replicates,kmeans_accuracy,kmeans_accuracy_low,kmeans_accuracy_high,raw_accuracy,nmi,ari,test_l1,test_mse,dead_units,collapsed',
    );
    expect(table('classification').split('\n')[0]).toBe('trial,latent,class,precision,recall,f1,support');
    expect(accuracy.map((row) => [row.latent, row.replicates])).toEqual([
      ['1', '2'],
      ['2', '2'],
      ['16', '2'],
    ]);
    // More code units keep more: what the sweep is about.
    expect(Number(accuracy[2]!.test_mse)).toBeLessThan(Number(accuracy[0]!.test_mse));
    for (const name of ['accuracy', 'loss', 'reconstructions', 'codes', 'confusion']) {
      const svg = readFileSync(join(folder, 'figures', `latent-${name}.svg`), 'utf8');
      expect(findXmlFault(svg)).toBeUndefined();
      expect(svg).not.toContain('NaN');
      expect(svg).not.toContain('nothing to draw');
    }

    // The model that was kept, through ONNX Runtime alone.
    const last = trials.at(-1)!;
    const path = join(folder, 'artifacts', last.trial!, 'model.onnx');
    const model = await InferenceSession.create(path, { intraOpNumThreads: 1 });
    const pixels = Float32Array.from(testImages, (v) => v / 255);
    const fed = { [model.inputNames[0]!]: new Tensor('float32', pixels, [TEST, 784]) };
    const decoded = (await model.run(fed))[model.outputNames[0]!]!.data as Float32Array;
    const l1 = decoded.reduce((sum, v, i) => sum + Math.abs(v - pixels[i]!), 0) / decoded.length;
    expect(Math.abs(l1 - Number(last.test_l1))).toBeLessThan(1e-6);
  });

  test('gives the same bytes with one worker and with two, validation and all', async () => {
    const set = { ...few, epochs: list(2), latent: list(2, 4), validation: list(0.1) };
    const [one, two] = await Promise.all(
      [1, 2].map((workers) => runSweep({ sweep: 'latent', data, set, workers, replicates: 1 })),
    );
    expect(one!.trials_csv).toBe(two!.trials_csv);
    for (const row of rowsOf(one!.trials_csv)) expect(Number(row.val_loss)).toBeGreaterThan(0);
  });

  test('names what collapsed, keeps it in the table, and never averages over other settings', async () => {
    // With alpha·decay = 1 each step forgets all weights: what is left is a power of 1e-6 that soon is 0. Without decay
    // the random start stays as it was.
    const set = {
      ...{ ...few, latent: list(16), hidden: list('none'), code_activation: list('linear') },
      ...{ output: list('linear'), loss: list('l2'), optimizer: list('sgd'), alpha: list(1e-6) },
      decay: list(0, 1e6),
    };
    const { folder, trials_csv } = await runSweep({ sweep: 'latent', data, set, replicates: 1 });
    const trials = rowsOf(trials_csv);
    expect(trials).toMatchObject([
      { decay: '0', collapsed: 'false', dead_units: '0', empty_clusters: '0' },
      { decay: '1000000', collapsed: 'true', dead_units: '16', empty_clusters: '9', nmi: '0', ari: '0' },
    ]);
    await report(folder);
    const table = rowsOf(readFileSync(join(folder, 'summary', 'latent-accuracy.csv'), 'utf8'));
    expect(table).toMatchObject([
      { decay: '0', replicates: '1', collapsed: '0', dead_units: '0', kmeans_accuracy_low: '' },
      { decay: '1000000', replicates: '1', collapsed: '1', dead_units: '16', kmeans_accuracy: '0.1' },
    ]);
    const markdown = readFileSync(join(folder, 'report.md'), 'utf8');
    const named = 'trial 1 (latent 16, decay 1000000.0: test L1 ';
    expect(markdown).toContain('**Collapsed: 1 of 2** give the same image');
    expect(markdown).toContain('**Dead: 1 of 2** give every test image the same code');
    expect(markdown.split(named)).toHaveLength(3);
    expect(readFileSync(join(folder, 'figures', 'latent-codes.svg'), 'utf8')).toContain(
      'all points coincide',
    );
  });

  test('what cannot be trained, at all or on these data, is refused before anything starts', async () => {
    const refused = (set: Readonly<Record<string, ReturnType<typeof list>>>, why: string | RegExp) =>
      expect(runSweep({ sweep: 'latent', data, set })).rejects.toThrow(why);
    await refused({ latent: list(0, 2.5) }, /latent/);
    await refused({ epochs: list(0) }, /epochs/);
    await refused({ ...few, latent: list(2), train: list(5000) }, 'train is 5000; expected 1 to 1200 images');
  });
});
