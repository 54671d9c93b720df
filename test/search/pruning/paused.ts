// Trials that pause, before a board of a pruner: any number of workers, reports and results that arrive when they like, legs
// that are lost and run again, a coordinator that is killed and begins anew from what is on disk.
import type { Random } from '../../../src/ground/random.js';
import type { Board, Rungs } from '../../../src/search/pruning/contract.js';

export type Row = readonly [step: number, value: number];

/** What a trial does, whenever it runs. */
export interface Behaviour {
  readonly curve: readonly Row[];
  /** It looks whether it shall stop at every so many reports; 0: never. */
  readonly looks: number;
  /** After so many rows it fails, without having looked; Infinity: never. */
  readonly failsAfter: number;
}

export interface Conditions {
  readonly workers: number;
  /** The chance that a leg is lost at a step of it. */
  readonly deaths: number;
  /** After so many events the board is made anew. */
  readonly kill: number;
}

export interface Played {
  /** As JSON, each once: those of boards that were made anew are the same. */
  readonly decisions: ReadonlySet<string>;
  /** In the order in which they were made, by all boards. */
  readonly all: readonly string[];
  /** By trial: how many rows of its curve count, and what ended it. */
  readonly ends: readonly End[];
  /** Names of those that are left. */
  readonly checkpoints: readonly string[];
  readonly steps: number;
}

export interface End {
  readonly rows: number;
  readonly how: 'ended' | 'pruned' | 'refused';
}

type State = 'unborn' | 'ready' | 'running' | 'stopping' | 'parked' | 'ended' | 'recorded';

interface Trial extends Behaviour {
  readonly number: number;
  state: State;
  /** Rows that it has reported, those that the board has heard of, and those that it had when its leg began. */
  at: number;
  told: number;
  from: number;
  past: number;
  pausedAt: number | undefined;
  /** What is on disk: its pauses, and whether its result waits there for its row. */
  readonly pauses: { readonly rung: number; readonly rows: number }[];
  isHeld: boolean;
  save: string;
  end: End | undefined;
}

interface Game {
  readonly make: () => Board;
  readonly rungs: Rungs;
  readonly behaviours: readonly Behaviour[];
  readonly conditions: Conditions;
  readonly random: Random;
  /** True: one that goes on where it was to pause is refused; false: it waits. */
  readonly refuses: boolean;
  readonly checkpointOf: (trial: number) => string;
}

export function play(game: Game): Played {
  return new Playing(game).run();
}

class Playing {
  readonly #game: Game;
  readonly #trials: Trial[];
  readonly #files = new Set<string>();
  #board: Board;
  #proposed = 0;
  #isComplete = false;
  readonly #decisions: string[] = [];
  #steps = 0;

