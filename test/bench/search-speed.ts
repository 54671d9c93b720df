// `npm run bench -- search-speed [method…]`: milliseconds a proposal takes after 100, 200 and 1,000 trials of ten parameters
// (a sphere, one result after another), beside Optuna's `ask` and `suggest` together where its golden results are on this
// machine: the mean over their test problems, which have 2 to 20 parameters.
import type { MethodDefinition, Observation } from '../../src/search/contract.js';
import { createSearchSpace } from '../../src/search/space.js';
import { uniform } from '../../src/space/domain.js';
import { findDefinition, NAMES } from '../search/golden/definitions.js';
import { findGolden, PEERS, readSpeed } from '../search/golden/peers.js';
import type { BenchRow } from './row.js';

const PARAMETERS = 10;
/** Proposals that are timed. */
const TIMED = 50;
const AFTER = [100, 200, 1000] as const;

const TARGETS: Readonly<Record<string, string>> = {
  'tpe 1000': '≤ 1 ms',
  'gp 200': '≤ 50 ms',
  'cmaes 1000': '≤ 0.1 ms in 20 dimensions',
};

/** Gaussian processes are for hundreds of trials. */
const MOST: Readonly<Record<string, number>> = { gp: 200 };

export async function benchSearchSpeed(args: readonly string[] = []): Promise<readonly BenchRow[]> {
  const golden = findGolden();
  const rows: BenchRow[] = [];
  for (const name of args.length > 0 ? args : NAMES) {
    const definition = await findDefinition(name);
    if (definition === undefined) continue;
    const dimensions = name === 'cmaes' ? 20 : PARAMETERS;
    for (const n of AFTER) {
      if (n > (MOST[name] ?? n)) continue;
      const theirs = golden === undefined || n === 1000 ? undefined : readSpeed(golden, PEERS[name]!, n);
      const target = TARGETS[`${name} ${n}`];
      rows.push({
        name: `${name} after ${n} trials of ${dimensions} parameters`,
        ours: timeProposals(definition, n, dimensions),
        unit: 'ms',
        ...(theirs === undefined ? {} : { peer: `Optuna ${PEERS[name]}`, theirs }),
        ...(target === undefined ? {} : { target }),
      });
    }
  }
  return rows;
}

/** Of the proposals after n trials the fastest tenth: what others do on the machine does not count. */
function timeProposals(definition: MethodDefinition, n: number, dimensions: number): number {
  const domains = Array.from({ length: dimensions }, (_, i) => ({
    names: [`x${i}`],
    values: [uniform(-1, 1)],
  }));
  const space = createSearchSpace([{ axes: domains }]);
  const objectives = definition.objectives === 'several' ? 2 : 1;
  const options = definition.options.parse({});
  const method = definition.create({ space, seed: 1, options, objectives, allows: () => true });
  const told: Observation[] = [];
  const spent: number[] = [];
  for (let k = 0; k < n + TIMED; k++) {
    const from = performance.now();
    const { x } = method.propose(k, { told, pending: [] });
    if (k >= n) spent.push(performance.now() - from);
    told.push({
      number: k,
      x,
      status: 'ok',
      errors: new Array<number>(objectives).fill(0),
      violation: 0,
      step: null,
      ...resultAt(x, objectives),
    });
  }
  return spent.sort((a, b) => a - b)[Math.floor(TIMED / 10)]!;
}

function resultAt(x: Float64Array, objectives: number): Pick<Observation, 'values'> {
  const values = Array.from({ length: objectives }, (_, m) =>
    x.reduce((sum, u, d) => sum + (u - 0.3 - 0.01 * d - 0.3 * m) ** 2, 0),
  );
  return { values };
}
