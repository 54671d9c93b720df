// A run as a host has it: whether this machine may run it, and then the pool that does. Refuses what it does not know:
// another Sweepline, other code, other data, a task that nobody with the key has signed.
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { leadsOut } from '../ground/inside.js';
import type { Pool, PoolSetup } from '../pool/contract.js';
import { createHostPool } from '../pool/host.js';
import { TFJS_ENVIRONMENT } from '../session/tfjs/environment.js';
import { tryDevice } from '../session/try-device.js';
import type { Selection } from '../trial/selection.js';
import { ARTIFACTS } from '../trial/store.js';
import type { DataIdentity } from '../worker/contract.js';
import { hashBundle, unpackBundle } from './bundle.js';
import { findWorker } from './find-worker.js';
import type { QueueHostOptions } from './host-options.js';
import { keysOf, type RunKeys, sealedAs } from './keys.js';
import type { Redis } from './packages.js';
import type { QueuedRun } from './registry.js';
import { requireRoom, requireTrust, requireVersions } from './requirements.js';
import { isSealed, openSealed } from './seal.js';
import { unpackSetup } from './setup.js';
import { createTrialKeys } from './trial-keys.js';

/** A device of a host with its pool. */
export interface Lane {
  readonly device: string;
  readonly pool: Pool;
  running: number;
}

export type HostedState = 'loading' | 'ready' | 'refused';

/** For what whoever can write to the queue could run here. */
const TRUST =
  'start the host with --accept-shipped where you trust whoever writes to the queue, or set SWEEPLINE_QUEUE_KEY on all machines';

/** What a pool is told where an earlier limit counts no more. */
const NO_LIMIT_MS = Number.MAX_SAFE_INTEGER;

/** `folder`: its own, where the files of its trials are while they run. */
export class HostedRun {
  readonly keys: RunKeys;
  state: HostedState = 'loading';
  /** Where it was refused. */
  why: string | undefined;
  data: DataIdentity | null = null;
  readonly #options: QueueHostOptions;
  readonly #redis: Redis;
  #lanes: Lane[] = [];
  #isOver = false;
  #limitMs: number | undefined;
  #keysOf: (trials: Selection) => readonly string[] = () => [];

  constructor(
    private found: QueuedRun,
    options: QueueHostOptions,
    redis: Redis,
    readonly folder: string,
  ) {
    this.keys = keysOf(found.run);
    this.#options = options;
    this.#redis = redis;
  }

