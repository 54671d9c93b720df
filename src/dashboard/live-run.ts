// A run that somebody looks at: its journal read as it grows, what its coordinator says, and both as the page wants them.
// Reads only, and only files of the run's own folder.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ask } from '../answer/answer.js';
import { createDescriber } from '../answer/busy-points.js';
import { explainMetrics, METRICS } from '../answer/files.js';
import { describeAnswer } from '../answer/words.js';
import type { KeysView, RunView } from '../explore/live/contract.js';
import type { Payload } from '../explore/payload.js';
import { SweeplineError } from '../ground/errors.js';
import { quoteArgument } from '../ground/text.js';
import { describeImportances } from '../report/explore/collect.js';
import { MANIFEST_FILE, openRunFolder, stageFolder } from '../run/folder.js';
import type { Live } from '../run/live.js';
import type { Manifest } from '../run/manifest.js';
import { JOURNAL_FILE } from '../run/read-journal.js';
import { describeState, type RunStatus, type StageStatus, stageOf, statusOf } from '../run/status.js';
import { countWaiting } from '../run/waiting.js';
import { readCoordinator } from './coordinator.js';
import { isOwnFile } from './own-files.js';
import { RunData } from './run-data.js';
import { Tail } from './tail.js';

export interface LiveRunOptions {
  /** Of the run folder: absolute, without links. */
  readonly folder: string;
  /** Nothing outside of it is read. */
  readonly root: string;
  /** How the folder is called in commands. */
  readonly shown: string;
  readonly path: string;
}

export class LiveRun {
  readonly #options: LiveRunOptions;
  readonly #data = new RunData();
  readonly #tail: Tail;
  readonly #stages = new Map<string, Tail>();
  #manifest: { readonly stamp: string; readonly value: Manifest } | undefined;
  #describer: { readonly of: Manifest; readonly describe: ReturnType<typeof createDescriber> } | undefined;
  #status: RunStatus | undefined;
  #answer: { readonly key: string; readonly lines: RunView['answer'] } | undefined;
  #packed: { readonly version: number; readonly bytes: Uint8Array } | undefined;
  #importances: Payload['importances'] = [];
  /** Of the journal that these are of. */
  #explained = '';
  version = 0;

  constructor(options: LiveRunOptions) {
    this.#options = options;
    this.#tail = new Tail(options.folder, this.#data);
  }

  /** Reads what has come. Throws BAD_RUN_FOLDER where the run cannot be read. */
  async refresh(): Promise<void> {
    const { folder, root } = this.#options;
    this.#requireOwn(MANIFEST_FILE);
    const stamp = stampOf(join(folder, MANIFEST_FILE));
    if (this.#manifest?.stamp !== stamp) {
      this.#manifest = { stamp, value: (await openRunFolder(folder)).manifest };
      this.#data.setManifest(this.#manifest.value);
    }
    this.#requireOwn(JOURNAL_FILE);
    const hasCome = await this.#tail.read();
    const manifest = this.#manifest.value;
    const status = statusOf({
      ...{ folder, manifest, state: this.#tail.state },
      ...(await readCoordinator(folder, root)),
      stages: await this.#readStages(manifest),
    });
    this.#status = status;
    this.#ask(status);
    const isOther = this.#data.setRunning(status.live?.threads ?? [], status.coordinator !== null);
    if (isOther || hasCome) this.version++;
  }

  /** What the head of its page shows. Call `refresh` before. */
  view(): RunView {
    const { path, shown } = this.#options;
    const status = this.#status!;
    const {
      manifest,
      done,
      ok,
      failed,
      timeout,
      pruned,
      skipped,
      orphaned,
      total,
      coordinator,
      live,
      stages,
    } = status;
    const phase = describeState(status);
    return {
      ...{ path, phase, total, coordinator, stages },
      sweep: String(manifest.sweep),
      title: String(manifest.title),
      runId: String(manifest.runId),
      created: String(manifest.created),
      counts: {
        ...{ done, ok, failed, timeout, pruned, skipped, orphaned },
        waiting: countWaiting(status.waiting),
      },
      progress: live === null ? null : withoutTrend(live.progress),
      workers: live?.workers ?? 0,
      threads: this.#threads(status),
      answer: this.#answer?.lines ?? [],
      resume:
        coordinator !== null || phase === 'complete' ? null : `sweepline resume ${quoteArgument(shown)}`,
    };
  }

  #threads({ manifest, live }: RunStatus): RunView['threads'] {
    if (live === null) return [];
    if (this.#describer?.of !== manifest)
      this.#describer = { of: manifest, describe: createDescriber(manifest) };
    // Trials of a stage are numbered on their own.
    const describe = live.progress.stage === undefined ? this.#describer.describe : () => '';
    return live.threads.map((thread) => ({ ...thread, params: describe(thread) }));
  }

  /** The run as the page's views read it (see explore/payload.ts). */
  data(): Uint8Array {
    if (this.#packed?.version !== this.version) {
      const { folder, shown } = this.#options;
      this.#packed = {
        version: this.version,
        bytes: this.#data.pack({ folder, shown, importances: this.#importances }),
      };
    }
    return this.#packed.bytes;
  }

