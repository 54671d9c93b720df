// The latent study's trial: trains one autoencoder, then asks what its codes keep of the digits and whether its
// decodings depend on the input at all. Nets, training and statistics are described where they are implemented.
import {
  autoencoder,
  CODE_LAYER,
  compareReconstruction,
  countConstantUnits,
  type Dataset,
  defineWorker,
  findDataset,
  hiddenFaults,
  type ImageSet,
  judgeCodes,
  optimizer,
  probeAccuracy,
  renderSheet,
  SweeplineError,
  TRAINING_OPTIMIZERS,
  threadSession,
} from 'sweepline';
import { z } from 'zod';

/** Images whose codes are kept for pictures, and training images that the linear probe is fitted to. */
const KEPT_CODES = 1000;
const PROBE_IMAGES = 10_000;
/** Decoded images that vary less than this share of the originals' variance do not depend on their input. */
const COLLAPSED_SHARE = 0.01;

const fraction = () => z.number().min(0).lt(1);
const count = () => z.int().min(0).max(100_000_000);

export default defineWorker({
  name: 'autoencoder',
  version: '1',
  about: 'Trains a dense autoencoder of images and clusters its codes',
  trains: true,
  params: {
    latent: z.int().min(1).max(4096).default(16).describe('units of the code'),
    hidden: z
      .string()
      .refine(
        (text) => hiddenFaults(text).length === 0,
        'expected study, none, or widths such as 512-256-128',
      )
      .default('study')
      .describe(
        'encoder widths before the code: study, none, or such as 512-256-128; the decoder mirrors them',
      ),
    code_activation: z
      .enum(['relu', 'linear', 'leakyRelu', 'sigmoid', 'tanh', 'softplus'])
      .default('relu')
      .describe('activation on the code'),
    output: z.enum(['sigmoid', 'linear']).default('sigmoid').describe('activation on the decoded image'),
    loss: z.enum(['l1', 'l2', 'bce']).default('l1').describe('what training lowers'),
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
      .describe('step size over the training: as it is, or down to 0 along half a cosine'),
    epochs: z.int().min(1).max(100_000).default(200).describe('passes over the training images'),
    batch: z.int().min(1).max(65_536).default(256).describe('images in a minibatch'),
    train: count().default(0).describe('how many training images are used, from the first; 0: all'),
    test: count().default(0).describe('how many test images are used, from the first; 0: all'),
    validation: fraction().default(0).describe('share of the training images held out for val_loss'),
    init: z.enum(['glorot', 'he']).default('glorot').describe('starting weights'),
  },
  metrics: {
    train_loss: { type: 'number', about: 'training loss, mean over the last epoch' },
    val_loss: {
      type: 'number',
      about: 'loss on the held-out images after the last epoch; none held out: empty',
    },
    test_loss: { type: 'number', goal: 'min', about: 'the same loss on the test images' },
    test_l1: {
      type: 'number',
      about: 'mean |decoded − original| per pixel of the test images, pixels in [0, 1]',
    },
    test_mse: { type: 'number', about: 'mean squared difference per pixel of the test images' },
    kmeans_accuracy: {
      type: 'number',
      goal: 'max',
      about: 'k-means on the test codes, after the best one-to-one matching of clusters to digits',
    },
    raw_accuracy: { type: 'number', about: 'the same without matching: cluster numbers taken for digits' },
    nmi: { type: 'number', about: 'normalised mutual information of clusters and digits' },
    ari: { type: 'number', about: 'adjusted Rand index of clusters and digits' },
    inertia: { type: 'number', about: 'sum of squared distances of the codes to their centres' },
    empty_clusters: { type: 'integer', about: 'clusters without an image' },
    dead_units: { type: 'integer', about: 'code units that are constant over the test images' },
    collapsed: { type: 'boolean', about: 'decoded images vary less than 1 % as much as the originals' },
    probe_accuracy: { type: 'number', about: 'a linear classifier (ridge) reading the digit off the code' },
  },
  series: ['train_loss', 'val_loss'],
  check: ({ loss, output }) =>
    loss === 'bce' && output === 'linear' ? ['loss bce needs output sigmoid: it compares probabilities'] : [],

  share({ data }) {
    const dataset = findDataset(data);
    return { shared: dataset, data: { name: dataset.name, sha256: dataset.sha256 } };
  },

  async run(trial) {
    const { params } = trial;
    const { classes, ...parts } = trial.shared as Dataset;
    const train = takeFirst(parts.train, params.train, 'train', 1);
    const test = takeFirst(parts.test, params.test, 'test', classes);
    const width = train.rows * train.columns;
    const { alpha, beta1, beta2, eps, decay } = params;
    const session = await threadSession({ engine: trial.engine, device: trial.device });
    const { model, history } = await session.train({
      net: autoencoder({ ...params, input: width, codeActivation: params.code_activation }),
      data: { inputs: train.images, count: train.count },
      loss: params.loss,
      optimizer: optimizer(params.optimizer, {
        ...{ alpha, beta1, beta2, eps, decay },
        schedule: { kind: params.schedule },
      }),
      epochs: params.epochs,
      batch: params.batch,
      ...(params.validation > 0 ? { validation: params.validation } : {}),
      trial: {
        seed: trial.seed,
        get stopRequested() {
          return trial.stopRequested;
        },
        stopped: () => trial.stopped(),
        report: (epoch, { loss, val_loss }) =>
          trial.report(epoch, { train_loss: loss!, ...(val_loss === undefined ? {} : { val_loss }) }),
        loadCheckpoint: () => trial.loadCheckpoint(),
        saveCheckpoint: (bytes) => trial.saveCheckpoint(bytes),
      },
    });

    const codesOf = async ({ images, count }: ImageSet) => ({
      values: await model.encode({ inputs: images, count }, CODE_LAYER),
      count,
      dims: params.latent,
    });
    const decoded = await model.predict({ inputs: test.images, count: test.count });
    const distance = compareReconstruction(test.images, decoded, width);
    const codes = await codesOf(test);
    const judged = await judgeCodes(codes, test.labels, { classes, random: trial.random('kmeans') });
    const probed = takeFirst(train, Math.min(train.count, PROBE_IMAGES), 'train', 1);
    const probe = probeAccuracy(
      { ...(await codesOf(probed)), labels: probed.labels },
      { ...codes, labels: test.labels },
      { classes },
    );

    const kept = Math.min(test.count, KEPT_CODES);
    trial.saveArtifact('model.onnx', model.toOnnx());
    trial.saveArtifact('reconstructions.png', drawReconstructions(test, decoded, classes));
    trial.saveArtifact('codes.f32', toLittleEndian(codes.values.subarray(0, kept * codes.dims)));
    trial.saveArtifact(
      'clusters.json',
      JSON.stringify({
        dims: codes.dims,
        labels: [...test.labels.subarray(0, kept)],
        clusters: [...judged.clustering.labels.subarray(0, kept)],
        class_of_cluster: [...judged.matching.classOfCluster],
        confusion: judged.confusion,
        classification: judged.classification,
      }),
    );

    const last = history.at(-1)!;
    return {
      train_loss: last.loss,
      val_loss: last.val_loss ?? null,
      test_loss: { l1: distance.l1, l2: distance.mse, bce: distance.bce }[params.loss],
      test_l1: distance.l1,
      test_mse: distance.mse,
      kmeans_accuracy: judged.accuracy,
      raw_accuracy: judged.rawAccuracy,
      nmi: judged.nmi,
      ari: judged.ari,
      inertia: judged.clustering.inertia,
      empty_clusters: judged.clustering.emptyClusters,
      dead_units: countConstantUnits(codes),
      collapsed: distance.varianceShare < COLLAPSED_SHARE,
      probe_accuracy: probe,
    };
  },
});