  /** Loads the worker and its data, in processes of their own. Never rejects: a run that cannot be run here is refused. */
  async prepare(): Promise<void> {
    try {
      const packed = await this.#redis.hgetBuffer(this.keys.run, 'setup');
      if (packed === null) throw new SweeplineError('BAD_USAGE', 'it has just ended');
      await this.#open(packed);
      if (!this.#isOver) this.state = 'ready';
    } catch (error) {
      this.#killLanes();
      this.state = 'refused';
      const { message, hint } = error as SweeplineError;
      this.why = hint === undefined ? message : `${message} (${hint})`;
      if (!this.#isOver) this.#options.say(`run ${this.about.run} is not taken: ${this.why}`);
    }
  }

  get about(): QueuedRun {
    return this.found;
  }

  /**
   * Takes over what the run says by now: a coordinator that has taken it up again may have been given other settings. False
   * where it is to be loaded anew: it is another run, its processes are to be others, or it was refused as it was before.
   */
  async goesOn(found: QueuedRun): Promise<boolean> {
    const { found: before } = this;
    if (found.session === before.session && found.text === before.text) return found.digest === before.digest;
    if (found.digest !== before.digest || this.state === 'refused') return false;
    if (processesOf(found) !== processesOf(before)) return false;
    const packed = await this.#redis.hgetBuffer(this.keys.run, 'setup');
    if (packed === null || !isSealed(found.signature, this.#options.secret, found.text, packed)) return false;
    this.found = found;
    return true;
  }

  /** The device that has most room. */
  get lane(): Lane {
    return this.#lanes.reduce((best, lane) => (lane.running < best.running ? lane : best));
  }

  get digest(): string {
    return this.about.digest;
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** The keys of trials, by which their checkpoints are known. */
  keysOf(trials: Selection): readonly string[] {
    return this.#keysOf(trials);
  }

  /** As it stands on the queue: milliseconds, or nothing where there is none, even if there was one. */
  limit(sealed: Uint8Array): void {
    const bytes = openSealed(this.#options.secret, sealedAs(this.about, 'limit'), sealed);
    if (bytes === undefined) return; // nobody's who has the key
    const text = Buffer.from(bytes).toString();
    const ms = text === '' ? undefined : Number(text);
    if (ms === this.#limitMs || Number.isNaN(ms)) return;
    this.#limitMs = ms;
    for (const { pool } of this.#lanes) pool.limit(ms ?? NO_LIMIT_MS);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The run is over: what still runs of it is nobody's. */
  kill(): void {
    this.#isOver = true;
    this.#killLanes();
  }

  async close(): Promise<void> {
    this.kill();
    await Promise.all(this.#lanes.map(({ pool }) => pool.close()));
  }

  #killLanes(): void {
    for (const { pool } of this.#lanes) pool.kill();
  }

  async #open(packed: Uint8Array): Promise<void> {
    const { about } = this;
    requireTrust(about, this.#options.secret, packed);
    requireVersions(about);
    requireRoom(about);
    const stages = join(this.folder, 'stages');
    const setup = unpackSetup(packed, this.folder, (stage) => join(stages, stage));
    mkdirSync(this.folder, { recursive: true });
    await this.#fetchStageFiles(stages);
    const workerUrl = await this.#findWorker();
    const devices = about.device.startsWith('cuda') ? this.#cudaDevices : [about.device];
    this.#lanes = devices.map((device) => ({
      device,
      pool: this.#openPool(workerUrl, device, devices.length),
      running: 0,
    }));
    await Promise.all(this.#lanes.map(({ pool, device }) => this.#begin(pool, device, setup)));
    this.#keysOf = createTrialKeys(setup, await this.#lanes[0]!.pool.questions.describe());
    if (this.#limitMs !== undefined) for (const { pool } of this.#lanes) pool.limit(this.#limitMs);
  }

  /** The environment shows a process one device alone, which is its first then. */
  get #cudaDevices(): readonly string[] {
    const { devices } = this.#options;
    if (devices.length > 0) return devices;
    throw new SweeplineError(
      'NO_DEVICE',
      `it trains on ${this.about.device}, and this host has no such device`,
      {
        hint: 'start the host with --devices cuda:0, or --devices auto',
      },
    );
  }

  async #findWorker(): Promise<string> {
    const { worker, bundle: expected } = this.about;
    const { sweeps, acceptShipped, secret } = this.#options;
    const isTrusted = acceptShipped || secret !== undefined;
    if (worker.command !== null) {
      if (isTrusted) return worker.command;
      throw new SweeplineError('BAD_USAGE', 'it runs a command line, which would come through the queue', {
        hint: TRUST,
      });
    }
    try {
      return findWorker(worker, [resolve(sweeps ?? '.')]);
    } catch (error) {
      if (expected === null) throw error;
      if (!isTrusted)
        throw new SweeplineError('BAD_USAGE', 'its code would come through the queue', {
          hint: TRUST,
          cause: error,
        });
    }
    const bundle = await this.#redis.hgetBuffer(this.keys.run, 'bundle');
    if (bundle === null) throw new SweeplineError('BAD_USAGE', 'its code is no longer on the queue');
    if (hashBundle(bundle) !== expected)
      throw new SweeplineError('BAD_USAGE', 'the code on the queue is not what its coordinator has sent');
    return unpackBundle(bundle, worker, join(this.folder, 'shipped'));
  }

  #openPool(workerUrl: string, device: string, devices: number): Pool {
    const { isolation, memoryBytes, loadMs } = this.about;
    const { threads, onLine } = this.#options;
    return createHostPool({
      ...{ workerUrl, isolation, loadMs, onLine, env: environmentOf(device) },
      threads: device.startsWith('cuda') ? threads : threads * devices,
      ...(memoryBytes === null ? {} : { memoryBytes }),
    });
  }

  async #begin(pool: Pool, device: string, setup: PoolSetup): Promise<void> {
    const { about } = this;
    const choice = this.#options.data ?? setup.data;
    const data = await pool.questions.load({ data: choice });
    const expected = about.data.identity;
    if (data?.sha256 !== expected?.sha256)
      throw new SweeplineError(
        'BAD_DATA',
        `its data set is ${showData(expected)} at the coordinator, and ${showData(data)} here`,
        { hint: 'put the same data set there, or name its folder with --data' },
      );
    this.data = data;
    const own = device.startsWith('cuda') ? 'cuda:0' : device;
    if (about.engine !== 'none') await tryDevice(about.engine, own, environmentOf(device));
    await pool.begin({ ...setup, device: own, data: choice });
  }

  async #fetchStageFiles(root: string): Promise<void> {
    for (const [name, sealed] of Object.entries(await this.#redis.hgetallBuffer(this.keys.files))) {
      const [stage, ...rest] = name.split('/');
      const path = resolve(root, stage!, ARTIFACTS, ...rest);
      if (leadsOut(path, resolve(root)))
        throw new SweeplineError('BAD_USAGE', `a stage's file is called ${JSON.stringify(name)}`);
      const bytes = openSealed(this.#options.secret, sealedAs(this.about, 'file', name), sealed);
      if (bytes === undefined)
        throw new SweeplineError('BAD_USAGE', `a stage's file, ${name}, is not signed with this host’s key`);
      mkdirSync(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    }
  }
}

/** What the processes of a run were started with. */
function processesOf({ isolation, memoryBytes, loadMs, worker, engine, device }: QueuedRun): string {
  const { sources, stage, command } = worker;
  return JSON.stringify([isolation, memoryBytes, loadMs, sources, stage, command, engine, device]);
}

function environmentOf(device: string): Readonly<Record<string, string>> {
  const [, index] = /^cuda:(\d+)$/.exec(device) ?? [];
  return index === undefined
    ? TFJS_ENVIRONMENT
    : { ...TFJS_ENVIRONMENT, CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: index };
}

function showData(data: DataIdentity | null): string {
  return data === null ? 'none' : `${data.name} (SHA-256 ${data.sha256.slice(0, 12)})`;
}
