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

/** Nights to remove, oldest first. `nights`: oldest first. */
export function findUnkept<N extends Pick<NightRecord, 'at'>>(
  nights: readonly N[],
  rule: KeepRule,
): readonly N[] {
  const kept = new Set<N>(nights.slice(-1));
  for (const unit of ['d', 'w', 'm'] as const) {
    const periods = new Set<string>();
    for (const night of [...nights].reverse()) {
      if (periods.size === rule[unit]) break;
      const period = PERIODS[unit](new Date(night.at));
      if (periods.has(period)) continue;
      periods.add(period);
      kept.add(night);
    }
  }
  return nights.filter((night) => !kept.has(night));
}

const DAY_MS = 86_400_000;

/** By UTC, so that machines in different places agree. Weeks begin on Monday. */
const PERIODS = {
  d: (at: Date) => at.toISOString().slice(0, 10),
  w: (at: Date) => String(Math.floor((at.getTime() / DAY_MS + 3) / 7)),
  m: (at: Date) => at.toISOString().slice(0, 7),
};