  keys(): KeysView {
    return this.#data.keys();
  }

  /**
   * Which parameters matter, found once nothing more comes: it takes seconds, and others have their turn meanwhile. Whether
   * there is something new.
   */
  async explain(): Promise<boolean> {
    const status = this.#status!;
    const key = this.#answer!.key;
    if (status.coordinator !== null || this.#explained === key) return false;
    this.#explained = key;
    const asked = ask(status, { importance: false, others: METRICS });
    const found: Payload['importances'][number][] = [];
    let { answer } = asked;
    for (const [metric, importances] of explainMetrics(asked)) {
      found.push(...describeImportances([metric, importances]));
      if (metric === answer.objectives[0]?.metric)
        answer = {
          ...{ ...answer, importance: importances.parameters },
          ...{ importanceOf: importances.sampled, importancePruned: importances.pruned },
        };
      await setImmediate();
    }
    this.#importances = found;
    this.#answer = { key, lines: describeAnswer(answer, status.state.epoch.record.worker.metrics) };
    this.version++;
    return true;
  }

  /** Whether somebody works on it who can be asked for something. */
  get hasCoordinator(): boolean {
    return this.#status?.coordinator != null;
  }

  #ask(status: RunStatus): void {
    const key = `${this.#tail.end}`;
    if (this.#answer?.key === key) return;
    const { answer } = ask(status, { importance: false });
    const lines = describeAnswer(answer, status.state.epoch.record.worker.metrics);
    this.#answer = { key, lines };
  }

  async #readStages(manifest: Manifest): Promise<RunStatus['stages']> {
    const { folder, root } = this.#options;
    const stages: StageStatus[] = [];
    for (const name of manifest.worker.stages ?? []) {
      const own = stageFolder(folder, name);
      if (!isOwnFile(join(own, JOURNAL_FILE), root)) continue;
      const tail = this.#stages.get(name) ?? new Tail(own);
      this.#stages.set(name, tail);
      await tail.read();
      stages.push(...stageOf(name, tail.state));
    }
    return stages;
  }

  #requireOwn(name: string): void {
    const { folder, root, shown } = this.#options;
    if (isOwnFile(join(folder, name), root)) return;
    throw new SweeplineError('BAD_RUN_FOLDER', `${shown} has no file ${name} of its own`);
  }
}

/** Changes with the file. */
function stampOf(path: string): string {
  const { ino, size, mtimeMs } = statSync(path);
  return `${ino} ${size} ${mtimeMs}`;
}

function withoutTrend({ trend: _, ...progress }: Live['progress']): NonNullable<RunView['progress']> {
  return progress;
}
