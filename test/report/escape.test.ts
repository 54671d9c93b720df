// The shipped escape report over real trajectories.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import report from '../../reports/escape.js';
import { writeReport } from '../../src/report/write.js';
import { type EscapeConfiguration, escapeTrials, makeManifest, makeRunFolder } from './folders.js';
import { findXmlFault } from './xml.js';

const heights = Array.from({ length: 21 }, (_, i) => i / 10);
const betas = [0, 0.9].flatMap((beta1) => [0.9, 0.999].map((beta2) => ({ beta1, beta2 })));
const grid: EscapeConfiguration[] = [0.001, 0.1, 0.25, 0.3, 1].flatMap((alpha) => [
  { optimizer: 'sgd', alpha, steps: 100 },
  ...(['adam', 'nadam'] as const).flatMap((optimizer) =>
    betas.map((pair) => ({ optimizer, alpha, steps: 100, ...pair })),
  ),
]);
const study: EscapeConfiguration[] = [
  { optimizer: 'sgd', alpha: 0.3, steps: 20 },
  { optimizer: 'adam', alpha: 0.3, steps: 20, beta1: 0.9, beta2: 0.999 },
];
const axes = ['optimizer', 'alpha', 'beta1', 'beta2', 'steps', 'h'];

describe('the escape report', () => {
  let folder: string;
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  beforeAll(async () => {
    folder = await makeRunFolder(makeManifest({ axes }), escapeTrials([...study, ...grid], heights));
    await writeReport(folder, report);
  });

  it('states question 1 with its answer', () => {
    const markdown = read('report.md');
    expect(markdown).toContain(
      'escapes every barrier lower than **0.410184281028**. It reaches at most θ = 1.41018428103.',
    );
    expect(markdown).toContain(
      '**sgd** escapes every barrier lower than **0.2**. It reaches at most θ = 1.2, and oscillates between 0.9 and 1.2 at the end.',
    );
    expect(markdown.indexOf('Question 1')).toBeLessThan(markdown.indexOf('## Figures'));
    expect(
      read('summary/question1.csv')
        .split('\n')
        .slice(1, 3)
        .map((row) => row.split(',')[0]),
    ).toEqual(['adam', 'sgd']);
  });

  it('tells what never got to the minimum from what is stuck in it', () => {
    const [header, ...rows] = read('summary/escape-optimizers.csv')
      .trimEnd()
      .split('\n')
      .map((row) => row.split(','));
    const of = (optimizer: string, column: string) =>
      Number(rows.find((row) => row[0] === optimizer)![header!.indexOf(column)]);
    // α = 0.001 goes 0.1 in 100 steps; at α = 0.25 and 1 the minimum is met exactly and nothing is climbed.
    expect(of('sgd', 'configurations')).toBe(5);
    expect(of('sgd', 'never_reached')).toBe(1);
    expect(of('sgd', 'stuck')).toBe(2);
    expect(of('sgd', 'best')).toBeCloseTo(0.2, 12);
    expect(of('sgd', 'best_alpha')).toBe(0.3);
  });

  it('has one row a configuration, with the bracket of its trials', () => {
    const rows = read('summary/escape-thresholds.csv').trimEnd().split('\n');
    expect(rows[0]).toBe('optimizer,alpha,beta1,beta2,eps,steps,threshold,lower,upper,method,trials');
    expect(rows).toHaveLength(1 + study.length + grid.length);
  });

  it.each(['escape-trajectories', 'escape-by-alpha', 'escape-heatmap'])('draws %s', (name) => {
    const svg = read(`figures/${name}.svg`);
    expect(findXmlFault(svg)).toBeUndefined();
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('nothing to draw');
  });

  it('says so where the study’s rows are not in the run', async () => {
    const other = await makeRunFolder(makeManifest({ axes }), escapeTrials(grid, heights));
    await writeReport(other, report);
    expect(readFileSync(join(other, 'report.md'), 'utf8')).toContain(
      'Not answered: the run has no finished trials at',
    );
    expect(existsSync(join(other, 'figures/escape-trajectories.svg'))).toBe(false);
    expect(readFileSync(join(other, 'report.md'), 'utf8')).toContain(
      'Left out, since this run has no rows for them: escape-trajectories.',
    );
  });
});
