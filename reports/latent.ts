// The report of the latent study: what codes of each size keep. Every number comes from the run's rows and its trials'
// artifacts; trials that died or collapsed are in every mean, and are named in the text.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  barChart,
  decodeFloats,
  defineReport,
  groupRows,
  lineChart,
  meansTable,
  type ReportContext,
  type Row,
  randomFor,
  renderConfusions,
  renderImageRows,
  renderPointMaps,
  rowsToSql,
} from 'sweepline';
import { type ClassificationRow, placeCodes } from 'sweepline/study';
import {
  dataName,
  describeTrouble,
  digits,
  nameSetting,
  type Picture,
  pickEvenly,
  troubleSection,
} from './autoencoders.js';

/** Pictures show so many settings at most; the tables hold all. */
const MOST_PANELS = 9;
const TSNE_ITERATIONS = 500;

export default defineReport({
  name: 'latent',
  title: 'How much class information survives at each latent dimension?',
  choices: {
    plane: { about: 'the embedding of codes with more than two dimensions', values: ['tsne', 'umap'] },
  },

  tables: [
    meansTable({
      name: 'latent-accuracy',
      about: 'One row per latent dimension: means over its replicates, dead and collapsed ones included.',
      columns: {
        kmeans_accuracy:
          'k-means on the test codes after optimal (Hungarian) assignment of clusters to digits; low and high: its 95 % interval (Student) over replicates, clipped to [0, 1]',
        raw_accuracy: 'the same without the assignment: meaningless, about 0.1 by chance',
        dead_units: 'code units that are constant over the test images, mean',
        collapsed: 'replicates whose decoded images do not depend on the input',
      },
      preview: 50,
      by: ['latent'],
      means: ['kmeans_accuracy', 'raw_accuracy', 'nmi', 'ari', 'test_l1', 'test_mse', 'dead_units'],
      intervals: { kmeans_accuracy: [0, 1] },
      counts: ['collapsed'],
    }),
    {
      name: 'classification',
      about:
        'Precision, recall and F1 of each digit, its assigned cluster taken as the prediction; one block per trial.',
      sql: (context) => {
        const columns = { precision: 'number', recall: 'number', f1: 'number', support: 'integer' } as const;
        return tabulate(context, { class: 'string', ...columns }, ({ classification }) =>
          classification.map((row) => ({ ...row })),
        );
      },
    },
    {
      name: 'confusion',
      about: 'Test images of each digit by the digit that their cluster is assigned to.',
      preview: 0,
      sql: (context) =>
        tabulate(context, { class: 'integer', matched: 'integer', count: 'integer' }, ({ confusion }) =>
          confusion.flatMap((row, digit) => row.map((count, matched) => ({ class: digit, matched, count }))),
        ),
    },
  ],

  figures: [
    {
      name: 'latent-accuracy',
      about:
        'Accuracy of k-means on the codes after assigning clusters to digits, and of a linear classifier on the same codes: mean over replicates, with the replicates themselves or, from five on, with 95 % intervals. Accuracy without the assignment (raw) stays near 0.1 whatever the codes are.',
      sql: async (context) => `SELECT ${await settingOf(context)} AS setting, * FROM trials
        WHERE status = 'ok' ORDER BY latent, trial`,
      draw: (rows, context) =>
        barChart(accuracyBars(rows), {
          x: 'setting',
          y: 'accuracy',
          series: 'measure',
          replicates: 'mean',
          within: [0, 1],
          title: `At which latent dimension do the codes tell digits apart? (${dataName(context)})`,
          subtitle:
            'test images; bars: mean over replicates; points: replicates, or from five on their 95 % interval',
          xLabel: 'latent dimension',
          yLabel: 'accuracy',
          yMax: 1,
          width: 960,
          height: 460,
        }),
    },
    {
      name: 'latent-loss',
      about:
        'Training loss after each epoch on a log axis: mean over replicates, with a band from the lowest to the highest.',
      sql: async (
        context,
      ) => `SELECT concat('latent ', ${await settingOf(context)}) AS setting, any_value(latent) AS size, step,
          avg(metrics.train_loss) AS loss, min(metrics.train_loss) AS low,
          max(metrics.train_loss) AS high
        FROM metrics JOIN trials USING (run, trial) WHERE status = 'ok' GROUP BY setting, step
        ORDER BY size, setting, step`,
      draw: (rows, context) =>
        lineChart(rows, {
          x: 'step',
          y: 'loss',
          series: 'setting',
          band: ['low', 'high'],
          yScale: 'log',
          title: `How fast does each latent dimension learn? (${dataName(context)})`,
          subtitle: 'mean over replicates, with the range between them',
          xLabel: 'epoch',
          yLabel: 'training loss',
          width: 960,
          height: 460,
        }),
    },
    {
      name: 'latent-reconstructions',
      about:
        'The same test images in every row: the originals, then the output of the first replicate of each latent dimension.',
      table: 'latent-accuracy',
      render: drawReconstructions,
    },
    {
      name: 'latent-codes',
      about:
        'Codes of test images, each drawn as its digit; first replicate of each latent dimension. Two dimensions are drawn as they are; more are embedded with t-SNE (or UMAP, with `--choose plane=umap`), which preserves neighbours but not distances between groups.',
      table: 'latent-accuracy',
      render: drawCodes,
    },
    {
      name: 'latent-confusion',
      about:
        'Rows: the true digit; columns: the digit that its cluster is assigned to; in percent of the row. First replicate of each latent dimension.',
      table: 'confusion',
      render: drawConfusions,
    },
  ],

  text: [explainAccuracy, nameTrouble],
});

