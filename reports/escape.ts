// The report of the escape study: how high a barrier each optimiser escapes, and with which parameters. It states question 1
// of the study (α = 0.3, 20 steps) with its answer; every number in the text is computed from the run's rows.
import {
  defineReport,
  formatNumber,
  type HeatMapSpec,
  heatMap,
  lineChart,
  type ReportContext,
  type Row,
  thresholdTable,
} from 'sweepline';
import { CONSTANTS, drawTrajectories, trajectoryOf } from './escape-trajectories.js';

/** The sweep may hold rows of several lengths (the study's own 20 steps among them): most figures show the commonest. */
const MAIN = `(SELECT * FROM escape_thresholds WHERE threshold IS NOT NULL AND steps =
  (SELECT steps FROM escape_thresholds GROUP BY steps ORDER BY count(*) DESC, steps DESC LIMIT 1))`;

const STUDY_BETAS_FIRST =
  'abs(coalesce(trials.beta1, 0.9) - 0.9) + abs(coalesce(trials.beta2, 0.999) - 0.999)';

export default defineReport({
  name: 'escape',
  title: 'Which optimisers escape a local minimum?',

  tables: [
    thresholdTable({
      name: 'escape-thresholds',
      about:
        'The lowest barrier h that a configuration does not escape, with the bracket of the heights tried.',
      axis: 'h',
      metric: 'escaped',
      by: ['optimizer', 'alpha', 'beta1', 'beta2', 'eps', 'steps'],
      // greatest() passes over NULL: without the CASE, a configuration without a result would get 0.
      exact: 'CASE WHEN max(peak) IS NOT NULL THEN greatest(0, (max(peak) - 1) * slope_up) END',
      least: 0,
      monotone: true,
    }),
    {
      name: 'question1',
      about: 'Question 1 of the study: α = 0.3 and 20 steps from θ = 0.',
      sql: `SELECT * FROM escape_thresholds WHERE alpha = 0.3 AND steps = 20 AND threshold IS NOT NULL
        ORDER BY threshold DESC, optimizer, beta1, beta2, eps`,
    },
    {
      name: 'escape-optimizers',
      about: 'Each optimiser at its best setting, and how often it did not escape at all.',
      columns: {
        configurations: 'combinations of step size, β1, β2 and ε',
        never_reached: 'of these, those that did not reach the local minimum within the steps',
        stuck: 'configurations that reached it, and escaped no barrier',
        best: 'highest threshold, and (best_alpha, best_beta1, best_beta2) where it was found first',
        worst: 'lowest threshold of a configuration that reached the local minimum',
      },
      sql: `
        WITH reached AS (
          SELECT optimizer, alpha, beta1, beta2, eps, steps, bool_or(reached) AS reached FROM trials
          WHERE status = 'ok' GROUP BY ALL
        ),
        main AS (
          SELECT main.*, reached FROM ${MAIN} main JOIN reached ON main.optimizer = reached.optimizer
            AND main.alpha = reached.alpha AND main.steps = reached.steps AND main.eps IS NOT DISTINCT FROM reached.eps
            AND main.beta1 IS NOT DISTINCT FROM reached.beta1 AND main.beta2 IS NOT DISTINCT FROM reached.beta2
        ),
        ranked AS (
          SELECT *, row_number() OVER (PARTITION BY optimizer ORDER BY threshold DESC, alpha, beta1, beta2, eps) AS place
          FROM main
        )
        SELECT optimizer, any_value(steps) AS steps, count(*) AS configurations,
          count(*) FILTER (NOT reached) AS never_reached,
          count(*) FILTER (reached AND threshold = 0) AS stuck,
          max(threshold) AS best,
          max(alpha) FILTER (place = 1) AS best_alpha,
          max(beta1) FILTER (place = 1) AS best_beta1,
          max(beta2) FILTER (place = 1) AS best_beta2,
          median(threshold) AS median,
          min(threshold) FILTER (reached) AS worst
        FROM ranked GROUP BY optimizer ORDER BY best DESC, optimizer`,
    },
  ],

  figures: [
    {
      name: 'escape-trajectories',
      about:
        'Question 1: θ after each step at α = 0.3, and its place on the landscape, for a barrier between the two thresholds. A trial ends when it passes the top.',
      sql: `SELECT DISTINCT ON (optimizer) * FROM question1 trials WHERE optimizer IN ('sgd', 'adam')
        ORDER BY optimizer DESC, ${STUDY_BETAS_FIRST}, eps`,
      draw: drawTrajectories,
    },
    {
      name: 'escape-by-alpha',
      about:
        'The highest barrier escaped against the step size, at β1 and β2 nearest to 0.9 and 0.999. A line has gaps where no barrier is escaped, and ends where the local minimum is not reached.',
      sql: `
        SELECT DISTINCT ON (optimizer, alpha) optimizer, alpha, threshold FROM ${MAIN} trials
        ORDER BY optimizer, alpha, ${STUDY_BETAS_FIRST}, threshold DESC`,
      draw: (rows) =>
        lineChart(rows, {
          x: 'alpha',
          y: 'threshold',
          series: 'optimizer',
          xScale: 'log',
          yScale: 'log',
          yMin: 0.001,
          title: 'Which optimiser escapes the highest barrier at each step size?',
          xLabel: 'step size α',
          yLabel: 'highest barrier escaped (threshold of h)',
          width: 960,
          height: 480,
        }),
    },
    {
      name: 'escape-heatmap',
      about:
        'The highest barrier escaped over step size and β1, for each optimiser that has a β1 and each β2.',
      sql: `SELECT optimizer, alpha, beta1 AS "β1", beta2 AS "β2", max(threshold) AS threshold FROM ${MAIN}
        WHERE beta1 IS NOT NULL GROUP BY ALL ORDER BY optimizer, "β2", "β1", alpha`,
      draw: (rows) => heatMap(rows, HEAT_MAP),
    },
  ],

  text: [answerQuestion1, describeSweep],
});

