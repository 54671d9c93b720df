// The latent sweep with and without a pruner: whether the best configuration is the same, and how many of the epochs it
// took. On digits, for minutes; the counts are the same on any machine.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRequest } from '../../src/sweep/contract.js';
import { startRun } from '../../src/sweep/start.js';
import { rowsOf } from '../sweep/session.js';
import type { BenchRow } from './row.js';

const list = (...values: (string | number)[]) => ({ kind: 'list', values }) as const;

const latent = {
  ...{ sweep: 'latent', data: 'digits', sampler: { name: 'random' }, replicates: 1 },
  set: {
    ...{ epochs: list(27), train: list(1000), batch: list(64), loss: list('l2'), hidden: list('64') },
    ...{ latent: list(2, 4, 8, 16, 32, 64), alpha: list(3e-4, 1e-3, 3e-3, 1e-2) },
  },
} satisfies Omit<RunRequest, 'out'>;

export async function benchPrune(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const whole = await run(join(folder, 'whole'), {});
    const pruner = { name: 'asha', min: 3, max: 27, metric: 'train_loss:min' };
    const pruned = await run(join(folder, 'pruned'), { pruner });
    const isSame =
      pruned.best === whole.best ? 'the same best configuration' : 'another configuration is best';
    return [
      {
        name: `latent sweep under asha: ${isSame}`,
        ...{ ours: pruned.epochs, unit: 'epochs', peer: 'no pruner', theirs: whole.epochs },
        target: '≤ 40 % of the epochs, the same best configuration',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run(out: string, request: Partial<RunRequest>): Promise<{ best: string; epochs: number }> {
  await (await startRun({ ...latent, ...request, out })).outcome;
  const rows = (name: string) => rowsOf(readFileSync(join(out, name), 'utf8'));
  const ok = rows('trials.csv').filter(({ status }) => status === 'ok');
  const best = ok.reduce((a, b) => (Number(b.test_loss) < Number(a.test_loss) ? b : a));
  return { best: `latent ${best.latent}, alpha ${best.alpha}`, epochs: rows('metrics.csv').length };
}
