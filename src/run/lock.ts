// coordinator.lock: one coordinator a run folder. A lock whose process is gone is taken over, at once where one can look,
// and after a minute of silence where it is of another machine or container; of several that find it stale at once
// exactly one gets it, because stale locks are only removed under a second lock of the same kind.
// A coordinator that was frozen so long that another took its lock is told, and every write to the journal looks first
// whether the lock is still there. What that cannot rule out: a freeze between the look and the write, some microseconds.
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { type Clock, systemClock } from '../ground/clock.js';
import { createFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';

export const LOCK_FILE = 'coordinator.lock';
const HEARTBEAT_MS = 5_000;
/** How often, at most, a writer looks whether the lock is still there. */
const LOOK_MS = 10;
/** A lock of another machine is stale when it has not been touched for so long by the clock, */
const STALE_MS = 60_000;
/** and is not touched while one looks on, for so long: clocks of machines differ. */
const WATCH_MS = 2.5 * HEARTBEAT_MS;
const LOOK_ON_MS = 500;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in clock ticks since boot, against recycled pids; null where /proc has none. */
  readonly started: string | null;
  /** Where its pid means something: see `readPlace`. Absent in locks of earlier versions. */
  readonly place?: string | null;
  readonly token: string;
}

export interface Lock {
  /** Throws LOCKED where the lock is no longer one's own: then nothing may be written. */
  check(): void;
  /** Removes the lock if it is still one's own. May be called twice. */
  release(): Promise<void>;
}

export interface LockOptions {
  readonly clock?: Clock;
  /** This machine's name. */
  readonly host?: string;
  /** How long to look on whether a lock of another machine is touched after all, in ms. */
  readonly watchMs?: number;
  /** Hears why taking the lock takes a while. */
  readonly onWait?: (text: string) => void;
  /** Called once when the lock is lost: stop writing at once. */
  readonly onLost?: (reason: SweeplineError) => void;
}

/** Takes the lock of a run folder, or throws LOCKED with the pid and host of the coordinator that holds it. */
export async function acquireLock(folder: string, options: LockOptions = {}): Promise<Lock> {
  const { clock = systemClock, host = hostname(), watchMs = WATCH_MS, onLost, onWait } = options;
  const path = join(folder, LOCK_FILE);
  const started = await readStart(process.pid);
  const own: Holder = { pid: process.pid, host, started, place: readPlace(), token: randomUUID() };
  const other = await take(path, { own, clock, watchMs, onWait }).catch((cause: unknown) => {
    if (cause instanceof SweeplineError) throw cause;
    throw new SweeplineError('BAD_RUN_FOLDER', `cannot write in ${folder}: ${(cause as Error).message}`, {
      cause,
    });
  });
  if (other !== undefined) {
    throw new SweeplineError(
      'LOCKED',
      `${folder} is in use by the coordinator with pid ${other.pid} on ${other.host}`,
      {
        hint: 'wait for it, or stop it (Ctrl-C there), then resume',
      },
    );
  }
  return new FolderLock({ folder, path, own, clock, onLost });
}

interface Held {
  readonly folder: string;
  readonly path: string;
  readonly own: Holder;
  readonly clock: Clock;
  readonly onLost: LockOptions['onLost'];
}

class FolderLock implements Lock {
  readonly #held: Held;
  /** Kept open, so that no file made later can have its number. */
  readonly #fd: number;
  readonly #inode: number;
  readonly #timer: NodeJS.Timeout;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isLost = false;
  #isReleased = false;

  constructor(held: Held) {
    this.#held = held;
    this.#fd = openSync(held.path, 'r');
    this.#inode = fstatSync(this.#fd).ino;
    this.#timer = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    this.#timer.unref();
  }

