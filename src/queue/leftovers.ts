// What an earlier session of a run has left on the queue: jobs that hosts still run, and results that were in no journal
// yet. Each is of some trials, and counts once those are asked for. Holds no rows: those stay on the server.
import type { Entry } from './inbox.js';
import { readJobName } from './job-name.js';

interface Leftover {
  readonly id: string;
  readonly key: string;
  readonly attempt: number;
  /** Some of its trials may run again for how they ended. */
  readonly hasFailed: boolean;
}

export class Leftovers {
  /** By the hash of their trials. */
  readonly #jobs = new Map<string, string>();
  readonly #results = new Map<string, Leftover[]>();
  /** Jobs that are this session's by now. */
  readonly #adopted = new Set<string>();

  get count(): number {
    let count = 0;
    for (const list of this.#results.values()) count += list.length;
    return count;
  }

  /** Of jobs whose results were written nobody will hear again. */
  adopt(active: readonly string[], published: readonly string[]): void {
    const written = new Set(published);
    for (const key of active) if (!written.has(key)) this.#jobs.set(readJobName(key).hash, key);
  }

  /** A job that hosts run, for the trials of that hash. */
  takeJob(hash: string): string | undefined {
    const key = this.#jobs.get(hash);
    this.#jobs.delete(hash);
    if (key !== undefined) this.#adopted.add(key);
    return key;
  }

  /**
   * The result of those trials. Rows that are ok are the same in every attempt. What has failed counts as the attempt that it
   * was, and as no other: it may be in the journal already.
   */
  takeResult(hash: string, attempt: number): Leftover | undefined {
    const list = this.#results.get(hash);
    const found = list?.find((each) => !each.hasFailed || each.attempt === attempt);
    if (found === undefined) return undefined;
    const rest = list!.filter((each) => each !== found);
    if (rest.length > 0) this.#results.set(hash, rest);
    else this.#results.delete(hash);
    this.#jobs.delete(hash);
    return found;
  }

  /** False for an entry that is none: of session `own`, of a job that came to nothing, or a second one. */
  add({ id, key, message }: Entry, own: string): boolean {
    const { hash, session, attempt } = readJobName(key);
    if (session === own || this.#adopted.has(key)) return false;
    if (message.t !== 'result' || message.left.length > 0) return false;
    const list = this.#results.get(hash) ?? [];
    if (list.some((each) => each.id === id)) return true; // it was read again
    if (list.some((each) => each.key === key)) return false;
    if (this.#jobs.get(hash) === key) this.#jobs.delete(hash);
    const hasFailed = message.notes.some(({ status }) => status === 'failed' || status === 'timeout');
    this.#results.set(hash, [...list, { id, key, attempt, hasFailed }]);
    return true;
  }
}
