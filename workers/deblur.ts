// The blur study's trial: an autoencoder is fed blurred images, and what it decodes is put before DisNet, which was
// trained to tell clear images from blurred ones. DisNet is a stage: trained once for each blur, for all trials of it.
import {
  type Dataset,
  decodeFloats,
  defineWorker,
  encodeFloats,
  type ImageSet,
  type Model,
  optimizer,
  threadSession,
} from 'sweepline';
import { blurImages, CODE_LAYER, compareReconstruction, countConstantUnits, disnet } from 'sweepline/study';
import { z } from 'zod';
import {
  autoencoderCost,
  autoencoderFaults,
  autoencoderMetrics,
  autoencoderParams,
  COLLAPSED_SHARE,
  drawExamples,
  imagesOf,
  loadDataset,
  namingLosses,
  takeFirst,
  toPixels,
  trainAutoencoder,
} from './autoencoding.js';

/**
 * DisNet's minibatch and step size; the study names none. After two epochs a narrow blur finds the judge in the middle of
 * learning, so the number of steps decides: at σ = 0.4 on MNIST it sorts 0.86 to 0.96 of the test images right over six
 * seeds with 128 (PyTorch: 0.91), and 0.96 to 1.00 over eight seeds with 64, twice the steps.
 */
const JUDGE_BATCH = 128;
const JUDGE_ALPHA = 1e-3;
/** Its classes, in the order of its outputs. */
const CLEAR = 0;
const BLURRED = 1;

const judgeMetrics = {
  judge_accuracy: {
    type: 'number',
    about:
      'accuracy of the discriminator on the test images, half of them clear and half blurred; 0.5 is chance',
  },
  clear_rate_clear: { type: 'number', about: 'share of the clear test images that are classified as sharp' },
  clear_rate_blurred: {
    type: 'number',
    about: 'share of the blurred test images that are classified as sharp',
  },
} as const;

/** What a judge takes beside its training, as multiplications: see `FIXED_COST` of autoencoders. Half a second. */
const JUDGE_FIXED_COST = 3e10;

/** Multiplications of DisNet for one image, going forward: 3 × 3 kernels of 32, 64 and 128 filters on halving sizes. */
function judgeCost(shared: Dataset | undefined): number {
  const { rows = 28, columns = 28 } = shared?.train ?? {};
  return 9 * rows * columns * (32 + (32 * 64) / 4 + (64 * 128) / 16);
}

/** Images used of so many that there are. */
function countImages(wanted: number, set: ImageSet | undefined, otherwise: number): number {
  return wanted === 0 ? (set?.count ?? otherwise) : wanted;
}