  constructor(game: Game) {
    this.#game = game;
    this.#board = game.make();
    this.#trials = game.behaviours.map((behaviour, number) => ({
      ...{ ...behaviour, number, state: 'unborn' as const, at: 0, told: 0, from: 0, pauses: [] },
      ...{ past: Number.NEGATIVE_INFINITY, pausedAt: undefined, isHeld: false, save: '', end: undefined },
    }));
  }

  run(): Played {
    const { random, conditions } = this.#game;
    for (let count = 1; ; count++) {
      if (count === conditions.kill) this.#restart();
      const events = this.#events();
      if (events.length === 0) break;
      events[random.below(events.length)]!();
      this.#advance();
    }
    const left = this.#trials.filter(({ state }) => state !== 'recorded');
    if (left.length > 0)
      throw new Error(`for ever: ${left.map(({ number, state }) => `${number} ${state}`).join(', ')}`);
    return {
      decisions: new Set(this.#decisions),
      all: this.#decisions,
      ends: this.#trials.map(({ end }) => end!),
      checkpoints: [...this.#files],
      steps: this.#steps,
    };
  }

  /** What can happen next. */
  #events(): (() => void)[] {
    const { workers, deaths } = this.#game.conditions;
    const { random } = this.#game;
    const running = this.#trials.filter(({ state }) => state === 'running' || state === 'stopping');
    const isFree = running.length < workers;
    const events: (() => void)[] = [];
    if (this.#proposed < this.#trials.length) {
      if (isFree) events.push(() => this.#propose());
    } else if (!this.#isComplete) events.push(() => this.#complete());
    for (const trial of this.#trials) {
      if (trial.state === 'ready' && isFree) events.push(() => this.#begin(trial));
      if (trial.state === 'running')
        events.push(() => (random.uniform() < deaths ? this.#lose(trial) : this.#step(trial)));
      if (trial.state === 'running' && trial.told < trial.at) events.push(() => this.#tell(trial));
      if (trial.state === 'stopping')
        events.push(() => (random.uniform() < deaths ? this.#lose(trial) : this.#arrive(trial)));
      if (this.#isDecided(trial)) events.push(() => this.#record(trial));
    }
    return events;
  }

  #propose(): void {
    const trial = this.#trials[this.#proposed++]!;
    this.#board.propose(trial.number);
    trial.state = 'ready';
  }

  #complete(): void {
    this.#isComplete = true;
    this.#board.complete();
  }

  #begin(trial: Trial): void {
    const { past, checkpoint } = this.#board.continuation(trial.number) ?? {};
    const name = this.#game.checkpointOf(trial.number);
    const { load, save } = checkpoint ?? { load: name, save: name };
    if (load !== save && !this.#files.has(load) && !this.#files.has(save))
      throw new Error(`trial ${trial.number} is to go on from ${load}, which is gone`);
    trial.save = save;
    trial.past = past ?? Number.NEGATIVE_INFINITY;
    trial.state = 'running';
    trial.from = trial.at;
    trial.pausedAt = undefined;
  }

  /** The next report, or the end. */
  #step(trial: Trial): void {
    const { curve, looks, failsAfter } = trial;
    if (trial.at >= Math.min(curve.length, failsAfter)) {
      trial.state = 'ended';
      this.#files.delete(trial.save);
      this.#tell(trial);
      this.#board.end(trial.number);
      trial.isHeld = !this.#game.refuses && this.#board.verdict(trial.number).state === 'waits';
      return;
    }
    const { rungs } = this.#game;
    const before = trial.at === 0 ? null : rungs.rungOf(curve[trial.at - 1]![0], 0);
    const rung = rungs.rungOf(curve[trial.at]![0], 0);
    trial.at++;
    this.#steps++;
    const isNew = rung !== null && (rung !== before || trial.at - 1 === trial.from);
    if (isNew && rung > trial.past) trial.pausedAt = rung;
    const looksNow = looks > 0 && trial.at % looks === 0 && trial.at !== failsAfter;
    if (trial.pausedAt === undefined || !looksNow) return;
    this.#files.add(trial.save);
    trial.state = 'stopping';
  }

  #tell(trial: Trial): void {
    for (; trial.told < trial.at; trial.told++) this.#board.learn(trial.number, ...trial.curve[trial.told]!);
  }

  /** Its result: it has paused. */
  #arrive(trial: Trial): void {
    this.#tell(trial);
    trial.pauses.push({ rung: trial.pausedAt!, rows: trial.at });
    trial.state = 'parked';
    this.#board.park(trial.number, trial.pausedAt!);
    this.#advance();
    this.#wake(trial);
  }

  /** Its host died: the leg begins anew. */
  #lose(trial: Trial): void {
    trial.at = trial.from;
    trial.told = Math.min(trial.told, trial.at);
    trial.state = 'ready';
  }

  #wake(trial: Trial): void {
    if (trial.state !== 'parked') return;
    const verdict = this.#board.verdict(trial.number);
    if (verdict.state === 'passed') trial.state = 'ready';
  }

  /** It can have its row. */
  #isDecided({ number, state, told }: Trial): boolean {
    if (state === 'unborn' || state === 'recorded') return false;
    const verdict = this.#board.verdict(number);
    if (verdict.state === 'pruned') return told > verdict.row && state !== 'ready';
    return state === 'ended' && (this.#game.refuses || verdict.state !== 'waits');
  }

  #record(trial: Trial): void {
    const verdict = this.#board.verdict(trial.number);
    const how = verdict.state === 'pruned' ? 'pruned' : verdict.state === 'waits' ? 'refused' : 'ended';
    trial.end = { rows: verdict.state === 'pruned' ? verdict.row + 1 : trial.at, how };
    trial.state = 'recorded';
    this.#board.end(trial.number);
    this.#board.record(trial.number);
    if (how === 'pruned') this.#files.delete(trial.save);
  }

  #advance(): void {
    for (const decision of this.#board.decide()) {
      this.#decisions.push(JSON.stringify(decision));
      this.#wake(this.#trials[decision.trial]!);
    }
    for (const name of this.#board.takeSpent()) this.#files.delete(name);
  }

  /** The coordinator is killed, with all that runs: what is on disk is left. */
  #restart(): void {
    this.#board = this.#game.make();
    this.#isComplete = false;
    const proposed = this.#trials.slice(0, this.#proposed);
    for (const trial of proposed) this.#takeUp(trial);
    for (const { isHeld, state, number } of proposed)
      if (isHeld && state === 'ended') this.#board.end(number);
    this.#advance();
    for (const trial of proposed) this.#wake(trial);
  }

  #takeUp(trial: Trial): void {
    const { number, curve, pauses, end, isHeld } = trial;
    this.#board.propose(number);
    if (end === undefined && !isHeld) {
      trial.at = pauses.at(-1)?.rows ?? 0;
      trial.state = pauses.length === 0 ? 'ready' : 'parked';
    }
    trial.told = end?.rows ?? trial.at;
    for (const row of curve.slice(0, trial.told)) this.#board.learn(number, ...row);
    for (const { rung } of pauses) this.#board.park(number, rung);
    if (end !== undefined) this.#board.settle(number, end.how === 'pruned');
  }
}
