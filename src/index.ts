// The public entry: what sweeps, workers, reports and programs import from 'sweepline'. Exports only; native code, and
// all that runs sweeps (programs.ts), is loaded behind these functions when it is used, never by importing them. What only the shipped study needs is in
// 'sweepline/study'. Each heading stands alone between empty lines: the formatter sorts the lines under it.

// define: sweeps, workers, reports, suites

export { SweeplineError } from './ground/errors.js';
export { type Random, randomFor } from './ground/random.js';
export {
  defineReport,
  type FigureSpec,
  type Report,
  type ReportContext,
  type ReportOptions,
  type Row,
  type TableSpec,
} from './report/define.js';
export { choice, int, logint, loguniform, normal, uniform } from './space/domain.js';
export type { Value } from './space/types.js';
export { lin, log, range } from './space/values.js';
export { defineSuite, type Suite, type SuiteOptions } from './suite/define.js';
export { defineSweep, type Sweep, type SweepOptions } from './sweep/definition/define.js';
export type { Block, Trial, Worker, WorkerOptions } from './worker/contract.js';
export { defineWorker } from './worker/define.js';

// run and read: from a program, what the command line does

export type { RunReading } from './answer/read.js';
export {
  compareRuns,
  loadSuite,
  mergeRuns,
  openStudy,
  planResume,
  planRun,
  readRun,
  replayTrial,
  resumeRun,
  runSuite,
  startRun,
  writeComparison,
  writeRunReport,
} from './programs.js';
export type { Study, StudyOptions } from './sweep/ask-tell/study.js';
export type { Observer, Outcome, Plan, Progress, RunHandle, RunRequest } from './sweep/contract.js';
export type { TrialRow } from './trial/row.js';

// train: nets, optimisers, sessions

export {
  activation,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type Layer,
  maxPool2d,
  type Net,
  reshape,
} from './net/model.js';
export { OPTIMIZERS as TRAINING_OPTIMIZERS, optimizer } from './net/optimizer.js';
export { net } from './net/shapes.js';
export type { Model } from './session/model.js';
export { openSession } from './session/open.js';
export type { Session, Trained } from './session/session.js';
export { threadSession } from './session/thread-session.js';
export type { TrainOptions } from './session/training-plan.js';

// data and statistics: image sets, arrays of floats as files, intervals

export { findDataset } from './data/catalogue.js';
export type { Dataset, ImageSet } from './data/dataset.js';
export { renderSheet } from './data/png.js';
export { decodeFloats, encodeFloats } from './ground/floats.js';
export { meanInterval } from './stats/interval.js';

// charts: tables, figures and pictures of reports

export { barChart, lineChart, scatterChart } from './report/charts.js';
export type { Chart } from './report/echarts.js';
export { type HeatMapSpec, heatMap } from './report/heatmap.js';
export { meansTable, numbersOf } from './report/means.js';
export { renderConfusions, renderImageRows, renderPointMaps } from './report/panels.js';
export { groupRows, settingSql, varyingAxes } from './report/settings.js';
export { formatNumber, seriesStyle } from './report/theme.js';
export { thresholdTable } from './report/thresholds.js';
export { rowsToSql } from './report/values.js';
