// A cluster in simulated time: one coordinator, hosts with threads, links with delays, hosts that die. Replays the times of
// trials that really ran. Block sizes are those of the real coordinator; its work is charged as measured (cluster.ts).
import type { Clock } from '../../src/ground/clock.js';
import type { Random } from '../../src/ground/random.js';
import { BlockSizer } from '../../src/sweep/coordinator/blocks.js';

export interface Cluster {
  readonly hosts: number;
  /** Of each host. */
  readonly threads: number;
  /** One way between a host and the coordinator, in ms. */
  readonly linkMs: number;
  /** Every so many-th host has a link that is a hundred times slower; 0: none. */
  readonly slowEvery: number;
  /** Mean time between two deaths of a host, in ms; Infinity: none dies. */
  readonly deathMs: number;
  /** Until the coordinator knows of a death, and until the host is there again, in ms. */
  readonly noticeMs: number;
  readonly returnMs: number;
}

/** What the coordinator's only thread is busy with, in ms of processor time. */
export interface Price {
  /** A task, there and back. */
  readonly task: number;
  /** A trial of it. */
  readonly trial: number;
}

export interface Outcome {
  readonly elapsedMs: number;
  /** Work that counts, as a fraction of what all threads could have done. */
  readonly efficiency: number;
  /** Fraction of the time in which the coordinator is busy. */
  readonly coordinator: number;
  /** Fraction of all work that was done in vain, by hosts that died. */
  readonly wasted: number;
  readonly tasks: number;
  readonly deaths: number;
  /** How often each trial has counted. */
  readonly counted: Uint8Array;
}

/** Turned by whoever simulates. */
export class ManualClock implements Clock {
  #at = 0;

  now(): number {
    return this.#at;
  }

  elapsed(): number {
    return this.#at;
  }

