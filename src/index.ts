// The public index: what sweeps, workers, reports and programs import from 'sweepline'. Exports only; native code is
// loaded behind these functions when it is used, never by importing them.
export { SweeplineError } from './ground/errors.js';
export { type Random, randomFor } from './ground/random.js';
export { runEscapes } from './landscape/block.js';
export { type Climb, trajectory } from './landscape/climb.js';
export {
  exactThreshold,
  globalMinimum,
  heightAt,
  type Landscape,
  type Slopes,
  slopeAt,
} from './landscape/landscape.js';
export {
  createOptimizer,
  type Hyperparameters,
  OPTIMIZER_NAMES as ESCAPE_OPTIMIZERS,
  type OptimizerName,
} from './landscape/optimizers.js';
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
export { type BarChartSpec, barChart, type LineChartSpec, lineChart } from './report/charts.js';
export {
  type Cell,
  type ChartSpec,
  defineReport,
  type FigureSpec,
  type PictureSpec,
  type Report,
  type ReportContext,
  type ReportOptions,
  type Row,
  type Rows,
  type TableSpec,
} from './report/define.js';
export type { Chart } from './report/echarts.js';
export { type HeatMapSpec, heatMap } from './report/heatmap.js';
export { formatNumber, type SeriesStyle, seriesStyle } from './report/theme.js';
export { type ThresholdSpec, thresholdTable } from './report/thresholds.js';
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
export { type ResumeRequest, resumeRun, startRun } from './sweep/run.js';
