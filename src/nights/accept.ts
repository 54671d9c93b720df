// Accepts changes: what a metric does from the night of its change on is as it should be.
import type { Clock } from '../ground/clock.js';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown, plural } from '../ground/text.js';
import { addAccepted, isMeant, readAccepted } from './accepted.js';
import { judgeTonight } from './gate.js';
import { listSuites, readHistory } from './history.js';
import type { GateCell } from './verdict.js';
import { nameOf } from './words.js';

export interface Acceptance {
  readonly history: string;
  /** Undefined: the only one that the history has. */
  readonly suite: string | undefined;
  /** See Accepted. */
  readonly metrics: readonly string[];
  readonly why: string;
  /** Undefined: the first night of the change of each. */
  readonly since: string | undefined;
}

export interface AcceptedChange {
  /** As it was asked for. */
  readonly metric: string;
  readonly since: string;
  /** Names of what is accepted: the cells that changed then. */
  readonly cells: readonly string[];
}

/** Rejects with BAD_USAGE for names that no metric of the newest night has, and those that have not changed. */
export async function acceptChanges(asked: Acceptance, clock: Clock): Promise<readonly AcceptedChange[]> {
  const { history, metrics, why } = asked;
  const suite = asked.suite ?? (await findOnlySuite(history));
  const { nights } = await readHistory(history, suite);
  const last = nights.findLast(({ isComplete }) => isComplete);
  if (last === undefined)
    throw new SweeplineError('BAD_USAGE', `${history} holds no night of the suite ${suite}`, {
      hint: `run one: sweepline suite ${suite} --baseline ${history}`,
    });
  if (asked.since !== undefined && !nights.some(({ night }) => night === asked.since))
    throw new SweeplineError(
      'BAD_USAGE',
      describeUnknown(
        'night',
        asked.since,
        nights.slice(-5).map(({ night }) => night),
      ),
    );
  const { accepted } = await readAccepted(history, suite);
  const gate = judgeTonight(last, { nights, faults: [] }, { accepted });
  const faults: string[] = [];
  const changes = metrics.flatMap((metric): AcceptedChange[] => {
    const meant = gate.cells.filter((cell) => isMeant(metric, cell));
    if (meant.length === 0) faults.push(describeUnknown('metric', metric, listNames(gate.cells)));
    if (asked.since !== undefined) return [{ metric, since: asked.since, cells: [metric] }];
    const changed = groupByNight(meant, last.night);
    if (meant.length > 0 && changed.length === 0)
      faults.push(
        `${metric}: ${plural(meant.length, 'cell')}, none of which has changed; --since says from which night on`,
      );
    return changed.map(([since, cells]) => ({ metric, since, cells }));
  });
  throwFaults('BAD_USAGE', `nothing is accepted of ${suite}`, faults);
  // What changed in one night is one acceptance.
  for (const since of new Set(changes.map((change) => change.since))) {
    const own = changes.filter((change) => change.since === since).flatMap(({ cells }) => cells);
    await addAccepted(history, { suite, metrics: [...new Set(own)], why, since }, clock);
  }
  return changes;
}

async function findOnlySuite(history: string): Promise<string> {
  const suites = await listSuites(history);
  if (suites.length === 1) return suites[0]!;
  throw new SweeplineError(
    'BAD_USAGE',
    suites.length === 0 ? `${history} holds no nights` : `${history} holds nights of ${suites.join(', ')}`,
    { hint: suites.length === 0 ? 'give --baseline the folder of the history' : 'say which with --suite' },
  );
}

/** Names of the cells that changed, by the first night of it. Where some are worse, or have moved, those alone. */
function groupByNight(cells: readonly GateCell[], last: string): [since: string, names: string[]][] {
  const bad = cells.filter(({ verdict }) => verdict === 'worse' || verdict === 'moved');
  const nights = new Map<string, string[]>();
  for (const cell of bad.length > 0 ? bad : cells.filter(({ since }) => since !== null)) {
    // What has no value any more has been without one since the last night.
    const since = cell.since ?? last;
    nights.set(since, [...(nights.get(since) ?? []), nameOf(cell)]);
  }
  return [...nights].sort();
}

function listNames(cells: readonly GateCell[]): string[] {
  const names = [...new Set(cells.map(({ metric }) => metric.name))];
  return cells.length <= 20 ? [...names, ...cells.map(nameOf)] : names;
}
