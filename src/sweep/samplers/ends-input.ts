// What is asked of a run's end: `--target`, `--plateau` and the look-ahead that they need, checked and filled in.
import type { EndsAsked, Wanted } from './contract.js';
import type { Search } from './search-spec.js';

/** Proposals that may be made without the results of those before, unless it is told otherwise or has more workers. */
const LOOKAHEAD = 8;

/** Whether results decide when it ends. */
export function hasEnd({ target, plateau }: Pick<EndsAsked, 'target' | 'plateau'>): boolean {
  return target !== null || plateau !== null;
}

export function toSearch({ aims, ends, workers }: Wanted): Search {
  const { objectives, constraints } = aims;
  const { target, plateau } = ends;
  const lookahead = ends.lookahead ?? ends.usual ?? Math.max(LOOKAHEAD, workers);
  return { objectives, constraints, lookahead, target, plateau, auto: null };
}

/** `isHeard`: the sampler looks at results, be it for its end alone. */
export function findEndFaults(name: string, wanted: Wanted, isHeard: boolean): string[] {
  const { objectives } = wanted.aims;
  const { lookahead } = wanted.ends;
  const shown = objectives.map(({ metric, goal }) => `${metric}:${goal}`).join(', ');
  const faults: string[] = [];
  if (objectives.length === 0 && isHeard)
    faults.push(
      `${name}: no objective; expected one, such as --objective ${exampleMetric(wanted)}:min, or objectives in the sweep`,
    );
  if (hasEnd(wanted.ends) && objectives.length > 1)
    faults.push(`--target and --plateau: ${objectives.length} objectives (${shown}); expected one`);
  if (lookahead !== null && !isHeard)
    faults.push(`${name}: --lookahead ${lookahead}: it does not look at results; leave --lookahead out`);
  return faults;
}

function exampleMetric({ worker }: Wanted): string {
  return worker.metrics.find(({ type }) => type === 'number')?.name ?? 'loss';
}