/** The first `wanted` images, all for 0; an error names the parameter where there are not so many, or too few. */
function takeFirst(set: ImageSet, wanted: number, name: string, least: number): ImageSet {
  const count = wanted === 0 ? set.count : wanted;
  if (count > set.count || count < least) {
    throw new SweeplineError(
      'BAD_USAGE',
      `${name} is ${wanted}; expected ${least} to ${set.count} images, or 0 for all`,
    );
  }
  const width = set.rows * set.columns;
  return {
    ...set,
    count,
    images: set.images.subarray(0, count * width),
    labels: set.labels.subarray(0, count),
  };
}

/** The first test image of each class over its decoding: the same images in every trial. */
function drawReconstructions(test: ImageSet, decoded: Float32Array, classes: number): Uint8Array {
  const { rows, columns, images, labels } = test;
  const width = rows * columns;
  const shown = Array.from({ length: classes }, (_, c) => labels.indexOf(c)).filter((i) => i >= 0);
  const sheet = new Uint8Array(2 * shown.length * width);
  shown.forEach((i, at) => {
    const to = (shown.length + at) * width;
    sheet.set(images.subarray(i * width, (i + 1) * width), at * width);
    for (let p = 0; p < width; p++)
      sheet[to + p] = Math.round(255 * Math.min(1, Math.max(0, decoded[i * width + p]!)));
  });
  return renderSheet(sheet, { rows, columns, perRow: shown.length });
}

function toLittleEndian(values: Float32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    bytes.setFloat32(4 * i, value, true);
  });
  return new Uint8Array(bytes.buffer);
}
