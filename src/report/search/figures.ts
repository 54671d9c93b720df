// The figures that every run has without a report file: how the best came about, which parameters matter, each against the
// objective, the two that matter most together, what trials reported on their way, the Pareto front; of a bisection the thresholds. Which of them
// a run has follows from its data. A run with a report of its own has the importance of its parameters beside that.
import type { ReportAnswer } from '../../answer/files.js';
import { type Manifest, proposesPoints } from '../../run/manifest.js';
import type { RunDatabase } from '../database.js';
import type { Chart } from '../echarts.js';
import { describeFault } from '../faults.js';
import { finishChart } from '../figure.js';
import type { PageStyles } from '../page-styles.js';
import type { MadeFigure } from '../parts.js';
import { readBisected } from './bisection.js';
import { bisectionChart } from './bisection-chart.js';
import { contourChart } from './contours.js';
import { frontChart } from './front.js';
import { historyChart } from './history.js';
import { importanceChart } from './importance-bars.js';
import { intermediateChart, readCurves } from './intermediate.js';
import { readSchedules, type Schedules } from './schedules.js';
import { schedulesChart } from './schedules-chart.js';
import { slicesChart } from './slices.js';
import { thresholdsChart } from './thresholds-chart.js';
import { readSearched, type Searched } from './trials.js';

interface Spec {
  readonly name: string;
  readonly about: string;
  readonly draw: () => Chart | undefined | Promise<Chart | undefined>;
}

export interface Asking {
  readonly database: RunDatabase;
  readonly manifest: Manifest;
  readonly answer: Pick<ReportAnswer, 'aims' | 'importances'>;
  readonly styles: PageStyles;
  /** Names of the figures of the run's own report; undefined where it has none. */
  readonly taken: readonly string[] | undefined;
}

/** Those that the run has something for. One that fails has a fault, and the others are made all the same. */
export async function makeSearchFigures(asking: Asking): Promise<MadeFigure[]> {
  const { database, manifest, answer, styles, taken } = asking;
  const made: MadeFigure[] = [];
  const specs = [
    ...(taken === undefined ? await listFigures(database, manifest, answer) : listImportance(answer)),
  ].filter(({ name }) => taken?.includes(name) !== true);
  for (const { draw, ...spec } of specs) {
    try {
      const chart = await draw();
      if (chart !== undefined)
        made.push({ spec, figure: await finishChart(chart, spec, { manifest, styles }) });
    } catch (error) {
      made.push({ spec, figure: null, fault: describeFault(`figure "${spec.name}"`, error, undefined) });
    }
  }
  return made;
}

function listImportance({ aims, importances }: Asking['answer']): Spec[] {
  const found = importances.get(aims.objectives[0]?.metric ?? '');
  if (found === undefined || found.parameters.length < 2) return [];
  const hasTop = found.deciding.length > 0;
  return [
    {
      name: 'importance',
      about: `How much of the variance of ${found.parameters[0]!.metric} each parameter explains, with its 95 % interval${hasTop ? '; beside it, how much it decides whether a configuration is in the top tenth' : ''}.`,
      draw: () => importanceChart(found),
    },
  ];
}

async function listFigures(
  database: RunDatabase,
  manifest: Manifest,
  { aims, importances }: Asking['answer'],
): Promise<Spec[]> {
  const bisected = await listBisection(database, manifest);
  const [first] = aims.objectives;
  if (first === undefined) return bisected;
  const run = await readSearched(database, manifest, aims);
  const { parameters = [], deciding = [], pruned = 0 } = importances.get(first.metric) ?? {};
  const important = (pruned > 0 && deciding.length > 0 ? deciding : parameters).map((each) => each.parameter);
  const curves = await readCurves(database, manifest, first);
  const schedules = await readSchedules(database, manifest, curves?.best ?? null);
  const hasValues = run.values[0]!.some((value) => !Number.isNaN(value));
  const isMany = run.count > 1 && hasValues;
  return [
    ...bisected,
    ...(isMany && proposesPoints(manifest.sampler) ? [historyOf(run)] : []),
    ...(isMany && run.objectives.length > 1 ? [frontSpec(run)] : []),
    ...listImportance({ aims, importances }),
    ...(isMany && run.axes.length > 0 ? slicesOf(run, important, schedules) : []),
    ...(curves === undefined
      ? []
      : [
          {
            name: 'intermediate',
            about: `What trials reported of ${curves.series} on their way. A mark ends the line of a trial that did not end ok.`,
            draw: () => intermediateChart(curves, first.goal),
          },
        ]),
    ...(schedules === undefined ? [] : [scheduleOf(schedules)]),
  ];
}

async function listBisection(database: RunDatabase, manifest: Manifest): Promise<Spec[]> {
  const run = await readBisected(database, manifest);
  if (run === undefined) return [];
  const { axis, metric } = run.spec;
  return [
    {
      name: 'thresholds',
      about: `The ${axis} at which ${metric} turns, for each configuration of the other axes, with its interval.`,
      draw: () => thresholdsChart(run),
    },
    {
      name: 'bisection',
      about: `How one of the thresholds was found: each ${axis} that was asked, what ${metric} was there, and where the threshold was known to lie after that.`,
      draw: () => bisectionChart(run),
    },
  ];
}

function scheduleOf(schedules: Schedules): Spec {
  const names = schedules.axes.map(({ name }) => name).join(', ');
  return {
    name: 'schedules',
    about: `What ${names} of each trial was from which step on. Where a line branches off, a trial went on with the weights of the one that it branches off from.`,
    draw: () => schedulesChart(schedules),
  };
}

function historyOf(run: Searched): Spec {
  return {
    name: 'history',
    about: `Every configuration in the order of proposal, and the best ${run.objectives[0]!.metric} so far as a line.`,
    draw: () => historyChart(run),
  };
}

function frontSpec(run: Searched): Spec {
  return {
    name: 'front',
    about: `The Pareto front: configurations that no other one beats in ${run.objectives.map(({ metric }) => metric).join(' and ')} together.`,
    draw: () => frontChart(run),
  };
}

function slicesOf(run: Searched, important: readonly string[], schedules?: Schedules): Spec[] {
  const { metric } = run.objectives[0]!;
  const began = schedules === undefined ? '' : ' Of what changed on the way it has what trials began with.';
  return [
    {
      name: 'slices',
      about: `Each parameter by itself against ${metric}, the most important first; the star is the best.${began}`,
      draw: () => slicesChart(run, important),
    },
    {
      name: 'contours',
      about: `${metric} over the two most important parameters that are numbers: a smooth surface through the configurations (the points); the star is the best.${began}`,
      draw: () => contourChart(run, important),
    },
  ];
}
