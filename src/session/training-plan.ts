// What a worker asks of `session.train`, resolved once into a complete plan. All faults are reported together, before
// anything is compiled.
import { throwFaults } from '../ground/errors.js';
import { hash128 } from '../ground/hash.js';
import { randomFor } from '../ground/random.js';
import { describeUnknown } from '../ground/text.js';
import { sizeOf } from '../net/graph.js';
import { LOSSES, type Loss, lossTerms } from '../net/loss.js';
import type { Net } from '../net/model.js';
import { OPTIMIZERS, type Optimizer, optimizerFaults } from '../net/optimizer.js';
import { checkProgram, type Program } from '../net/program.js';
import type { EpochRow, TrainingIdentity } from './checkpoint.js';
import { checkExamples, type Examples, kindsOf } from './examples.js';

/** The part of a running trial that a training uses; what a worker's `run` is given fits. */
export interface TrainingTrial {
  readonly seed: number;
  /** See Trial: names which examples a validation fraction holds out. */
  readonly splitSeed: number;
  readonly stopRequested: boolean;
  stopped(): Error;
  report(step: number, series: Readonly<Record<string, number>>): void;
  /** See Trial: its checkpoint goes on in this training though that has other numbers. */
  readonly isTakenOver: boolean;
  loadCheckpoint(): Uint8Array | undefined;
  saveCheckpoint(bytes: Uint8Array): void;
}

export interface TrainOptions {
  readonly net: Net;
  readonly data: Examples;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly epochs: number;
  /** Examples in a minibatch. Default 256, or all where there are fewer. */
  readonly batch?: number;
  /** The short minibatch at an epoch's end: `own` (default) trains on it as it is, `drop` leaves it out. */
  readonly lastBatch?: 'own' | 'drop';
  /** Examples to measure after each epoch: a set of its own, or a fraction that is split off `data`. */
  readonly validation?: Examples | number;
  /** Ends after so many epochs without a better validation loss (training loss where there is no validation). */
  readonly patience?: number;
  /** Gives back the weights of the best epoch, not of the last. Default: when `patience` is given. */
  readonly keepBest?: boolean;
  /** Names every random number. Default: the trial's seed, else 0. */
  readonly seed?: number;
  /** Starting parameters, flat as in `net.parameters`. Default: drawn by each layer's initialiser. */
  readonly initial?: Float32Array;
  /**
   * Gives the seed, the stop flag, checkpoints, and a row of metrics.csv (`loss`, `val_loss`) for each epoch. When the
   * run wants to stop, `train` saves a checkpoint and throws `trial.stopped()`.
   */
  readonly trial?: TrainingTrial;
  readonly stop?: () => boolean;
  readonly checkpoint?: { load(): Uint8Array | undefined; save(bytes: Uint8Array): void };
  onEpoch?(epoch: number, row: Omit<EpochRow, 'epoch'>): void;
}

/** Everything decided. */
export interface TrainingPlan extends TrainingIdentity {
  readonly program: Program;
  readonly lossWeights: readonly number[];
  readonly optimizer: Optimizer;
  readonly data: Examples;
  /** Numbers of the examples to train on. */
  readonly examples: Uint32Array;
  readonly validation: { readonly data: Examples; readonly examples: Uint32Array } | undefined;
  readonly epochs: number;
  readonly batch: number;
  readonly stepsPerEpoch: number;
  readonly patience: number;
  readonly keepBest: boolean;
  readonly seed: number;
  readonly initial: Float32Array | undefined;
  /** The checkpoint may be of a training with other numbers. */
  readonly isTakenOver: boolean;
  readonly checkpoint: TrainOptions['checkpoint'];
  stop(): boolean;
  onEpoch(row: EpochRow): void;
}

