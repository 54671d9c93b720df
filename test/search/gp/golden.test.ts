// After 100 trials no worse than Optuna's GP sampler on some of the golden problems, with results that come 8 trials late; all
// problems and seeds: `npm run bench -- search gp`.
import { expect, test } from 'vitest';
import { gp } from '../../../src/search/gp/method.js';
import { larger } from '../golden/mann-whitney.js';
import { findGolden, readPeers } from '../golden/peers.js';
import { problems } from '../golden/problems.js';
import { runProblem } from '../golden/run.js';

const golden = findGolden();

test.skipIf(golden === undefined).each(['hartmann3', 'rosenbrock4', 'optimizer_choice', 'zdt1_4'])(
  '%s: not worse than the golden results, as far as they are on this machine',
  (name) => {
    const problem = problems.find((each) => each.name === name)!;
    const peer = readPeers(golden!).find((each) => each.problem === name && each.sampler === 'gp')!;
    const theirs = peer.regret.map((row) => row[peer.n.indexOf(100)]!);
    const ours = [0, 1, 2].map(
      (seed) => runProblem({ problem, definition: gp, seed, trials: 100, lookahead: 8 }).at(-1)!,
    );
    expect(larger(ours, theirs), `${ours}`).toBeGreaterThan(0.05);
    expect(Math.min(...ours)).toBeLessThan(Math.max(...theirs));
  },
);