/** What `clusters.json` of a trial holds. */
interface Clusters {
  readonly dims: number;
  readonly labels: readonly number[];
  readonly confusion: readonly (readonly number[])[];
  readonly classification: readonly ClassificationRow[];
}

interface Shown {
  readonly row: Row;
  readonly setting: string;
  readonly folder: string;
  readonly clusters: Clusters;
}

/** A table with rows from each finished trial's artifacts. */
async function tabulate(
  context: ReportContext,
  columns: Parameters<typeof rowsToSql>[0],
  rowsOf: (clusters: Clusters) => readonly Row[],
): Promise<string> {
  const trials = await finishedTrials(context);
  const rows = trials.flatMap(({ row, clusters }) =>
    rowsOf(clusters).map((each) => ({ trial: row.trial!, latent: row.latent!, ...each })),
  );
  return rowsToSql({ trial: 'integer', latent: 'integer', ...columns }, rows);
}

const settingOf = (context: ReportContext) => nameSetting(context, 'latent');

function accuracyBars(rows: readonly Row[]): Row[] {
  const measures = [
    ['k-means, assigned', 'kmeans_accuracy'],
    ['linear probe', 'probe_accuracy'],
    ['k-means, raw', 'raw_accuracy'],
  ] as const;
  return groupRows(rows, 'setting').flatMap(([setting, members]) =>
    measures.flatMap(([measure, name]) =>
      members.map((row) => ({ setting, measure, accuracy: row[name] ?? null })),
    ),
  );
}

/** Finished trials whose artifacts are here, by setting and replicate. */
async function finishedTrials(context: ReportContext): Promise<readonly Shown[]> {
  const { rows } = await context.query(
    `SELECT ${await settingOf(context)} AS setting, * FROM trials WHERE status = 'ok'
      ORDER BY latent, setting, replicate, trial`,
  );
  return rows.flatMap((row) => {
    const folder = join(context.folder, 'artifacts', String(row.trial));
    const path = join(folder, 'clusters.json');
    if (!existsSync(path)) return [];
    const clusters = JSON.parse(readFileSync(path, 'utf8')) as Clusters;
    return [{ row, setting: String(row.setting), folder, clusters }];
  });
}

/** The first replicate of each setting, for pictures; of many settings a few, evenly from the smallest size to the largest. */
async function shownTrials(context: ReportContext): Promise<readonly Shown[]> {
  const trials = await finishedTrials(context);
  const first = trials.filter(({ setting }, i) => setting !== trials[i - 1]?.setting);
  return pickEvenly(first, MOST_PANELS);
}

async function drawReconstructions(context: ReportContext): Promise<Picture> {
  const shown = await shownTrials(context);
  if (shown.length === 0) return null;
  const sheets = shown.map(({ folder }) => readFileSync(join(folder, 'reconstructions.png')));
  const rows = [
    { label: 'original', png: sheets[0]!, part: [0, 0.5] as const },
    ...shown.map(({ row, setting }, i) => ({
      label: `latent ${setting}`,
      note: `L1 ${digits(row.test_l1)}${row.collapsed === true ? ', collapsed' : ''}`,
      png: sheets[i]!,
      part: [0.5, 1] as const,
    })),
  ];
  return ({ isNarrow }) =>
    renderImageRows(rows, {
      isNarrow,
      name: 'latent-reconstructions',
      title: `What does a code of each size keep of an image? (${dataName(context)})`,
      subtitle: 'test images and their decodings; L1: mean distance per pixel over all test images',
      about: 'Rows of images: originals, then decodings for each latent dimension',
    });
}