/** Throws BAD_MODEL, BAD_DATA or BAD_USAGE with all faults found. */
export function planTraining(options: TrainOptions): TrainingPlan {
  const { net, data, optimizer, epochs, trial } = options;
  checkExamples('training data', data, net);
  const given = typeof options.validation === 'object' ? options.validation : undefined;
  if (given !== undefined) checkExamples('validation data', given, net);
  const terms = lossTerms(options.loss);
  const fraction = typeof options.validation === 'number' ? options.validation : 0;
  const seed = options.seed ?? trial?.seed ?? 0;
  const isShared = trial !== undefined && trial.splitSeed !== trial.seed;
  const splitSeed = isShared ? trial.splitSeed : seed;
  const held = fraction > 0 ? Math.max(1, Math.round(fraction * data.count)) : 0;
  const examples = Uint32Array.from({ length: data.count }, (_, i) => i);
  if (held > 0) randomFor(splitSeed, 'validation').shuffle(examples);
  const trained = examples.subarray(0, data.count - held).sort();
  const batch = Math.min(options.batch ?? 256, Math.max(1, trained.length));
  checkNumbers(options, terms, fraction, trained.length);
  const whole = Math.floor(trained.length / batch);
  const hasRest = whole * batch < trained.length && options.lastBatch !== 'drop';
  const kinds = kindsOf(data);
  const program: Program = {
    net,
    losses: terms.map(({ name }) => name),
    optimizer: optimizer.name,
    decays: optimizer.decay !== 0,
    clip: optimizer.clip.kind,
    ...kinds,
  };
  checkProgram(program);
  const validation =
    given !== undefined
      ? { data: given, examples: Uint32Array.from({ length: given.count }, (_, i) => i) }
      : held > 0
        ? { data, examples: examples.subarray(data.count - held).sort() }
        : undefined;
  const lossWeights = terms.map(({ weight }) => weight);
  const checkpoint =
    options.checkpoint ??
    (trial === undefined
      ? undefined
      : { load: () => trial.loadCheckpoint(), save: (bytes) => trial.saveCheckpoint(bytes) });
  const rest = { epochs, batch, seed, patience: options.patience ?? Infinity };
  return {
    program,
    lossWeights,
    optimizer,
    data,
    examples: trained,
    validation,
    ...rest,
    stepsPerEpoch: whole + (hasRest ? 1 : 0),
    keepBest: options.keepBest ?? options.patience !== undefined,
    initial: options.initial,
    isTakenOver: options.checkpoint === undefined && trial?.isTakenOver === true,
    shape: digest([net, program.losses, program.optimizer]),
    // The data themselves are not looked at.
    identity: digest([
      program,
      lossWeights,
      optimizer,
      rest,
      options.lastBatch,
      trained.length,
      held,
      hashOf(options),
    ]),
    checkpoint,
    stop: () => options.stop?.() === true || trial?.stopRequested === true,
    onEpoch({ epoch, ...row }) {
      options.onEpoch?.(epoch, row);
      trial?.report(
        epoch,
        row.val_loss === undefined ? { loss: row.loss } : { ...row, val_loss: row.val_loss },
      );
    },
  };
}

function checkNumbers(
  options: TrainOptions,
  terms: ReturnType<typeof lossTerms>,
  fraction: number,
  trained: number,
): void {
  const faults = optimizerFaults(options.optimizer).map((fault) => `optimizer: ${fault}`);
  const { epochs, batch, patience, initial, net } = options;
  const whole = (name: string, n: number | undefined, least: number) => {
    if (n !== undefined && !(Number.isSafeInteger(n) && n >= least))
      faults.push(`${name} is ${n}, expected a whole number of at least ${least}`);
  };
  whole('epochs', epochs, 0);
  whole('batch', batch, 1);
  whole('patience', patience, 1);
  if (!OPTIMIZERS.includes(options.optimizer.name))
    faults.push(describeUnknown('optimizer', options.optimizer.name, OPTIMIZERS));
  for (const { name, weight } of terms) {
    if (!LOSSES.includes(name)) faults.push(describeUnknown('loss', name, LOSSES));
    if (!Number.isFinite(weight)) faults.push(`the weight of loss ${name} is ${weight}`);
  }
  if (!(fraction >= 0 && fraction < 1)) faults.push(`validation is ${fraction}, expected 0 <= fraction < 1`);
  if (trained < 1) faults.push('no examples are left to train on');
  if (initial !== undefined && initial.length !== net.parameterCount)
    faults.push(`initial has ${initial.length} values, the net has ${net.parameterCount} parameters`);
  throwFaults('BAD_USAGE', 'a training cannot start', faults);
}

function hashOf({ initial }: TrainOptions): string {
  return initial === undefined ? '' : digest([...initial]);
}

function digest(values: readonly unknown[]): string {
  const lanes = new Uint32Array(4);
  hash128(JSON.stringify(values), 0x7ea1, lanes);
  return [...lanes].map((lane) => lane.toString(16).padStart(8, '0')).join('');
}

/** Bytes of one example with its target and masks, as an engine is fed it. */
export function bytesPerExample({ program, data }: TrainingPlan): number {
  const masks = program.net.layers.filter(({ layer }) => layer.type === 'dropout');
  const targets = data.labels ?? data.targets;
  return (
    data.inputs.BYTES_PER_ELEMENT * sizeOf(program.net.input) +
    (targets === undefined ? 0 : (targets.BYTES_PER_ELEMENT * targets.length) / data.count) +
    masks.reduce((sum, { input }) => sum + sizeOf(input), 0)
  );
}