  check(): void {
    // Who was frozen for a minute finds that more time has passed than this.
    if (this.#isLost || this.#held.clock.elapsed() - this.#lookedAt >= LOOK_MS) this.#look();
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    clearInterval(this.#timer);
    closeSync(this.#fd);
    const { path, own } = this.#held;
    if (await isOwn(path, own)) await rm(path, { force: true });
  }

  /** Throws where the file under the lock's name is not the one that was made. */
  #look(): void {
    if (this.#isReleased) return;
    const { folder, path, clock, onLost } = this.#held;
    this.#lookedAt = clock.elapsed();
    if (!this.#isLost && inodeOf(path) === this.#inode) return;
    const reason = describeLoss(folder, inodeOf(folder) !== undefined);
    if (!this.#isLost) {
      this.#isLost = true;
      clearInterval(this.#timer);
      onLost?.(reason);
    }
    throw reason;
  }

  async #beat(): Promise<void> {
    const { path, clock } = this.#held;
    const seconds = clock.now() / 1000;
    try {
      this.#look();
      await utimes(path, seconds, seconds);
    } catch {
      // Lost, and told; or gone in this moment, which the next beat finds.
    }
  }
}

/** What tells a file from another of the same name; undefined where there is none. */
function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function describeLoss(folder: string, isThere: boolean): SweeplineError {
  return isThere
    ? new SweeplineError(
        'LOCKED',
        `another coordinator has taken over ${folder}, as this one had not been heard of for over a minute`,
        { hint: 'this one writes nothing more; see `sweepline status` for what the other one does' },
      )
    : new SweeplineError('LOCKED', `${folder} has lost its lock: it was deleted, moved or renamed`, {
        hint: 'put it back under its name and resume the run: what was acknowledged is safe',
      });
}

/** Who works on the run folder now, if anybody. Looks only. */
export async function findCoordinator(
  folder: string,
  { clock = systemClock, host = hostname() }: Pick<LockOptions, 'clock' | 'host'> = {},
): Promise<{ readonly pid: number; readonly host: string } | undefined> {
  const path = join(folder, LOCK_FILE);
  const holder = await readHolder(path);
  if (holder === undefined) return undefined;
  return (await findStaleness(path, holder, { own: { host, place: readPlace() }, clock })) === 'alive'
    ? holder
    : undefined;
}

interface Seeking {
  readonly own: Holder;
  readonly clock: Clock;
  readonly watchMs: number;
  readonly onWait: LockOptions['onWait'];
}

/** Puts `own` at `path`; where somebody who may be alive is there, returns them. */
async function take(path: string, seeking: Seeking): Promise<Holder | undefined> {
  const { own } = seeking;
  const text = `${JSON.stringify(own)}\n`;
  for (;;) {
    if (await createFile(path, text)) return undefined;
    const found = await readHolder(path);
    if (found === undefined) continue;
    const staleness = await findStaleness(path, found, seeking);
    if (staleness === 'alive' || (staleness === 'silent' && (await isTouched(path, found, seeking))))
      return found;
    // Only who holds the guard removes a stale lock, and looks again before: what is removed was never taken anew,
    // since a free name is the only way in. The guard of a process that died in here is stale in its turn.
    const guard = `${path}.takeover`;
    const busy = await take(guard, seeking);
    if (busy !== undefined) return busy;
    try {
      const again = await readHolder(path);
      if (again?.token === found.token) await rm(path);
    } finally {
      await rm(guard, { force: true });
    }
  }
}

/** `silent`: it may be dead, or its clock and ours differ. */
async function findStaleness(
  path: string,
  holder: Holder,
  { own, clock }: { readonly own: Pick<Holder, 'host' | 'place'>; readonly clock: Clock },
): Promise<'alive' | 'dead' | 'silent'> {
  if (holder.host === own.host && (holder.place === undefined || holder.place === own.place)) {
    if (!isAlive(holder.pid)) return 'dead';
    const started = await readStart(holder.pid);
    return holder.started !== null && started !== null && started !== holder.started ? 'dead' : 'alive';
  }
  return clock.now() - (await touchedAt(path)) > STALE_MS ? 'silent' : 'alive';
}

/** Looks on for a while. */
async function isTouched(path: string, holder: Holder, { watchMs, onWait }: Seeking): Promise<boolean> {
  const before = await touchedAt(path);
  if (watchMs > 0)
    onWait?.(
      `the lock of the coordinator with pid ${holder.pid} on ${holder.host} looks abandoned; watching it for ${watchMs / 1000} s`,
    );
  for (let waited = 0; waited < watchMs; waited += LOOK_ON_MS) {
    await setTimeout(LOOK_ON_MS);
    if ((await touchedAt(path)) !== before) return true;
  }
  return false;
}

/** When the lock was touched last, in ms since 1970; 0 where it is gone. */
function touchedAt(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}

/**
 * What numbers of processes are of: the machine since it was started, and the container. Two containers may have the same
 * host name, and then a pid of one means nothing, or somebody else, in the other. Null where the system does not tell.
 */
function readPlace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null; // no Linux
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat. The command's name, which may hold anything, ends with the last bracket. */
async function readStart(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // A zombie is dead to us: only its parent has yet to notice.
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null);
}

async function isOwn(path: string, own: Holder): Promise<boolean> {
  return (await readHolder(path))?.token === own.token;
}

/** Who holds the lock; undefined where there is none. */
async function readHolder(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch (cause) {
    throw new SweeplineError('LOCKED', `${path} is no lock of Sweepline`, {
      cause,
      hint: 'remove it if no coordinator works on this run',
    });
  }
}