const HEAT_MAP: HeatMapSpec = {
  x: 'alpha',
  y: 'β1',
  value: 'threshold',
  panelRows: 'optimizer',
  panelColumns: 'β2',
  title: 'Where do step size and β1 escape high barriers?',
  subtitle: 'empty: no barrier is escaped, or the local minimum is not reached',
  xLabel: 'step size α',
  valueLabel: 'threshold of h',
  valueScale: 'log',
  min: 0.001,
};

async function answerQuestion1({ table, query }: ReportContext): Promise<string> {
  const { rows } = table('question1');
  const heading = '## Question 1: which optimisers escape the local minimum?';
  if (rows.length === 0)
    return `${heading}\n\nNot answered: the run has no finished trials at α = 0.3 with 20 steps.`;
  const constants = (await query(CONSTANTS)).rows[0]!;
  const lines = rows.map((row) => {
    const threshold = row.threshold as number;
    const found = row.method === 'exact' ? '' : ` (by ${row.method}: between ${row.lower} and ${row.upper})`;
    const reach = threshold > 0 ? `every barrier lower than **${digits(threshold)}**` : '**no barrier**';
    return `- ${describe(row)} escapes ${reach}${found}. It ${describeWalk(trajectoryOf({ ...constants, ...row }))}.`;
  });
  const best = rows[0]!;
  const worst = rows.at(-1)!;
  const answer =
    best.threshold === worst.threshold
      ? ''
      : `\n\nSo ${describe(best)} escapes the highest barrier; ${describe(worst)} escapes none of height ` +
        `${digits(worst.threshold as number)} or more.`;
  const setting =
    'At α = 0.3, within 20 steps from θ = 0, with the local minimum at θ = 1 and a barrier of height h behind it:';
  return `${heading}\n\n${setting}\n\n${lines.join('\n')}${answer}`;
}

/** On a barrier that is too high for it. */
function describeWalk(thetas: readonly number[]): string {
  const peak = Math.max(...thetas);
  const [before, other, last] = thetas.slice(-3) as [number, number, number];
  const bounces = Math.abs(last - before) < 1e-9 && Math.abs(last - other) > 1e-9;
  const [low, high] = [other, last].sort((a, b) => a - b) as [number, number];
  const end = bounces ? `, and oscillates between ${digits(low)} and ${digits(high)} at the end` : '';
  return `reaches at most θ = ${digits(peak)}${end}`;
}

function describeSweep({ table }: ReportContext): string {
  const { rows } = table('escape-optimizers');
  if (rows.length === 0) return '';
  const lines = rows.map((row) => {
    const at = [`α = ${number(row.best_alpha)}`];
    if (row.best_beta1 !== null) at.push(`β1 = ${number(row.best_beta1)}`);
    if (row.best_beta2 !== null) at.push(`β2 = ${number(row.best_beta2)}`);
    const ofAll = `of ${row.configurations} configurations`;
    const trouble = [
      ...(row.never_reached ? [`; never reached the local minimum: ${row.never_reached} ${ofAll}`] : []),
      ...(row.stuck ? [`; reached it, but escaped no barrier: ${row.stuck} ${ofAll}`] : []),
    ];
    return `- **${row.optimizer}**: up to ${number(row.best)}, at ${at.join(', ')}${trouble.join('')}`;
  });
  return `## The whole sweep, ${rows[0]!.steps} steps\n\nThe highest barrier that each optimiser escapes, and its parameters:\n\n${lines.join('\n')}`;
}

function describe(row: Row): string {
  const betas = row.beta1 === null ? '' : `, β1 = ${number(row.beta1!)}`;
  const second = row.beta2 === null ? '' : `, β2 = ${number(row.beta2!)}`;
  const eps = row.beta2 === null ? '' : `, ε = ${number(row.eps ?? null)}`;
  const numbers = `${betas}${second}${eps}`.slice(2);
  return numbers === '' ? `**${row.optimizer}**` : `**${row.optimizer}** (${numbers})`;
}

const number = (cell: unknown) => (typeof cell === 'number' ? formatNumber(cell) : String(cell));
const digits = (value: number) => formatNumber(value, 12);
