// The list of runs for all pages that show it: each run is read once, and again when one of its files has changed. The
// newest come first, and are told as soon as they are read.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { findBest } from '../answer/answer.js';
import { describeBriefly } from '../answer/words.js';
import type { ListedRunView } from '../explore/live/contract.js';
import type { Clock } from '../ground/clock.js';
import { SweeplineError } from '../ground/errors.js';
import { MANIFEST_FILE, openRunFolder } from '../run/folder.js';
import { LIVE_FILE } from '../run/live.js';
import { LOCK_FILE } from '../run/lock.js';
import { JOURNAL_FILE } from '../run/read-journal.js';
import { describeState, type RunStatus, statusOf } from '../run/status.js';
import { countWaiting } from '../run/waiting.js';
import { readCoordinator } from './coordinator.js';
import { findRuns } from './find-runs.js';
import { isOwnFile } from './own-files.js';
import { Tail } from './tail.js';
import { type PageEvent, Watch } from './watch.js';
import { describeFault } from './watch-run.js';

const FILES = [MANIFEST_FILE, JOURNAL_FILE, LOCK_FILE, LIVE_FILE] as const;
/** What has been read is told at least so often. */
const TELL_MS = 300;

interface Entry {
  /** Of its files, when it was read; undefined: not yet. */
  stamp: string | undefined;
  /** Kept while somebody works on the run: then only what has come is read. */
  tail: Tail | undefined;
  view: ListedRunView;
}

export class ListWatch extends Watch {
  readonly #root: string;
  readonly #shown: string;
  readonly #entries = new Map<string, Entry>();

  /** `shown`: how the folder is called. */
  constructor(root: string, shown: string, clock: Clock) {
    super(clock);
    this.#root = root;
    this.#shown = shown;
  }

  protected current(): readonly PageEvent[] {
    return this.#entries.size === 0 ? [] : [this.#whole()];
  }

  protected async update(): Promise<void> {
    const paths = await findRuns(this.#root);
    const gone = new Set(this.#entries.keys());
    let isOther = this.#entries.size === 0;
    for (const path of paths) {
      if (gone.delete(path)) continue;
      isOther = true;
      this.#entries.set(path, { stamp: undefined, tail: undefined, view: unread(path) });
    }
    for (const path of gone) this.#entries.delete(path);
    if (isOther || gone.size > 0) this.tell(this.#whole());
    const changed: ListedRunView[] = [];
    let told = this.clock.elapsed();
    const tell = () => {
      if (changed.length > 0)
        this.tell({ name: 'changed', data: { runs: changed.splice(0), pending: this.#pending() } });
      told = this.clock.elapsed();
    };
    // Ids begin with the time; runs of other names come last.
    for (const path of [...paths].sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1))) {
      if (!this.isWatched) return;
      const entry = this.#entries.get(path);
      if (entry === undefined) continue;
      const stamp = stampOf(join(this.#root, path));
      if (entry.stamp === stamp && !(await this.#hasDied(path, entry))) continue;
      const before = JSON.stringify(entry.view);
      const isFirst = entry.stamp === undefined;
      entry.stamp = stamp;
      entry.view = await this.#read(path, entry);
      if (isFirst || JSON.stringify(entry.view) !== before) changed.push(entry.view);
      if (this.clock.elapsed() - told >= TELL_MS) tell();
    }
    tell();
  }

  /** A coordinator that was killed changes no file. */
  async #hasDied(path: string, { tail }: Entry): Promise<boolean> {
    return (
      tail !== undefined && (await readCoordinator(join(this.#root, path), this.#root)).coordinator === null
    );
  }

  #whole(): PageEvent {
    const runs = [...this.#entries.values()].map(({ view }) => view);
    return { name: 'list', data: { root: this.#shown, runs, pending: this.#pending() } };
  }

  #pending(): number {
    let count = 0;
    for (const { stamp } of this.#entries.values()) if (stamp === undefined) count++;
    return count;
  }

  async #read(path: string, entry: Entry): Promise<ListedRunView> {
    const folder = join(this.#root, path);
    try {
      for (const name of [MANIFEST_FILE, JOURNAL_FILE])
        if (!isOwnFile(join(folder, name), this.#root))
          throw new SweeplineError('BAD_RUN_FOLDER', `it has no file ${name} of its own`);
      const { manifest } = await openRunFolder(folder);
      const tail = entry.tail ?? new Tail(folder);
      await tail.read();
      const { coordinator, live } = await readCoordinator(folder, this.#root);
      const status = statusOf({ folder, manifest, state: tail.state, coordinator, live, stages: [] });
      entry.tail = coordinator === null ? undefined : tail;
      const { done, ok, failed, timeout, pruned, skipped, orphaned, total } = status;
      return {
        ...{ path, total },
        sweep: String(manifest.sweep),
        phase: describeState(status),
        counts: {
          ...{ done, ok, failed, timeout, pruned, skipped, orphaned },
          waiting: countWaiting(status.waiting),
        },
        created: String(manifest.created),
        best: bestOf(status),
        etaMs: live?.progress.etaMs ?? null,
      };
    } catch (error) {
      entry.tail = undefined;
      return { ...unread(path), phase: 'unreadable', error: describeFault(error) };
    }
  }
}

function bestOf(status: RunStatus): string | null {
  return describeBriefly(findBest(status), status.state.epoch.record.worker.metrics);
}

function unread(path: string): ListedRunView {
  return {
    path,
    sweep: path,
    phase: 'unread',
    counts: null,
    total: null,
    created: '',
    best: null,
    etaMs: null,
  };
}

/** Changes with any file that is read; a lock is touched every few seconds by who holds it. */
function stampOf(folder: string): string {
  return FILES.map((name) => {
    const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
    return found === undefined ? '-' : `${found.ino} ${found.size} ${found.mtimeMs}`;
  }).join('/');
}

function idOf(path: string): string {
  return /\d{8}-\d{6}-\w+/.exec(path)?.[0] ?? '';
}
