// Proposals made in a thread of their own: the main thread's side. The thread keeps a Proposer of the same search, is told
// what this one is told, and starts with the first question.
import { Worker } from 'node:worker_threads';
import { compiledPath } from '../../ground/compiled.js';
import { fromPlainError, InternalError, type PlainError } from '../../ground/errors.js';
import type { MethodDescription } from '../../search/contract.js';
import type { Point } from '../../space/types.js';
import type { Surroundings } from './contract.js';
import type { Observed } from './observations.js';
import type { SearchSpec } from './search-spec.js';
import type { Asking } from './searching.js';

/** What the thread is started with. */
export interface ThreadData {
  readonly spec: SearchSpec;
  readonly seed: number;
  /** The sweep's file, where it has a constraint; null: there is none. */
  readonly sweepUrl: string | null;
}

export type ToThread =
  | { readonly t: 'add'; readonly point: Point }
  | { readonly t: 'tell'; readonly observed: Observed }
  | { readonly t: 'ask'; readonly told: number };

export type FromThread =
  | { readonly t: 'point'; readonly point: Point | null }
  | { readonly t: 'failed'; readonly error: PlainError };

export function askThread(method: MethodDescription, spec: SearchSpec, of: Surroundings): Asking {
  const { seed, where, sweepUrl, wake, fail } = of;
  const data: ThreadData = { spec, seed, sweepUrl: where === null ? null : sweepUrl };
  let thread: Worker | undefined;
  let isClosed = false;
  /** What it has to know before it can answer. */
  const before: ToThread[] = [];
  let answer: Point | null | undefined;
  let isAsked = false;

  const start = (): Worker => {
    const started = new Worker(compiledPath(import.meta.url, 'thread-entry.js'), { workerData: data });
    started.on('message', (message: FromThread) => {
      if (isClosed) return;
      isAsked = false;
      started.unref();
      if (message.t === 'failed') fail(fromPlainError(message.error));
      else answer = message.point;
      wake();
    });
    started.on('error', (error) => {
      if (!isClosed) fail(error);
    });
    started.on('exit', (code) => {
      if (!isClosed) fail(new InternalError(`the thread of sampler ${method.name} ended with code ${code}`));
    });
    // What is under way keeps the process alive, and who closes the sampler ends it.
    started.unref();
    for (const message of before.splice(0)) started.postMessage(message);
    return started;
  };
  const send = (message: ToThread): void => {
    if (thread === undefined) before.push(message);
    else thread.postMessage(message);
  };
  return {
    add: (point) => send({ t: 'add', point }),
    tell: (observed) => send({ t: 'tell', observed }),
    ask(told) {
      if (answer !== undefined) {
        const made = answer;
        answer = undefined;
        return made;
      }
      if (isAsked || isClosed) return undefined;
      isAsked = true;
      thread ??= start();
      thread.ref();
      send({ t: 'ask', told });
      return undefined;
    },
    close() {
      isClosed = true;
      void thread?.terminate();
    },
  };
}
