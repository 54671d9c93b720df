// The public index: what sweeps, workers, reports and programs import from 'sweepline'. Exports only.
export { SweeplineError } from './ground/errors.js';
export { type Random, randomFor } from './ground/random.js';
export {
  type Block,
  type BlockColumn,
  defineWorker,
  type MetricSpec,
  type MetricValue,
  type Trial,
  type Worker,
  type WorkerOptions,
} from './pool/worker.js';
export { defineReport } from './report/define.js';
export type { AxisValues, Point, Value } from './space/types.js';
export { lin, log, range } from './space/values.js';
export type { Observer, Outcome, Plan, Progress, RunHandle, RunRequest } from './sweep/contract.js';
export {
  type AxisDefinition,
  type AxisInput,
  defineSweep,
  type GridDefinition,
  type Sweep,
  type SweepOptions,
} from './sweep/define.js';
export { planResume, planRun } from './sweep/plan.js';
export { resumeRun, startRun } from './sweep/run.js';
