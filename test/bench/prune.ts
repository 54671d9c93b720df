// The latent sweep without a pruner, under asha, under asha that pauses and under pbt, one after another in one run: whether
// the best configuration is the same, how many epochs it took and how long. On digits, for minutes; the epochs and losses
// are the same on any machine, the times are not.
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

const asha = { name: 'asha', min: 3, max: 27, metric: 'train_loss:min' };
const pbt = { name: 'pbt', interval: 3, max: 27, metric: 'train_loss:min', mutate: 'alpha' };

interface Ran {
  readonly best: string;
  readonly loss: number;
  readonly epochs: number;
  readonly seconds: number;
}

export async function benchPrune(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const whole = await run(join(folder, 'whole'), {});
    const plain = await run(join(folder, 'plain'), { pruner: asha });
    const paused = await run(join(folder, 'paused'), { pruner: { ...asha, pause: true } });
    const trained = await run(join(folder, 'trained'), { pruner: pbt });
    const found = ({ best }: Ran) =>
      best === whole.best ? 'the same best configuration' : 'another configuration is best';
    const beside = (name: string, [ours, peer, theirs]: readonly [Ran, string, Ran]): BenchRow[] => [
      { name: `${name}: epochs`, ours: ours.epochs, unit: 'epochs', peer, theirs: theirs.epochs },
      { name: `${name}: time`, ours: ours.seconds, unit: 's', peer, theirs: theirs.seconds },
    ];
    const [first, time] = beside(`latent sweep under asha: ${found(plain)}`, [plain, 'no pruner', whole]);
    return [
      { ...first!, target: '≤ 40 % of the epochs, the same best configuration' },
      time!,
      ...beside(`under asha with pause=true: ${found(paused)}`, [paused, 'asha', plain]),
      ...beside('under pbt', [trained, 'no pruner', whole]),
      {
        ...{ name: 'under pbt: the best test_loss', ours: trained.loss, unit: 'at the end' },
        ...{ peer: 'no pruner', theirs: whole.loss },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run(out: string, request: Partial<RunRequest>): Promise<Ran> {
  const { elapsedMs } = await (await startRun({ ...latent, ...request, out })).outcome;
  const rows = (name: string) => rowsOf(readFileSync(join(out, name), 'utf8'));
  const ok = rows('trials.csv').filter(({ status }) => status === 'ok');
  const best = ok.reduce((a, b) => (Number(b.test_loss) < Number(a.test_loss) ? b : a));
  return {
    best: `latent ${best.latent}, alpha ${best.alpha}`,
    loss: Number(best.test_loss),
    epochs: rows('metrics.csv').length,
    seconds: elapsedMs / 1000,
  };
}