  turnTo(at: number): void {
    if (at < this.#at) throw new RangeError(`the clock is at ${this.#at}, past ${at}`);
    this.#at = at;
  }
}

interface Task {
  readonly trials: readonly number[];
  readonly ms: number;
}

interface Host {
  readonly linkMs: number;
  /** Counts its lives: what was sent to an earlier one is lost. */
  life: number;
  idle: number;
  readonly waiting: Task[];
  /** What it holds, waiting, running or on its way back, with the time at which it began. */
  readonly held: Map<Task, number | undefined>;
}

type Act = () => void;

/** `times[i]` is how long trial i takes, in ms. */
export function simulate(times: readonly number[], cluster: Cluster, price: Price, random: Random): Outcome {
  const clock = new ManualClock();
  const agenda = new Agenda();
  const all = cluster.hosts * cluster.threads;
  const sizer = new BlockSizer('run', () => all, null);
  const counted = new Uint8Array(times.length);
  const again: Task[] = [];
  let next = 0;
  let done = 0;
  let busyUntil = 0;
  let busyMs = 0;
  let usefulMs = 0;
  let vainMs = 0;
  let tasks = 0;
  let deaths = 0;
  const after = (ms: number, act: Act) => agenda.add(clock.elapsed() + ms, act);

  /** The coordinator gets to it once it is free. */
  const serve = (ms: number, act: Act): void => {
    const begins = Math.max(clock.elapsed(), busyUntil);
    busyUntil = begins + ms;
    busyMs += ms;
    agenda.add(busyUntil, act);
  };
  const takeTask = (): Task | undefined => {
    const lost = again.pop();
    if (lost !== undefined) return lost;
    if (next === times.length) return undefined;
    const trials: number[] = [];
    // Not so large that others would stand idle at the end.
    const most = Math.max(1, Math.min(sizer.size, Math.ceil((times.length - next) / all)));
    let ms = 0;
    for (; trials.length < most && next < times.length; next++) {
      trials.push(next);
      ms += times[next]!;
    }
    return { trials, ms };
  };
  const hungry: { readonly host: Host; readonly life: number }[] = [];
  /** A host asks for a task; it hears of none until there is one. */
  const ask = (host: Host, life: number): void => {
    if (host.life !== life) return;
    const task = takeTask();
    if (task === undefined) {
      hungry.push({ host, life });
      return;
    }
    tasks++;
    host.held.set(task, undefined);
    after(host.linkMs, () => {
      if (host.life !== life) return;
      host.waiting.push(task);
      begin(host);
    });
  };
  const begin = (host: Host): void => {
    const { life } = host;
    while (host.idle > 0 && host.waiting.length > 0) {
      const task = host.waiting.shift()!;
      host.idle--;
      host.held.set(task, clock.elapsed());
      after(task.ms, () => {
        if (host.life !== life) return;
        host.idle++;
        begin(host);
        after(host.linkMs, () =>
          serve(price.task + price.trial * task.trials.length, () => finish(host, life, task)),
        );
      });
    }
  };
  const finish = (host: Host, life: number, task: Task): void => {
    // With its host a result on its way is lost: the task runs again elsewhere.
    if (host.life !== life) return;
    host.held.delete(task);
    for (const trial of task.trials) counted[trial]!++;
    done += task.trials.length;
    usefulMs += task.ms;
    sizer.learn(task.trials.length, task.ms);
    ask(host, life);
  };
  const die = (host: Host): void => {
    if (done === times.length) return;
    deaths++;
    host.life++;
    const lost = [...host.held.keys()];
    for (const [{ ms }, began] of host.held)
      if (began !== undefined) vainMs += Math.min(ms, clock.elapsed() - began);
    host.held.clear();
    host.waiting.length = 0;
    after(cluster.noticeMs, () => {
      again.push(...lost);
      while (again.length > 0 && hungry.length > 0) {
        const { host: other, life } = hungry.pop()!;
        ask(other, life);
      }
    });
    after(cluster.returnMs, () => join(host));
  };
  /** Each thread has one task and one more that waits, which hides the way there and back. */
  const join = (host: Host): void => {
    const { life } = host;
    host.idle = cluster.threads;
    after(host.linkMs, () => {
      for (let i = 0; i < 2 * cluster.threads; i++) serve(price.task / 2, () => ask(host, life));
    });
    if (cluster.deathMs < Number.POSITIVE_INFINITY)
      after(-Math.log(1 - random.uniform()) * cluster.deathMs, () => die(host));
  };

  for (let i = 0; i < cluster.hosts; i++) {
    const isSlow = cluster.slowEvery > 0 && i % cluster.slowEvery === cluster.slowEvery - 1;
    join({
      linkMs: cluster.linkMs * (isSlow ? 100 : 1),
      ...{ life: 0, idle: 0, waiting: [], held: new Map() },
    });
  }
  while (done < times.length) {
    const { at, act } = agenda.take();
    clock.turnTo(at);
    act();
  }
  const elapsedMs = clock.elapsed();
  return {
    elapsedMs,
    efficiency: usefulMs / (all * elapsedMs),
    coordinator: Math.min(1, busyMs / elapsedMs),
    wasted: vainMs / (usefulMs + vainMs),
    ...{ tasks, deaths, counted },
  };
}

interface Entry {
  readonly at: number;
  readonly act: Act;
}

/** What is to happen, the soonest first: a binary heap. */
class Agenda {
  readonly #heap: Entry[] = [];

  add(at: number, act: Act): void {
    const heap = this.#heap;
    let i = heap.length;
    const entry = { at, act };
    for (let up = (i - 1) >> 1; i > 0 && heap[up]!.at > at; up = (i - 1) >> 1) {
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = entry;
  }

  take(): Entry {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined) throw new RangeError('nothing is left to happen');
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let i = 0;
    for (let down = 1; down < heap.length; down = 2 * i + 1) {
      if (down + 1 < heap.length && heap[down + 1]!.at < heap[down]!.at) down++;
      if (heap[down]!.at >= last.at) break;
      heap[i] = heap[down]!;
      i = down;
    }
    heap[i] = last;
    return first;
  }
}
