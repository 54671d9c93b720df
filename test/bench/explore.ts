// The page of a large run: its size, how soon it is there, and how long a brush takes until all views on the screen are
// drawn anew. Trials of 12 columns, the metrics with all their digits: nothing that deflates well.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeRunReport } from '../../src/report/load.js';
import { Browser, CHROMIUM } from '../browser.js';
import { makeManifest, makeRunFolder } from '../report/folders.js';
import type { BenchRow } from './row.js';

const METRICS = ['loss', 'accuracy', 'norm', 'margin', 'drift', 'energy'];

export async function benchExplore(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [count, targets] of [
    [100_000, { size: '≤ 15', paint: '< 2,000', ready: '< 2,000', brush: '< 100' }],
    [1_000_000, { ready: '< 3,000' }],
  ] as const) {
    const folder = await makeLargeRun(count);
    const start = performance.now();
    await writeRunReport(folder);
    const made = performance.now() - start;
    const page = join(folder, 'report.html');
    const name = `${count.toLocaleString('en-US')} trials`;
    const goal = targets as {
      readonly size?: string;
      readonly paint?: string;
      readonly ready?: string;
      readonly brush?: string;
    };
    rows.push({ name: `${name}: page written`, ours: made, unit: 'ms' });
    rows.push({ name: `${name}: page`, ours: statSync(page).size / 1e6, unit: 'MB', ...target(goal.size) });
    if (CHROMIUM === undefined) continue;
    const { paint, ready, brushes } = await measure(page);
    rows.push({ name: `${name}: first paint`, ours: paint, unit: 'ms', ...target(goal.paint) });
    rows.push({ name: `${name}: views there`, ours: ready, unit: 'ms', ...target(goal.ready) });
    for (const [what, ms] of Object.entries(brushes))
      rows.push({
        name: `${name}: brush of the ${what} to redraw`,
        ours: ms,
        unit: 'ms',
        ...target(goal.brush),
      });
  }
  return rows;
}

function target(text: string | undefined): { readonly target?: string } {
  return text === undefined ? {} : { target: text };
}

async function makeLargeRun(count: number): Promise<string> {
  const manifest = makeManifest({
    sweep: 'large',
    title: 'A large run',
    axes: ['rate', 'width', 'optimizer', 'warm'],
    worker: {
      params: [
        { name: 'rate', type: 'number', default: 0 },
        { name: 'width', type: 'integer', default: 0 },
        { name: 'optimizer', type: 'string', default: '' },
        { name: 'warm', type: 'boolean', default: false },
      ],
      metrics: METRICS.map((name, i) => ({
        name,
        type: 'number',
        ...(i === 0 ? { goal: 'min' as const } : {}),
      })),
    },
  });
  const folder = await makeRunFolder(manifest, []);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 + state / 2 ** 51;
  };
  const lines = [`trial,key,replicate,seed,rate,width,optimizer,warm,status,${METRICS.join(',')}\n`];
  for (let i = 0; i < count; i++) {
    const rate = 10 ** (-4 * random());
    const parameters = `${rate},${2 ** (1 + (i % 9))},${['adam', 'sgd', 'rmsprop'][i % 3]},${i % 2 === 0}`;
    const loss = (Math.log10(rate) + 2) ** 2 + random() * 0.3;
    lines.push(`${i},k${i},0,${i},${parameters},ok,${[loss, ...METRICS.slice(1).map(random)].join(',')}\n`);
  }
  writeFileSync(join(folder, 'trials.csv'), lines.join(''));
  return folder;
}

/** Milliseconds from asking for the page; a brush is timed five times, and the median counts. */
async function measure(page: string) {
  const browser = new Browser();
  try {
    const { evaluate } = await browser.visit(pathToFileURL(page).href);
    const ready = (await evaluate(`(async () => {
      while (document.getElementById('explore').dataset.state !== 'ready') await new Promise((done) => setTimeout(done, 5));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return performance.now();
    })()`)) as number;
    const paint = (await evaluate(
      "performance.getEntriesByName('first-paint')[0]?.startTime ?? 0",
    )) as number;
    const brushes: Record<string, number> = {};
    for (const [what, target] of [
      ['scatter', '#view-scatter canvas'],
      ['parallel coordinates', '#view-parallel .name'],
    ] as const)
      brushes[what] = (await evaluate(`(async () => {
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        document.querySelector('${target}').scrollIntoView({ block: 'center', behavior: 'instant' });
        for (let i = 0; i < 30; i++) await frame();
        const times = [];
        for (let i = 0; i < 5; i++) {
          const start = performance.now();
          document.querySelector('${target}').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
          await frame();
          await new Promise((done) => setTimeout(done));
          times.push(performance.now() - start);
          await frame();
        }
        return times.sort((a, b) => a - b)[2];
      })()`)) as number;
    return { paint, ready, brushes };
  } finally {
    await browser.close();
  }
}
