// The hosts that take part in a run, as its coordinator sees them: how many threads they have together, who refuses it and
// why, who says what it runs.
import { randomUUID } from 'node:crypto';
import { ownVersion } from '../ground/version.js';
import type { BusyThread } from '../trial/busy.js';
import { KEYS } from './keys.js';
import type { FromQueueHost, HostRecord } from './messages.js';
import type { Redis } from './packages.js';
import { readHosts } from './registry.js';

export interface WatchHostsOptions {
  readonly redis: Redis;
  readonly run: string;
  readonly say: (line: string) => void;
}

type Said = Extract<FromQueueHost, { readonly t: 'busy' }>;

interface Asked {
  readonly waitsFor: Set<string>;
  readonly threads: BusyThread[];
  readonly done: () => void;
}

/** How long hosts may take to say what they run, in ms. */
const ANSWER_MS = 700;
/** After so many looks in a row without any host it is told that none is there. */
const PATIENT_LOOKS = 2;

export class WatchHosts {
  readonly #options: WatchHostsOptions;
  #hosts: readonly HostRecord[] = [];
  readonly #told = new Set<string>();
  readonly #asked = new Map<string, Asked>();
  /** In a row, without a host. */
  #lonelyLooks = 0;
  #listener: () => void = () => undefined;

  constructor(options: WatchHostsOptions) {
    this.#options = options;
  }

  /**
   * Threads of all that take part, or may: a host loads the worker only once there is something to take. One where there
   * is no host, so that there is something.
   */
  get threads(): number {
    return Math.max(
      1,
      this.#able.reduce((sum, { threads }) => sum + threads, 0),
    );
  }

  get #able(): HostRecord[] {
    const { run } = this.#options;
    return this.#hosts.filter(
      ({ state, sweepline, runs }) =>
        state === 'ready' && sweepline === ownVersion() && runs[run]?.state !== 'refused',
    );
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  get #takingPart(): HostRecord[] {
    const { run } = this.#options;
    return this.#hosts.filter(({ state, runs }) => state === 'ready' && runs[run]?.state === 'ready');
  }

  /** Reads who is there, and tells what has changed. */
  async look(): Promise<void> {
    const { redis, run } = this.#options;
    const before = this.threads;
    const names = new Map(this.#takingPart.map(({ id, name }) => [id, name]));
    this.#hosts = await readHosts(redis);
    const now = new Map(this.#takingPart.map((host) => [host.id, host]));
    for (const [id, host] of now) if (!names.has(id)) this.#tellJoined(host);
    for (const [id, name] of names) {
      if (now.has(id)) continue;
      const isDraining = this.#hosts.some((host) => host.id === id);
      this.#options.say(`host ${name} ${isDraining ? 'takes nothing more' : 'is gone'}`);
    }
    for (const { id, name, runs } of this.#hosts) {
      const why = runs[run]?.state === 'refused' ? (runs[run].why ?? 'for no reason') : undefined;
      if (why !== undefined) this.#tellOnce(`${id} ${why}`, `host ${name} does not take part: ${why}`);
    }
    this.#lonelyLooks = this.#able.length === 0 ? this.#lonelyLooks + 1 : 0;
    if (this.#lonelyLooks === PATIENT_LOOKS)
      this.#options.say('no host takes part: start some with `sweepline host --queue …`');
    if (this.threads !== before) this.#listener();
  }

  #tellJoined({ name, threads, node }: HostRecord): void {
    this.#options.say(`host ${name} takes part with ${threads} thread${threads === 1 ? '' : 's'}`);
    const [theirs, ours] = [node, process.version].map((version) => version.split('.')[0]);
    if (theirs !== ours)
      this.#tellOnce(
        `node ${name}`,
        `host ${name} runs Node.js ${node}, this machine ${process.version}: last digits may differ`,
      );
  }

  #tellOnce(what: string, line: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#options.say(line);
  }

  /** Versions of the hosts that are there, where none is of this one's. */
  get otherVersions(): string[] {
    const versions = this.#hosts.map(({ name, sweepline }) => [name, sweepline] as const);
    if (versions.length === 0 || versions.some(([, version]) => version === ownVersion())) return [];
    return versions.map(([name, version]) => `host ${name} is Sweepline ${version}`);
  }

  /** What hosts run now; those that do not answer in time are left out. */
  async busy(): Promise<readonly BusyThread[]> {
    const { redis, run } = this.#options;
    const waitsFor = new Set(this.#hosts.filter(({ runs }) => run in runs).map(({ id }) => id));
    if (waitsFor.size === 0) return [];
    const ask = randomUUID();
    const threads: BusyThread[] = [];
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#asked.set(ask, { waitsFor, threads, done });
      redis.publish(KEYS.bell, `busy ${run} ${ask}`).catch(done);
    });
    this.#asked.delete(ask);
    return threads;
  }

  answer({ ask, host, threads }: Said): void {
    const asked = this.#asked.get(ask);
    if (asked === undefined) return;
    asked.threads.push(...threads);
    asked.waitsFor.delete(host);
    if (asked.waitsFor.size === 0) asked.done();
  }
}
