// The report of the blur study: which blurs the judge sees, and how many of the decoded images it takes for clear. Every
// number comes from the run's rows; where the judge guesses, the report says so instead of reading its rates.
import {
  type Chart,
  defineReport,
  type FigureSpec,
  groupRows,
  lineChart,
  meansTable,
  numbersOf,
  type ReportContext,
  type Row,
  type TableSpec,
} from 'sweepline';
import { dataName, describeTrouble, digits, percent, troubleSection } from './autoencoders.js';
import { drawDecoded, drawSamples } from './blur-pictures.js';
import { type Target, trialsOf } from './blur-trials.js';

/** A judge that is right for fewer of the test images than this guesses; 10,000 coins would stay below 0.52. */
const GUESSING = 0.6;
export default defineReport({
  name: 'blur',
  title: 'Does an autoencoder deblur?',
  tables: [
    deblurTable(
      'deblur',
      'clear',
      'Autoencoders held to the clear image: means over replicates, those that died or collapsed included.',
    ),
    deblurTable(
      'deblur-blurred',
      'blurred',
      'The control: the same autoencoders held to the blurred image they are fed, so that nothing asks them to undo the blur.',
    ),
  ],
  figures: [
    {
      name: 'blur-samples',
      about: 'The same test images, clear and at each blur width.',
      sql: `SELECT DISTINCT sigma, judge_accuracy, clear_rate_clear, clear_rate_blurred FROM trials
        WHERE status = 'ok' ORDER BY ALL`,
      render: drawSamples,
    },
    {
      name: 'blur-judge',
      about:
        'DisNet on each blur: its accuracy on the test images, and the shares of clear and of blurred images that it classifies as sharp. One discriminator per blur width: this run says nothing about how much another one would differ.',
      sql: (context) => trialsOf(context),
      draw: drawJudge,
    },
    passingFigure('blur-passing', 'clear', 'trained towards the clear image'),
    passingFigure('blur-passing-blurred', 'blurred', 'trained towards the blurred image (control)'),
    {
      name: 'blur-distance',
      about:
        'Mean distance per pixel from the clear test image: of the decoded images (trained towards the clear one; mean over replicates with their range) and of the blurred images themselves. Below the blurred images, some of the blur is removed.',
      sql: (context) => trialsOf(context, 'clear'),
      draw: drawDistance,
    },
    decodedFigure('blur-decoded', 'clear', 'trained towards the clear image'),
    decodedFigure('blur-decoded-blurred', 'blurred', 'trained towards the blurred image (control)'),
  ],
  text: [answer, nameTrouble],
});

function deblurTable(name: string, target: Target, about: string): TableSpec {
  return meansTable({
    name,
    about,
    columns: {
      judge_accuracy:
        'accuracy of the discriminator of this blur width on the test images; at 0.5 it is at chance, and its rates mean nothing',
      clear_rate_clear: 'share of the clear test images that are classified as sharp',
      clear_rate_blurred: 'share of the blurred test images that are classified as sharp',
      clear_rate_decoded: 'share of the decoded test images that are classified as sharp',
      test_l1_to_clear: 'mean |decoded − clear| per pixel',
    },
    preview: 50,
    by: ['sigma', 'latent'],
    where: { target },
    means: [
      'judge_accuracy',
      'clear_rate_clear',
      'clear_rate_blurred',
      'clear_rate_decoded',
      'test_l1_to_clear',
    ],
  });
}

function passingFigure(name: string, target: Target, how: string): FigureSpec {
  return {
    name,
    about: `Share of the decoded test images that the discriminator classifies as sharp, from autoencoders ${how}: mean over replicates with their range; and the same of the clear and the blurred images. Where these two meet, the discriminator is at chance.`,
    sql: (context) => trialsOf(context, target),
    draw: (rows, context) =>
      overSigma(
        [
          ...spreads(rows, 'clear_rate_decoded'),
          ...spreads(named(rows, 'clear images'), 'clear_rate_clear'),
          ...spreads(named(rows, 'blurred images'), 'clear_rate_blurred'),
        ],
        {
          title: `How many decoded images pass for sharp? (${dataName(context)})`,
          subtitle: `autoencoders ${how}; mean over replicates, with the range between them`,
          yLabel: 'share classified as sharp',
          yMax: 1,
        },
      ),
  };
}

function decodedFigure(name: string, target: Target, how: string): FigureSpec {
  return {
    name,
    about: `Clear test images; then, for each blur width, the input of the autoencoders and the output of the first replicate of each latent size, ${how}.`,
    table: target === 'clear' ? 'deblur' : 'deblur-blurred',
    render: (context) => drawDecoded(context, name, target, how),
  };
}

/** Rows under a name that tells one judge's from another's where the run has several for a blur. */
const named = (rows: readonly Row[], name: string): readonly Row[] =>
  rows.map((row) => ({ ...row, setting: row.judge === '' ? name : `${name}, ${row.judge}` }));

