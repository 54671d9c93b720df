// The two families of learning curves of the golden results, and a sweep over them, one trial after another. `curves_plain`:
// ranks settle early. `curves_crossing`: a low floor goes with a high start, so that early ranks say little.

import { median } from 'simple-statistics';
import type { PrunerSpec, PruningRule } from '../../../src/search/pruning/contract.js';
import { PromotionBoard } from '../../../src/search/pruning/promotion.js';
import { createPruningRule } from '../../../src/search/pruning/rules.js';
import { StoppingBoard } from '../../../src/search/pruning/stopping.js';

export const STEPS = 81;

interface Family {
  /** a, b and c of a + b·t^-c. */
  readonly parts: (x: number, y: number) => readonly [number, number, number];
  readonly noise: number;
  /** The lowest there is at the last step, without noise. */
  readonly lowest: number;
}

function floorOf(x: number, y: number): number {
  const deep = 0.55 * Math.exp(-((x - 0.25) ** 2 + (y - 0.65) ** 2) / (2 * 0.15 ** 2));
  const broad = 0.4 * Math.exp(-((x - 0.75) ** 2 + (y - 0.3) ** 2) / (2 * 0.25 ** 2));
  return 0.9 - deep - broad;
}

export const FAMILIES: Readonly<Record<string, Family>> = {
  curves_plain: {
    parts: (x, y) => [floorOf(x, y), 0.6 + 0.8 * x, 0.35 + 0.75 * y + 0.4 * x],
    noise: 0.01,
    lowest: 0.3419214352309557,
  },
  curves_crossing: {
    parts: (x, y) => {
      const floor = floorOf(x, y);
      const d = (0.9 - floor) / 0.58;
      return [floor, 0.55 + 0.5 * d + 0.3 * y, 0.95 - 0.35 * d];
    },
    noise: 0.03,
    lowest: 0.4152500847814844,
  },
};

/** The same with trials that pause: each up to its next rung, and again once it may go on. */
export function runPausing(
  name: string,
  configs: readonly Config[],
  noise: number,
  pruner: Omit<AskedPruner, 'lookahead'>,
): CurveRun {
  const family = FAMILIES[name]!;
  const spec = { metric: 'loss', goal: 'min', lookahead: 1, pause: true, ...pruner } as never;
  const rule = createPruningRule(spec, 0)!;
  const board = new PromotionBoard(rule, spec);
  const observed = (trial: number, step: number) =>
    curveAt(family, configs[trial]!, step) + family.noise * noiseOf(noise, trial, step);
  const stopped = configs.map(() => 0);
  const finished = configs.map(() => false);
  const ready = [...configs.keys()];
  for (const trial of ready) board.propose(trial);
  board.complete();
  while (ready.length > 0) {
    const trial = ready.shift()!;
    const past = board.continuation(trial)?.past ?? 0;
    let isPaused = false;
    while (stopped[trial]! < STEPS && !isPaused) {
      const step = ++stopped[trial]!;
      board.learn(trial, step, observed(trial, step));
      isPaused = (rule.rungOf(step, 0) ?? 0) > past;
    }
    finished[trial] = !isPaused;
    if (isPaused) board.park();
    else board.end(trial);
    for (const { do: what, trial: other } of board.decide()) if (what === 'release') ready.push(other);
  }
  const ends = [...configs.keys()].filter((trial) => finished[trial]);
  const best = ends.reduce((a, b) => (observed(b, STEPS) < observed(a, STEPS) ? b : a));
  return {
    ...{ stopped, finished, steps: stopped.reduce((sum, each) => sum + each, 0) },
    regret: curveAt(family, configs[best]!, STEPS) - family.lowest,
  };
}

function curveAt({ parts }: Family, [x, y]: Config, step: number): number {
  const [a, b, c] = parts(x, y);
  return a + b * step ** -c;
}

/** The series and its goal go without saying. */
export interface AskedPruner {
  readonly name: string;
  readonly lookahead: number;
  readonly [option: string]: unknown;
}

type Config = readonly [x: number, y: number];

export interface CurveRun {
  /** The step that each trial got to. */
  readonly stopped: readonly number[];
  readonly finished: readonly boolean[];
  readonly steps: number;
  /** Of the finished trial with the lowest last value as observed, without noise, above the lowest there is. */
  readonly regret: number;
}

/** Of the noise, and of the brackets, which may also be given one by one. */
interface Seeds {
  readonly noise: number;
  readonly brackets: number | ((trial: number) => number);
}

/** One configuration after another, each up to where it is pruned. */
export function runCurves(
  name: string,
  configs: readonly Config[],
  { noise, brackets }: Seeds,
  pruner: AskedPruner | null,
): CurveRun {
  const family = FAMILIES[name]!;
  const board = pruner === null ? undefined : new StoppingBoard(ruleOf(pruner, brackets), pruner.lookahead);
  const stopped: number[] = [];
  const finished: boolean[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  let regret = Number.NaN;
  for (const [trial, config] of configs.entries()) {
    board?.propose(trial);
    let step = 0;
    let value = 0;
    let isPruned = false;
    while (step < STEPS && !isPruned) {
      step++;
      value = curveAt(family, config, step) + family.noise * noiseOf(noise, trial, step);
      board?.learn(trial, step, value);
      isPruned = (board?.decide() ?? []).length > 0;
    }
    board?.end(trial);
    board?.decide();
    stopped.push(step);
    finished.push(!isPruned);
    if (isPruned || value >= lowest) continue;
    lowest = value;
    regret = curveAt(family, config, STEPS) - family.lowest;
  }
  return { stopped, finished, steps: stopped.reduce((sum, each) => sum + each, 0), regret };
}

/**
 * The same under the median rule of Optuna, in the plainest words: a trial is held against those that have completed alone,
 * its best value so far against the median of theirs at the step, once there are five of them.
 */
export function runAgainstCompleted(name: string, configs: readonly Config[], noise: number): CurveRun {
  const family = FAMILIES[name]!;
  const completed: number[][] = Array.from({ length: STEPS + 1 }, () => []);
  const stopped: number[] = [];
  const finished: boolean[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  let regret = Number.NaN;
  for (const [trial, config] of configs.entries()) {
    const values: number[] = [];
    let isPruned = false;
    while (values.length < STEPS && !isPruned) {
      const step = values.length + 1;
      values.push(curveAt(family, config, step) + family.noise * noiseOf(noise, trial, step));
      const others = completed[step]!;
      isPruned = others.length >= 5 && Math.min(...values) > median(others);
    }
    stopped.push(values.length);
    finished.push(!isPruned);
    if (isPruned) continue;
    for (const [i, value] of values.entries()) completed[i + 1]!.push(value);
    if (values.at(-1)! >= lowest) continue;
    lowest = values.at(-1)!;
    regret = curveAt(family, config, STEPS) - family.lowest;
  }
  return { stopped, finished, steps: stopped.reduce((sum, each) => sum + each, 0), regret };
}

function ruleOf(pruner: AskedPruner, brackets: Seeds['brackets']): PruningRule {
  const spec: PrunerSpec = { metric: 'loss', goal: 'min', ...pruner };
  if (typeof brackets === 'number') return createPruningRule(spec, brackets)!;
  return { ...createPruningRule(spec, 0)!, bracketOf: brackets };
}

/** Standard normal, the same number for the same names: as in the golden results. */
function noiseOf(...names: readonly number[]): number {
  let state = 0;
  for (const name of names) state = mixed((state + name + 0x9e3779b9) | 0);
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
}

/** MurmurHash3's finaliser. */
function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
