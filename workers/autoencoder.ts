// The latent study's trial: trains one autoencoder, then asks what its codes keep of the digits and whether its
// decodings depend on the input at all. Nets, training and statistics are described where they are implemented.
import { defineWorker, encodeFloats, type ImageSet, threadSession } from 'sweepline';
import {
  CODE_LAYER,
  compareReconstruction,
  countConstantUnits,
  judgeCodes,
  probeAccuracy,
} from 'sweepline/study';
import {
  autoencoderCost,
  autoencoderFaults,
  autoencoderMetrics,
  autoencoderParams,
  COLLAPSED_SHARE,
  drawExamples,
  imagesOf,
  loadDataset,
  takeFirst,
  toPixels,
  trainAutoencoder,
} from './autoencoding.js';

/** Images whose codes are kept for pictures, and training images that the linear probe is fitted to. */
const KEPT_CODES = 1000;
const PROBE_IMAGES = 10_000;

export default defineWorker({
  name: 'autoencoder',
  version: '1',
  about: 'Trains a dense autoencoder of images and clusters its codes',
  trains: true,
  params: autoencoderParams,
  metrics: {
    train_loss: autoencoderMetrics.train_loss,
    val_loss: autoencoderMetrics.val_loss,
    test_loss: { type: 'number', goal: 'min', about: 'the same loss on the test images' },
    test_l1: {
      type: 'number',
      about: 'mean |decoded − original| per pixel of the test images, pixels in [0, 1]',
    },
    test_mse: { type: 'number', about: 'mean squared difference per pixel of the test images' },
    kmeans_accuracy: {
      type: 'number',
      goal: 'max',
      about: 'k-means on the test codes, after optimal (Hungarian) assignment of clusters to digits',
    },
    raw_accuracy: {
      type: 'number',
      about: 'the same without the assignment: cluster numbers read as digits',
    },
    nmi: { type: 'number', about: 'normalised mutual information of clusters and digits' },
    ari: { type: 'number', about: 'adjusted Rand index of clusters and digits' },
    inertia: { type: 'number', about: 'sum of squared distances of the codes to their centres' },
    empty_clusters: { type: 'integer', about: 'clusters without an image' },
    dead_units: autoencoderMetrics.dead_units,
    collapsed: autoencoderMetrics.collapsed,
    probe_accuracy: { type: 'number', about: 'accuracy of a linear classifier (ridge) on the codes' },
  },
  series: ['train_loss', 'val_loss'],
  check: (params, shared) =>
    autoencoderFaults(params, [
      { name: 'train', wanted: params.train, set: shared?.train, least: 1 },
      { name: 'test', wanted: params.test, set: shared?.test, least: shared?.classes ?? 1 },
    ]),
  cost: autoencoderCost,
  load: loadDataset,

  async run(trial) {
    const { params } = trial;
    const { train, test, classes } = imagesOf(trial, trial.shared.classes);
    const session = await threadSession({ engine: trial.engine, device: trial.device });
    const { model, history } = await trainAutoencoder(trial, session, { inputs: train });

    const codesOf = async ({ images, count }: ImageSet) => ({
      values: await model.encode({ inputs: images, count }, CODE_LAYER),
      count,
      dims: params.latent,
    });
    const decoded = await model.predict({ inputs: test.images, count: test.count });
    const distance = compareReconstruction(test.images, decoded, test.rows * test.columns);
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
    trial.saveArtifact('reconstructions.png', drawExamples(test, classes, [test.images, toPixels(decoded)]));
    trial.saveArtifact('codes.f32', encodeFloats(codes.values.subarray(0, kept * codes.dims)));
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
