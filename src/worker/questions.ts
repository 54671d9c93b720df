// What can be asked of a worker before its trials run: what it is, whether values suit it, which data it reads.
import { SweeplineError } from '../ground/errors.js';
import type { Point, Value } from '../space/types.js';
import type { DataIdentity, LoadedData, Worker, WorkerDescription } from './contract.js';
import { describeWorker } from './define.js';
import { addFiles } from './load.js';
import { stageWorker } from './stage.js';
import { costOf, fillPoints, findParamFaults } from './validate.js';

/** Values by parameter, and whole points, to be held against the worker's own types and its `check`. */
export interface Proposed {
  readonly checks: Readonly<Record<string, readonly Value[]>>;
  readonly points: readonly Point[];
}

export interface WorkerQuestions {
  /** Loads the worker and says what it is. Rejects with a SweeplineError where the file is missing or not a worker. */
  describe(): Promise<WorkerDescription>;
  /** What is wrong, as texts. `check` sees the data once `load` was called. */
  validate(proposed: Proposed): Promise<readonly string[]>;
  /**
   * What the `cost` of the worker, or of a stage of its, says of each point, defaults filled in; null where it has none.
   * Sees the data like `check`.
   */
  costs(points: readonly Point[], stage?: string): Promise<readonly number[] | null>;
  /** Runs the worker's `load`, once, and says which data set it read; null where it reads none. */
  load(asked: { readonly data: string | undefined }): Promise<DataIdentity | null>;
}

/** Answers from a worker in this process. */
export interface WorkerAnswers extends WorkerQuestions {
  /** What the worker's `load` returned; the first call runs it. */
  loadData(asked: { readonly data: string | undefined }): Promise<LoadedData<unknown>>;
}

/** What it throws is its author's to mend, or that of whoever keeps its data: no fault of ours. */
async function runLoad(
  { name, load }: Worker,
  asked: { readonly data: string | undefined },
): Promise<LoadedData<unknown>> {
  if (load === undefined) return { shared: undefined };
  try {
    return await load(asked);
  } catch (cause) {
    if (cause instanceof SweeplineError) throw cause;
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new SweeplineError('BAD_DATA', `worker ${name}: its \`load\` throws ${why}`, { cause });
  }
}

export function answerQuestions(worker: Promise<Worker>, sources: () => string = () => ''): WorkerAnswers {
  let loaded: Promise<LoadedData<unknown>> | undefined;
  const loadData: WorkerAnswers['loadData'] = (asked) => {
    loaded ??= worker.then((known) => runLoad(known, asked));
    return loaded;
  };
  return {
    loadData,
    describe: async () => describeWorker(await worker, addFiles(await worker, sources())),
    async validate({ checks, points }) {
      const known = await worker;
      const shared = (await loaded)?.shared;
      return findParamFaults(known, checks, fillPoints(known, points), shared);
    },
    async costs(points, stage) {
      const whole = await worker;
      const known = stage === undefined ? whole : stageWorker(whole, stage);
      if (known.cost === undefined) return null;
      const shared = (await loaded)?.shared;
      return fillPoints(known, points).map((point) => costOf(known, point, shared));
    },
    load: async (asked) => (await loadData(asked)).data ?? null,
  };
}