/** Mean and range of a metric for each setting and σ. */
function spreads(rows: readonly Row[], metric: string): readonly Row[] {
  return groupRows(rows, 'setting').flatMap(([series, members]) =>
    groupRows(members, 'sigma')
      .map(([sigma, replicates]) => {
        const values = numbersOf(replicates, metric);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        return { series, sigma: Number(sigma), mean, low: Math.min(...values), high: Math.max(...values) };
      })
      .sort((a, b) => a.sigma - b.sigma),
  );
}

function overSigma(
  rows: readonly Row[],
  look: {
    title: string;
    subtitle: string;
    seriesLabel?: string;
    yLabel: string;
    yMax?: number;
    marks?: { y: number; label: string }[];
  },
): Chart {
  return lineChart(rows, {
    x: 'sigma',
    y: 'mean',
    series: 'series',
    seriesLabel: 'images',
    band: ['low', 'high'],
    // A σ of 0 (no blur, as a control) has no place on a log axis.
    xScale: rows.every((row) => Number(row.sigma) > 0) ? 'log' : 'linear',
    xTicks: [...new Set(rows.map((row) => Number(row.sigma)))],
    xLabel: 'σ of the blur, pixels',
    yMin: 0,
    width: 960,
    height: 460,
    ...look,
  });
}

function drawJudge(rows: readonly Row[], context: ReportContext): Chart {
  const measures = [
    ['accuracy', 'judge_accuracy'],
    ['clear classified as sharp', 'clear_rate_clear'],
    ['blurred classified as sharp', 'clear_rate_blurred'],
  ] as const;
  const lines = measures.flatMap(([measure, metric]) => spreads(named(rows, measure), metric));
  return overSigma(lines, {
    title: `From which blur width on does the discriminator see it? (${dataName(context)})`,
    subtitle: 'DisNet on test images, half of them clear and half blurred',
    seriesLabel: 'measure',
    yLabel: 'share of the test images',
    yMax: 1,
    marks: [{ y: 0.5, label: 'chance' }],
  });
}

function drawDistance(rows: readonly Row[], context: ReportContext): Chart {
  return overSigma(
    [...spreads(rows, 'test_l1_to_clear'), ...spreads(named(rows, 'blurred images'), 'blurred_l1_to_clear')],
    {
      title: `Are decoded images closer to the clear ones than blurred ones are? (${dataName(context)})`,
      subtitle: 'test images; autoencoders trained towards the clear image',
      yLabel: 'mean |difference| per pixel',
    },
  );
}

async function answer(context: ReportContext): Promise<string> {
  const heading = `## Does it deblur? (${dataName(context)})`;
  const { rows } = await context.query(await trialsOf(context, 'clear'));
  if (rows.length === 0) return `${heading}\n\nNot answered: no trial with target clear has finished.`;
  const inOrder = [...rows].sort((a, b) => Number(a.sigma) - Number(b.sigma));
  const blurs = inOrder.map((row) => ({
    ...row,
    blur: `σ ${row.sigma}${row.judge === '' ? '' : `, ${row.judge}`}`,
  }));
  const lines = groupRows(blurs, 'blur').map(([blur, members]) => {
    const nearest = spreads(members, 'test_l1_to_clear').reduce((a, b) =>
      Number(b.mean) < Number(a.mean) ? b : a,
    );
    const passing = spreads(members, 'clear_rate_decoded').find(({ series }) => series === nearest.series);
    const { judge_accuracy, clear_rate_clear, clear_rate_blurred, blurred_l1_to_clear } = members[0]!;
    const undone = Number(nearest.mean) < Number(blurred_l1_to_clear);
    return (
      `**${blur}**: closest to the clear images is **${nearest.series}**, L1 ${digits(nearest.mean)}; ` +
      `${undone ? '**some of the blur is removed**' : 'farther away than the input'} (the blurred images: ${digits(blurred_l1_to_clear)}). ` +
      (Number(judge_accuracy) < GUESSING
        ? `The discriminator is at chance (accuracy ${percent(judge_accuracy)}), so its rates mean nothing.`
        : `${percent(passing!.mean)} of its images are classified as sharp, as are ${percent(clear_rate_blurred)} of the blurred and ${percent(clear_rate_clear)} of the clear images (accuracy of the discriminator: ${percent(judge_accuracy)}).`)
    );
  });
  const empty = rows.filter((row) => row.collapsed === true && Number(row.clear_rate_decoded) > 0.5);
  return [
    heading,
    lines.map((line) => `- ${line}`).join('\n'),
    'Means over replicates. **Sharp does not mean correct**: the discriminator has learnt what blur looks like, not which digit it was. ' +
      'A sharp image of another digit is classified as sharp, and so is the one sharp image that a collapsed autoencoder gives for every input ' +
      `(in this run: ${empty.length} of ${rows.length} trials trained towards the clear image collapsed and still have most of their images classified as sharp). The distance shows this.`,
  ].join('\n\n');
}

async function nameTrouble(context: ReportContext): Promise<string> {
  const { rows } = await context.query(await trialsOf(context));
  if (rows.length === 0) return '';
  const inOrder = [...rows].sort((a, b) => Number(a.trial) - Number(b.trial));
  return troubleSection(
    describeTrouble(
      inOrder,
      (row) => `σ ${row.sigma}, ${row.setting}, target ${row.target}: test L1 ${digits(row.test_l1)}`,
    ),
  );
}