async function drawCodes(context: ReportContext): Promise<Picture> {
  const shown = await shownTrials(context);
  if (shown.length === 0) return null;
  const embedding = context.choice('plane') as 'tsne' | 'umap';
  const method = { tsne: 't-SNE', umap: 'UMAP' }[embedding];
  const panels = shown.map(async ({ row, setting, folder, clusters: { dims, labels } }) => {
    const values = decodeFloats(readFileSync(join(folder, 'codes.f32')));
    const codes = { values, count: labels.length, dims };
    const how = dims > 2 ? `, ${method}` : dims === 1 ? ', a line for each digit' : '';
    return {
      title: `latent ${setting}${how}${row.collapsed === true ? ' (collapsed)' : ''}`,
      plane: await placeCodes(codes, labels, {
        random: randomFor(Number(row.seed), method),
        embedding,
        iterations: TSNE_ITERATIONS,
      }),
      labels,
    };
  });
  const placed = await Promise.all(panels);
  return ({ isNarrow }) =>
    renderPointMaps(placed, {
      isNarrow,
      name: 'latent-codes',
      title: `Do codes of the same digit lie together? (${dataName(context)})`,
      subtitle: `the first ${shown[0]!.clusters.labels.length} test images, each drawn as its digit`,
      about:
        'One panel per latent dimension; points are the digits of test images, at the place of their codes',
    });
}

async function drawConfusions(context: ReportContext): Promise<Picture> {
  const shown = await shownTrials(context);
  if (shown.length === 0) return null;
  const panels = shown.map(({ row, setting, clusters }) => ({
    title: `latent ${setting}: accuracy ${digits(row.kmeans_accuracy)}`,
    counts: clusters.confusion,
  }));
  return ({ isNarrow }) =>
    renderConfusions(panels, {
      isNarrow,
      name: 'latent-confusion',
      title: `Which digits are taken for which? (${dataName(context)})`,
      subtitle: 'rows: true digit; columns: digit that the cluster is assigned to; percent of the row',
      about: 'One confusion matrix per latent dimension',
    });
}

function explainAccuracy(context: ReportContext): string {
  const { rows, columns } = context.table('latent-accuracy');
  const keys = columns.slice(0, columns.indexOf('replicates'));
  const name = (row: Row) => keys.map((key) => `${key} ${row[key]}`).join(', ');
  const heading = `## How much class information the codes hold, ${dataName(context)}`;
  if (rows.length === 0) return `${heading}\n\nNot answered: no trial has finished.`;
  const raw = rows.map((row) => Number(row.raw_accuracy));
  const best = rows.reduce((a, b) => (Number(b.kmeans_accuracy) > Number(a.kmeans_accuracy) ? b : a));
  const finest = rows.reduce((a, b) => (Number(b.test_l1) < Number(a.test_l1) ? b : a));
  const interval =
    best.kmeans_accuracy_low === null
      ? ' (one replicate: this run says nothing about other seeds)'
      : ` (95 % interval ${digits(best.kmeans_accuracy_low)} to ${digits(best.kmeans_accuracy_high)} over ${best.replicates} replicates)`;
  return [
    heading,
    `k-means on the codes is most accurate at **${name(best)}**: accuracy **${digits(best.kmeans_accuracy)}**${interval}. ` +
      `The decoded images are closest to their originals at **${name(finest)}**: test L1 ${digits(finest.test_l1)}.`,
    `**Why assigned, not raw.** The numbers of k-means clusters are arbitrary: cluster 3 is not digit 3. Reading them as digits gives ` +
      `a mean raw accuracy of ${digits(Math.min(...raw))} to ${digits(Math.max(...raw))} in this run, near the 0.1 of chance, however good the clusters are. ` +
      'Every accuracy here is taken after the one-to-one matching of clusters to digits that makes the most images right (Hungarian method); ' +
      'NMI and ARI need no matching.',
  ].join('\n\n');
}

async function nameTrouble(context: ReportContext): Promise<string> {
  const { rows } = await context.query(
    `SELECT trial, ${await settingOf(context)} AS setting, latent, dead_units, collapsed, test_l1, kmeans_accuracy
      FROM trials WHERE status = 'ok' ORDER BY trial`,
  );
  if (rows.length === 0) return '';
  const trouble = describeTrouble(rows, (row) => `latent ${row.setting}: test L1 ${digits(row.test_l1)}`);
  const here = new Set((await finishedTrials(context)).map(({ row }) => row.trial));
  const missing = rows.filter((row) => !here.has(row.trial!));
  return troubleSection([
    ...trouble,
    ...(missing.length === 0
      ? []
      : [
          `Without artifacts in this folder, so missing from classification, confusion and the pictures: trial ${missing.map((row) => row.trial).join(', ')}.`,
        ]),
  ]);
}
