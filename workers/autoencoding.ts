// What trials of autoencoders have in common: parameters, data set, the training itself, the pictures of its decodings.
// Which images go in, what they are held to, and what is asked of the trained net is each worker's own.
import {
  type Dataset,
  findDataset,
  type ImageSet,
  optimizer,
  renderSheet,
  type Session,
  SweeplineError,
  TRAINING_OPTIMIZERS,
  type Trained,
  type TrainOptions,
  type Trial,
} from 'sweepline';
import { autoencoder, encoderWidths, hiddenFaults } from 'sweepline/study';
import { z } from 'zod';

const fraction = () => z.number().min(0).lt(1);
const count = () => z.int().min(0).max(100_000_000);

/** Of the net and its training; the defaults are the study's. */
export const autoencoderParams = {
  latent: z.int().min(1).max(4096).default(16).describe('units of the code'),
  hidden: z
    .string()
    .refine((text) => hiddenFaults(text).length === 0, 'expected study, none, or widths such as 512-256-128')
    .default('study')
    .describe(
      'encoder widths before the code: study, none, or such as 512-256-128; the decoder mirrors them',
    ),
  code_activation: z
    .enum(['relu', 'linear', 'leakyRelu', 'sigmoid', 'tanh', 'softplus'])
    .default('relu')
    .describe('activation on the code'),
  output: z.enum(['sigmoid', 'linear']).default('sigmoid').describe('activation on the decoded image'),
  loss: z.enum(['l1', 'l2', 'bce']).default('l1').describe('training loss'),
  optimizer: z.enum(TRAINING_OPTIMIZERS).default('adam').describe('the optimiser'),
  alpha: z.number().positive().max(1e6).default(1e-3).describe('step size α'),
  beta1: fraction().default(0.9).describe('decay of the first moment, or momentum'),
  beta2: fraction().default(0.999).describe('decay of the second moment'),
  eps: z.number().min(0).max(1).default(1e-8).describe('ε, added to the root of the second moment'),
  decay: z
    .number()
    .min(0)
    .max(1e6)
    .default(0)
    .describe('weight decay: decoupled for adamw, L2 for the others'),
  schedule: z
    .enum(['constant', 'cosine'])
    .default('constant')
    .describe('step size over the training: constant, or half a cosine down to 0'),
  epochs: z.int().min(1).max(100_000).default(200).describe('passes over the training images'),
  batch: z.int().min(1).max(65_536).default(256).describe('images in a minibatch'),
  train: count().default(0).describe('how many training images are used, from the first; 0: all'),
  test: count().default(0).describe('how many test images are used, from the first; 0: all'),
  validation: fraction().default(0).describe('share of the training images held out for val_loss'),
  init: z.enum(['glorot', 'he']).default('glorot').describe('weight initialisation'),
};

export type AutoencoderParams = z.output<z.ZodObject<typeof autoencoderParams>>;

/**
 * What a trial takes beside its training (compiling the graph, clusters, pictures), as multiplications: 0.2 s at the
 * 6 × 10^10 a second that two cores of a small machine do.
 */
const FIXED_COST = 1.2e10;

/** Multiplications of a training: weights, times images, times epochs (forward, and twice that backward). */
export function autoencoderCost(
  { latent, hidden, epochs, train, validation, test }: AutoencoderParams,
  shared: Dataset | undefined,
): number {
  const { rows = 28, columns = 28, count = 60_000 } = shared?.train ?? {};
  const widths = [rows * columns, ...encoderWidths(latent, hidden)];
  const weights = 2 * widths.slice(1).reduce((sum, width, i) => sum + width * widths[i]!, 0);
  const trained = (train || count) * (1 - validation);
  const judged = test || (shared?.test.count ?? 10_000);
  return FIXED_COST + weights * (3 * epochs * trained + judged);
}

export const autoencoderMetrics = {
  train_loss: { type: 'number', about: 'training loss, mean over the last epoch' },
  val_loss: {
    type: 'number',
    about: 'loss on the held-out images after the last epoch; none held out: empty',
  },
  dead_units: { type: 'integer', about: 'code units that are constant over the test images' },
  collapsed: { type: 'boolean', about: 'decoded images vary less than 1 % as much as those they should be' },
} as const;

/** Decoded images that vary less than this share of the originals' variance do not depend on their input. */
export const COLLAPSED_SHARE = 0.01;

/** Faults between parameters, and with the data: `counts` are the parameters that say how many images of a part are used. */
export function autoencoderFaults(
  { loss, output }: AutoencoderParams,
  counts: readonly ImageCount[],
): readonly string[] {
  const faults = counts.map(countFault).filter((fault) => fault !== undefined);
  if (loss === 'bce' && output === 'linear')
    faults.push('loss bce needs output sigmoid: it compares probabilities');
  return faults;
}

