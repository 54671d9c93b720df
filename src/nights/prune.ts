// Which nights a rule such as `30d,12w,24m` keeps: the last night of each of the last 30 days, 12 weeks and 24 months that
// have one. The newest is always kept.
import { SweeplineError } from '../ground/errors.js';
import { showValue } from '../ground/shape.js';
import type { NightRecord } from './record.js';

export interface KeepRule {
  readonly d: number;
  readonly w: number;
  readonly m: number;
}

const PART = /^([1-9]\d{0,4})([dwm])$/;

/** Throws BAD_USAGE for anything else. */
export function readKeepRule(text: string): KeepRule {
  const rule = { d: 0, w: 0, m: 0 };
  const parts = text.split(',').map((part) => PART.exec(part.trim()));
  for (const part of parts) {
    const unit = part?.[2] as keyof KeepRule | undefined;
    if (part === null || unit === undefined || rule[unit] > 0) {
      throw new SweeplineError(
        'BAD_USAGE',
        `${showValue(text)} is no rule; expected numbers of days, weeks and months to keep, such as 30d,12w,24m`,
      );
    }
    rule[unit] = Number(part[1]);
  }
  return rule;
}

type Dated = Pick<NightRecord, 'at' | 'host' | 'isComplete'>;

/**
 * Nights to remove, oldest first, of each machine for itself: times are those of a machine. `nights`: oldest first. One
 * that was cut short stands for a period that has no other.
 */
export function findUnkept<N extends Dated>(nights: readonly N[], rule: KeepRule): readonly N[] {
  const hosts = [...new Set(nights.map(({ host }) => host))];
  const kept = new Set(
    hosts.flatMap((host) =>
      findKept(
        nights.filter((night) => night.host === host),
        rule,
      ),
    ),
  );
  return nights.filter((night) => !kept.has(night));
}

function findKept<N extends Dated>(nights: readonly N[], rule: KeepRule): N[] {
  const kept = new Set<N>(nights.slice(-1));
  for (const unit of ['d', 'w', 'm'] as const) {
    const periods = new Map<string, N>();
    for (const night of [...nights].reverse()) {
      const period = PERIODS[unit](new Date(night.at));
      const known = periods.get(period);
      if (known === undefined ? periods.size < rule[unit] : !known.isComplete && night.isComplete)
        periods.set(period, night);
    }
    for (const night of periods.values()) kept.add(night);
  }
  return [...kept];
}

const DAY_MS = 86_400_000;

/** By UTC, so that machines in different places agree. Weeks begin on Monday. */
const PERIODS = {
  d: (at: Date) => at.toISOString().slice(0, 10),
  w: (at: Date) => String(Math.floor((at.getTime() / DAY_MS + 3) / 7)),
  m: (at: Date) => at.toISOString().slice(0, 7),
};
