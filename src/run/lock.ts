// coordinator.lock: one coordinator a run folder. A lock whose process is gone is taken over; of several that find it
// stale at once exactly one gets it, because stale locks are only removed under a second lock of the same kind.
// A coordinator that was frozen so long that another took its lock is told, and every write to the journal looks first
// whether the lock is still there. What that cannot rule out: a freeze between the look and the write, some microseconds.
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { type Clock, systemClock } from '../ground/clock.js';
import { createFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';

export const LOCK_FILE = 'coordinator.lock';
const HEARTBEAT_MS = 5_000;
/** How often, at most, a writer looks whether the lock is still there. */
const LOOK_MS = 10;
/** A lock of another host is stale when it has not been touched for so long. */
const STALE_MS = 60_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in clock ticks since boot, against recycled pids; null where /proc has none. */
  readonly started: string | null;
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
  /** Called once when the lock is lost: stop writing at once. */
  readonly onLost?: (reason: SweeplineError) => void;
}

/** Takes the lock of a run folder, or throws LOCKED with the pid and host of the coordinator that holds it. */
export async function acquireLock(folder: string, options: LockOptions = {}): Promise<Lock> {
  const { clock = systemClock, host = hostname(), onLost } = options;
  const path = join(folder, LOCK_FILE);
  const own: Holder = { pid: process.pid, host, started: await readStart(process.pid), token: randomUUID() };
  const other = await take(path, own, clock).catch((cause: unknown) => {
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
  return holder === undefined || (await isStale(path, holder, host, clock)) ? undefined : holder;
}

/** Puts `own` at `path`; where somebody who may be alive is there, returns them. */
async function take(path: string, own: Holder, clock: Clock): Promise<Holder | undefined> {
  const text = `${JSON.stringify(own)}\n`;
  for (;;) {
    if (await createFile(path, text)) return undefined;
    const found = await readHolder(path);
    if (found === undefined) continue;
    if (!(await isStale(path, found, own.host, clock))) return found;
    // Only who holds the guard removes a stale lock, and looks again before: what is removed was never taken anew,
    // since a free name is the only way in. The guard of a process that died in here is stale in its turn.
    const guard = `${path}.takeover`;
    const busy = await take(guard, own, clock);
    if (busy !== undefined) return busy;
    try {
      const again = await readHolder(path);
      if (again?.token === found.token) await rm(path);
    } finally {
      await rm(guard, { force: true });
    }
  }
}

async function isStale(path: string, holder: Holder, host: string, clock: Clock): Promise<boolean> {
  if (holder.host === host) {
    if (!isAlive(holder.pid)) return true;
    const started = await readStart(holder.pid);
    return holder.started !== null && started !== null && started !== holder.started;
  }
  const touched = await stat(path).then(
    (found) => found.mtimeMs,
    () => 0, // gone meanwhile
  );
  return clock.now() - touched > STALE_MS;
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