/** So many images of a set, from the first; 0: all. */
export interface ImageCount {
  /** The parameter. */
  readonly name: string;
  readonly wanted: number;
  /** Undefined where the data is not read yet: then there is no fault. */
  readonly set: ImageSet | undefined;
  readonly least: number;
}

function countFault({ name, wanted, set, least }: ImageCount): string | undefined {
  if (set === undefined) return undefined;
  const count = wanted === 0 ? set.count : wanted;
  return count > set.count || count < least
    ? `${name} is ${wanted}; expected ${least} to ${set.count} images, or 0 for all`
    : undefined;
}

/** A worker’s `load`: the data set that `--data` names. */
export function loadDataset({ data }: { readonly data: string | undefined }) {
  const dataset = findDataset(data);
  return { shared: dataset, data: { name: dataset.name, sha256: dataset.sha256 } };
}

/** The images that a trial uses: the first of each part, as `train` and `test` say. */
export function imagesOf(
  { shared, params }: Pick<Trial<AutoencoderParams, Dataset>, 'shared' | 'params'>,
  leastTest = 1,
): Pick<Dataset, 'train' | 'test' | 'classes'> {
  const { classes } = shared;
  const train = takeFirst(shared.train, params.train, 'train', 1);
  return { train, test: takeFirst(shared.test, params.test, 'test', leastTest), classes };
}

/** The first `wanted` images, all for 0; an error names the parameter where there are not so many, or too few. */
export function takeFirst(set: ImageSet, wanted: number, name: string, least: number): ImageSet {
  const fault = countFault({ name, wanted, set, least });
  if (fault !== undefined) throw new SweeplineError('BAD_USAGE', fault);
  const count = wanted === 0 ? set.count : wanted;
  const width = set.rows * set.columns;
  return {
    ...set,
    count,
    images: set.images.subarray(0, count * width),
    labels: set.labels.subarray(0, count),
  };
}

/** Trains the autoencoder that the trial asks for, to give `targets` for `inputs` (without them: the inputs again). */
export function trainAutoencoder(
  trial: Trial<AutoencoderParams, unknown>,
  session: Session,
  { inputs, targets }: { readonly inputs: ImageSet; readonly targets?: Uint8Array },
): Promise<Trained> {
  const { params } = trial;
  const { alpha, beta1, beta2, eps, decay } = params;
  return session.train({
    net: autoencoder({
      ...params,
      input: inputs.rows * inputs.columns,
      codeActivation: params.code_activation,
    }),
    data: { inputs: inputs.images, count: inputs.count, ...(targets === undefined ? {} : { targets }) },
    loss: params.loss,
    optimizer: optimizer(params.optimizer, {
      ...{ alpha, beta1, beta2, eps, decay },
      schedule: { kind: params.schedule },
    }),
    epochs: params.epochs,
    batch: params.batch,
    ...(params.validation > 0 ? { validation: params.validation } : {}),
    trial: namingLosses(trial),
  });
}

/** The trial as `session.train` wants it, its losses reported as `train_loss` and `val_loss`. */
export function namingLosses(
  trial: Pick<Trial, keyof NonNullable<TrainOptions['trial']>>,
): NonNullable<TrainOptions['trial']> {
  return {
    seed: trial.seed,
    splitSeed: trial.splitSeed,
    get stopRequested() {
      return trial.stopRequested;
    },
    stopped: () => trial.stopped(),
    report: (epoch, { loss, val_loss }) =>
      trial.report(epoch, { train_loss: loss!, ...(val_loss === undefined ? {} : { val_loss }) }),
    isTakenOver: trial.isTakenOver,
    loadCheckpoint: () => trial.loadCheckpoint(),
    saveCheckpoint: (bytes) => trial.saveCheckpoint(bytes),
  };
}

/** Decoded pixels as the bytes of an image: 255 times, cut at both ends, halves to even as the blur rounds them. */
export function toPixels(decoded: Float32Array): Uint8Array {
  // A plain loop: `from` with a function goes by way of a list of boxed numbers, 50 times slower and hundreds of MB.
  const pixels = new Uint8ClampedArray(decoded.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 255 * decoded[i]!;
  return new Uint8Array(pixels.buffer);
}

/** The first test image of each class in several versions, one below the other: the same images in every trial. */
export function drawExamples(
  { rows, columns, labels }: ImageSet,
  classes: number,
  versions: readonly Uint8Array[],
): Uint8Array {
  const width = rows * columns;
  const shown = Array.from({ length: classes }, (_, c) => labels.indexOf(c)).filter((i) => i >= 0);
  const sheet = new Uint8Array(versions.length * shown.length * width);
  versions.forEach((images, row) => {
    shown.forEach((i, at) => {
      sheet.set(images.subarray(i * width, (i + 1) * width), (row * shown.length + at) * width);
    });
  });
  return renderSheet(sheet, { rows, columns, perRow: shown.length });
}
