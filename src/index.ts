// The public index: what sweeps, workers, reports and programs import from 'sweepline'. Exports only; native code is
// loaded behind these functions when it is used, never by importing them.
export { blurImages } from './data/blur.js';
export { findDataset } from './data/catalogue.js';
export type { Dataset, ImageSet } from './data/dataset.js';
export { renderSheet, type SheetOptions } from './data/png.js';
export { SweeplineError } from './ground/errors.js';
export { decodeFloats, encodeFloats } from './ground/floats.js';
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
  type AutoencoderOptions,
  autoencoder,
  CODE_LAYER,
  encoderWidths,
  hiddenFaults,
} from './net/autoencoder.js';
export { disnet } from './net/disnet.js';
export type { Loss, LossName } from './net/loss.js';
export {
  type Activation,
  activation,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type Initializer,
  type Layer,
  maxPool2d,
  type Net,
  reshape,
  type Shape,
} from './net/model.js';
export {
  OPTIMIZERS as TRAINING_OPTIMIZERS,
  type Optimizer,
  optimizer,
  type Schedule,
} from './net/optimizer.js';
export { net } from './net/shapes.js';
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
export { type MeansSpec, meansTable, numbersOf } from './report/means.js';
export {
  type ConfusionPanel,
  type ImageRow,
  type PointPanel,
  renderConfusions,
  renderImageRows,
  renderPointMaps,
} from './report/panels.js';
export { groupRows, settingSql, varyingAxes } from './report/settings.js';
export { formatNumber, type SeriesStyle, seriesStyle } from './report/theme.js';
export { type ThresholdSpec, thresholdTable } from './report/thresholds.js';
export { type ColumnType, rowsToSql } from './report/values.js';
export type { EpochRow } from './session/checkpoint.js';
export type { Examples } from './session/examples.js';
export type { Model, PredictOptions } from './session/model.js';
export { openSession, type SessionChoice } from './session/open.js';
export type { TrainOptions } from './session/plan.js';
export type { Session, Trained } from './session/session.js';
export { threadSession } from './session/thread-session.js';
export type { AxisValues, Point, Value } from './space/types.js';
export { lin, log, range } from './space/values.js';
export { type ClassificationRow, renderClassification } from './stats/classification.js';
export { type CodeJudgement, countConstantUnits, judgeCodes } from './stats/codes.js';
export { type Interval, meanInterval } from './stats/interval.js';
export { placeCodes } from './stats/plane.js';
export type { Points } from './stats/points.js';
export { probeAccuracy } from './stats/probe.js';
export { compareReconstruction, type Reconstruction } from './stats/reconstruction.js';
export { embedTsne, type TsneOptions } from './stats/tsne.js';
export { defineSuite, type Suite, type SuiteOptions, type SuiteRunOptions } from './suite/define.js';
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
export { type ResumeRequest, resumeRun, startRun } from './sweep/start.js';
export {
  type Block,
  type BlockColumn,
  defineWorker,
  type MetricSpec,
  type MetricValue,
  type Trial,
  type Worker,
  type WorkerOptions,
} from './worker/define.js';
export type { StageOptions, StageOutput } from './worker/stage.js';