export default defineWorker({
  name: 'deblur',
  version: '1',
  about:
    'Trains an autoencoder on blurred images; a discriminator classifies the decoded images as sharp or blurred',
  trains: true,
  params: {
    sigma: z.number().min(0).max(100).default(1).describe('width of the Gaussian blur in pixels'),
    target: z.enum(['clear', 'blurred']).default('clear').describe('what the autoencoder is trained towards'),
    judge_epochs: z.int().min(1).max(10_000).default(2).describe('epochs of the discriminator'),
    judge_images: z
      .int()
      .min(0)
      .max(100_000_000)
      .default(6000)
      .describe('training images of the discriminator, each both clear and blurred, from the first; 0: all'),
    ...autoencoderParams,
  },
  stages: {
    judge: {
      about: 'trains DisNet to classify images as sharp or blurred',
      params: ['sigma', 'judge_epochs', 'judge_images', 'test'],
      metrics: {
        ...judgeMetrics,
        train_loss: { type: 'number', about: 'cross-entropy over the last epoch' },
      },
      series: ['train_loss'],
      cost: ({ judge_epochs, judge_images, test }, shared) => {
        const seen = countImages(judge_images, shared?.train, 60_000);
        const tested = countImages(test, shared?.test, 10_000);
        return JUDGE_FIXED_COST + judgeCost(shared) * 2 * (3 * judge_epochs * seen + tested);
      },

      async run(trial) {
        const { sigma, judge_epochs, judge_images } = trial.params;
        const seen = takeFirst(trial.shared.train, judge_images, 'judge_images', 1);
        const test = takeFirst(trial.shared.test, trial.params.test, 'test', 1);
        const session = await threadSession({ engine: trial.engine, device: trial.device });
        // Every image both ways: nothing but the blur tells the classes apart.
        const { model, history } = await session.train({
          net: disnet([1, seen.rows, seen.columns]),
          data: {
            inputs: joinBytes(seen.images, blurImages(seen.images, seen, sigma)),
            labels: joinBytes(
              new Uint8Array(seen.count).fill(CLEAR),
              new Uint8Array(seen.count).fill(BLURRED),
            ),
            count: 2 * seen.count,
          },
          // Cross-entropy over two classes: what a single output would call binary.
          loss: 'cce',
          optimizer: optimizer('adam', { alpha: JUDGE_ALPHA }),
          epochs: judge_epochs,
          batch: JUDGE_BATCH,
          trial: namingLosses(trial),
        });
        const clear = await countClear(model, test.images, test.count);
        const blurred = await countClear(model, blurImages(test.images, test, sigma), test.count);
        trial.saveArtifact('judge.f32', encodeFloats(model.parameters));
        trial.saveArtifact('judge.onnx', model.toOnnx());
        return {
          judge_accuracy: (clear + test.count - blurred) / (2 * test.count),
          clear_rate_clear: clear / test.count,
          clear_rate_blurred: blurred / test.count,
          train_loss: history.at(-1)!.loss,
        };
      },
    },
  },
  metrics: {
    train_loss: autoencoderMetrics.train_loss,
    val_loss: autoencoderMetrics.val_loss,
    ...judgeMetrics,
    clear_rate_decoded: {
      type: 'number',
      about:
        'share of the decoded test images that are classified as sharp; means nothing where the discriminator is at chance',
    },
    test_l1: {
      type: 'number',
      about: 'mean |decoded − target| per pixel of the test images, pixels in [0, 1]',
    },
    test_l1_to_clear: {
      type: 'number',
      goal: 'min',
      about: 'mean |decoded − clear|; below blurred_l1_to_clear, some of the blur is undone',
    },
    blurred_l1_to_clear: { type: 'number', about: 'mean |blurred − clear|: what doing nothing would give' },
    dead_units: autoencoderMetrics.dead_units,
    collapsed: autoencoderMetrics.collapsed,
  },
  series: ['train_loss', 'val_loss'],
  check: (params, shared) =>
    autoencoderFaults(params, [
      { name: 'train', wanted: params.train, set: shared?.train, least: 1 },
      { name: 'test', wanted: params.test, set: shared?.test, least: 1 },
      { name: 'judge_images', wanted: params.judge_images, set: shared?.train, least: 1 },
    ]),
  cost: (params, shared) =>
    autoencoderCost(params, shared) + judgeCost(shared) * countImages(params.test, shared?.test, 10_000),
  load: loadDataset,

  async run(trial) {
    const { params } = trial;
    const judge = trial.stage('judge');
    const { train, test, classes } = imagesOf(trial);
    const width = test.rows * test.columns;
    const blur = (set: ImageSet): ImageSet => ({ ...set, images: blurImages(set.images, set, params.sigma) });
    const blurredTest = blur(test);
    const session = await threadSession({ engine: trial.engine, device: trial.device });
    const { model, history } = await trainAutoencoder(trial, session, {
      inputs: blur(train),
      ...(params.target === 'clear' ? { targets: train.images } : {}),
    });

    const inputs = { inputs: blurredTest.images, count: test.count };
    const decoded = await model.predict(inputs);
    const codes = await model.encode(inputs, CODE_LAYER);
    const toClear = compareReconstruction(test.images, decoded, width);
    const toTarget =
      params.target === 'clear' ? toClear : compareReconstruction(blurredTest.images, decoded, width);
    // Clear and blurred images reach the judge in 256 greys, so decoded ones do too: with finer greys it might tell
    // images apart by their rounding, a faint veil of 0.001 over a black ground for one.
    const pixels = toPixels(decoded);
    const judging = session.model(
      disnet([1, test.rows, test.columns]),
      decodeFloats(judge.readArtifact('judge.f32')),
    );
    const { judge_accuracy, clear_rate_clear, clear_rate_blurred } = judge.metrics;

    trial.saveArtifact('model.onnx', model.toOnnx());
    trial.saveArtifact(
      'deblurred.png',
      drawExamples(test, classes, [test.images, blurredTest.images, pixels]),
    );
    const last = history.at(-1)!;
    return {
      train_loss: last.loss,
      val_loss: last.val_loss ?? null,
      judge_accuracy: judge_accuracy!,
      clear_rate_clear: clear_rate_clear!,
      clear_rate_blurred: clear_rate_blurred!,
      clear_rate_decoded: (await countClear(judging, pixels, test.count)) / test.count,
      test_l1: toTarget.l1,
      test_l1_to_clear: toClear.l1,
      blurred_l1_to_clear: compareReconstruction(test.images, toUnit(blurredTest.images), width).l1,
      dead_units: countConstantUnits({ values: codes, count: test.count, dims: params.latent }),
      collapsed: toTarget.varianceShare < COLLAPSED_SHARE,
    };
  },
});

/** How many of the images the judge finds likelier clear than blurred. Dropout is off, as in every prediction. */
async function countClear(judge: Model, images: Uint8Array, count: number): Promise<number> {
  const chances = await judge.predict({ inputs: images, count });
  let clear = 0;
  for (let i = 0; i < count; i++) if (chances[2 * i + CLEAR]! > chances[2 * i + BLURRED]!) clear++;
  return clear;
}

function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function toUnit(images: Uint8Array): Float32Array {
  return new Float32Array(images).map((value) => value / 255);
}
