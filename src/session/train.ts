// The training loop, written once for all engines: epochs, shuffles, chunks of steps, validation, early stopping,
// checkpoints, the stop flag. It computes nothing on weights itself. Everything random hangs on (seed, purpose, counter),
// so how a training is cut into chunks, or how often it is interrupted, changes no number.
import type { Clock } from '../ground/clock.js';
import { SweeplineError } from '../ground/errors.js';
import { randomFor } from '../ground/random.js';
import { initialParameters, initialStatistics } from '../net/initial.js';
import { SLOTS } from '../net/optimizer.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type TrainingProgress } from './checkpoint.js';
import { chunkOf } from './chunk.js';
import type { Engine, Trainer, TrainState } from './contract.js';
import { Gatherer } from './examples.js';
import { bytesPerExample, type TrainingPlan } from './training-plan.js';

/** A chunk should take about this long: a stop request waits for at most one chunk, which may be twice as long. */
const CHUNK_MS = 80;
/** Bytes of inputs, targets and masks that a chunk may hold. */
const CHUNK_BYTES = 16e6;
/** Between two checkpoints of a running training. */
const CHECKPOINT_MS = 20_000;
const EVALUATION_BATCH = 256;
/** Between two looks for faded moments, at least so many steps: a look costs about half a step. */
const FADING_STEPS = 100;
/** The smallest float32 that a CPU computes with at full speed. */
const SMALLEST_NORMAL = 2 ** -126;

export interface TrainingOutcome {
  readonly progress: TrainingProgress;
  readonly weights: Pick<TrainState, 'parameters' | 'statistics'>;
  /** `early`: patience ran out. `requested`: asked to stop; a checkpoint was saved where there is a place for one. */
  readonly stopped: 'early' | 'requested' | undefined;
}

/** Runs a plan to its end, or until it is asked to stop. */
export async function runTraining(
  engine: Engine,
  plan: TrainingPlan,
  clock: Clock,
): Promise<TrainingOutcome> {
  const trainer = await engine.compile(plan.program);
  try {
    return await new Loop(trainer, plan, clock, engine.device === 'cpu').run();
  } finally {
    await trainer.dispose();
  }
}

class Loop {
  readonly #trainer: Trainer;
  readonly #plan: TrainingPlan;
  readonly #clock: Clock;
  readonly #gatherer: Gatherer;
  readonly #validation: Gatherer | undefined;
  /** Whether the device is slow with numbers too small for float32's normal range. */
  readonly #fades: boolean;
  /** The most steps of a chunk, and those of the next one: it grows until a chunk takes CHUNK_MS. */
  readonly #mostSteps: number;
  #steps = 1;
  #progress: TrainingProgress;
  #best: Checkpoint['best'];

  constructor(trainer: Trainer, plan: TrainingPlan, clock: Clock, fades: boolean) {
    this.#trainer = trainer;
    this.#plan = plan;
    this.#clock = clock;
    this.#fades = fades && SLOTS[plan.program.optimizer].includes('m');
    this.#gatherer = new Gatherer(plan.data);
    this.#validation = plan.validation === undefined ? undefined : new Gatherer(plan.validation.data);
    this.#mostSteps = Math.max(1, Math.floor(CHUNK_BYTES / (plan.batch * bytesPerExample(plan))));
    const sofar = { epoch: 0, stepInEpoch: 0, lossSum: 0, examples: 0 };
    this.#progress = { ...sofar, lastFinite: null, history: [], best: null };
  }

  async run(): Promise<TrainingOutcome> {
    await this.#start();
    const plan = this.#plan;
    const progress = this.#progress;
    let saved = this.#clock.elapsed();
    while (progress.epoch < plan.epochs && !this.#isPatienceOver()) {
      const order = randomFor(plan.seed, 'shuffle', progress.epoch).shuffle(plan.examples.slice());
      while (progress.stepInEpoch < plan.stepsPerEpoch) {
        if (plan.stop()) {
          await this.#save();
          return this.#outcome('requested');
        }
        await this.#runChunk(order);
        if (this.#clock.elapsed() - saved > CHECKPOINT_MS) {
          await this.#save();
          saved = this.#clock.elapsed();
        }
      }
      await this.#endEpoch();
    }
    return this.#outcome(progress.epoch < plan.epochs ? 'early' : undefined);
  }

  /** From the checkpoint where there is one of this training, else from the beginning. */
  async #start(): Promise<void> {
    const { program, seed, initial } = this.#plan;
    const bytes = this.#plan.checkpoint?.load();
    const checkpoint = bytes === undefined ? undefined : decodeCheckpoint(this.#plan, bytes);
    if (checkpoint === undefined) {
      const zeros = new Float32Array(program.net.parameterCount);
      await this.#trainer.load({
        parameters: initial ?? initialParameters(program.net, seed),
        statistics: initialStatistics(program.net),
        slots: SLOTS[program.optimizer].map(() => zeros),
      });
      return;
    }
    this.#progress = checkpoint.progress;
    this.#best = checkpoint.best;
    await this.#trainer.load(checkpoint.state);
    for (const row of this.#progress.history) this.#plan.onEpoch(row);
  }

  /** The next steps of this epoch in one call of the engine; a short last minibatch is a chunk of its own. */
  async #runChunk(order: Uint32Array): Promise<void> {
    const plan = this.#plan;
    const progress = this.#progress;
    const whole = Math.floor(order.length / plan.batch);
    const isRest = progress.stepInEpoch >= whole;
    const batch = isRest ? order.length - whole * plan.batch : plan.batch;
    const steps = isRest ? 1 : Math.min(this.#steps, whole - progress.stepInEpoch);
    const from = progress.stepInEpoch * plan.batch;
    const first = progress.epoch * plan.stepsPerEpoch + progress.stepInEpoch;
    const data = this.#gatherer.gather(order.subarray(from, from + steps * batch));
    const started = this.#clock.elapsed();
    const losses = await this.#trainer.train(chunkOf(plan, data, { first, steps, batch }));
    const each = (this.#clock.elapsed() - started) / steps;
    if (!isRest)
      this.#steps = Math.max(1, Math.min(2 * this.#steps, Math.floor(CHUNK_MS / each), this.#mostSteps));
    for (const [i, loss] of losses.entries()) {
      if (!Number.isFinite(loss)) throw this.#diverged(loss, first + i);
      progress.lastFinite = loss;
      progress.lossSum += loss * batch;
      progress.examples += batch;
    }
    progress.stepInEpoch += steps;
  }

  async #endEpoch(): Promise<void> {
    const progress = this.#progress;
    const loss = progress.lossSum / progress.examples;
    const validation = await this.#validate();
    progress.epoch++;
    progress.stepInEpoch = 0;
    progress.lossSum = 0;
    progress.examples = 0;
    const row = {
      epoch: progress.epoch,
      loss,
      ...(validation === undefined ? {} : { val_loss: validation }),
    };
    const judged = validation ?? loss;
    if (!Number.isFinite(judged)) throw this.#diverged(judged, progress.epoch * this.#plan.stepsPerEpoch);
    if (judged < (progress.best?.loss ?? Infinity)) {
      progress.best = { epoch: progress.epoch, loss: judged };
      if (this.#plan.keepBest) this.#best = await this.#trainer.read();
    }
    progress.history.push(row);
    this.#plan.onEpoch(row);
    const looksDone = (epochs: number) => Math.floor((epochs * this.#plan.stepsPerEpoch) / FADING_STEPS);
    if (this.#fades && looksDone(progress.epoch) > looksDone(progress.epoch - 1)) await this.#clearFaded();
  }

  /**
   * Sets first moments under the normal range to 0. Where a unit has died its gradients are 0, and its moments shrink by β1
   * each step but never to 0: rounding holds them at some 1e-45, and a CPU takes a hundred times as long for such numbers,
   * which made long trainings 1.6 times as long. No result can tell: against any parameter, a step along them is nothing.
   * Second moments stay as they are: they are divided by, and may be all that ε = 0 leaves there.
   */
  async #clearFaded(): Promise<void> {
    const state = await this.#trainer.read();
    const moments = state.slots[SLOTS[this.#plan.program.optimizer].indexOf('m')]!;
    let cleared = false;
    for (let i = 0; i < moments.length; i++) {
      const size = Math.abs(moments[i]!);
      if (size === 0 || size >= SMALLEST_NORMAL) continue;
      moments[i] = 0;
      cleared = true;
    }
    if (cleared) await this.#trainer.load(state);
  }

  /** Mean loss over the validation examples. */
  async #validate(): Promise<number | undefined> {
    const { validation, lossWeights } = this.#plan;
    if (validation === undefined || this.#validation === undefined) return undefined;
    let sum = 0;
    for (let from = 0; from < validation.examples.length; from += EVALUATION_BATCH) {
      const batch = this.#validation.gather(validation.examples.subarray(from, from + EVALUATION_BATCH));
      sum += (await this.#trainer.evaluate(batch, lossWeights)) * batch.count;
    }
    return sum / validation.examples.length;
  }

  #isPatienceOver(): boolean {
    const { epoch, best } = this.#progress;
    return epoch > 0 && epoch - (best?.epoch ?? 0) >= this.#plan.patience;
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#plan;
    if (checkpoint === undefined) return;
    const state = await this.#trainer.read();
    checkpoint.save(encodeCheckpoint(this.#plan, { progress: this.#progress, state, best: this.#best }));
  }

  async #outcome(stopped: TrainingOutcome['stopped']): Promise<TrainingOutcome> {
    const weights = this.#best ?? (await this.#trainer.read());
    return { progress: this.#progress, weights, stopped };
  }

  #diverged(loss: number, step: number): SweeplineError {
    const { optimizer, stepsPerEpoch, batch, seed } = this.#plan;
    const { lastFinite } = this.#progress;
    const epoch = Math.floor(step / stepsPerEpoch) + 1;
    const before = lastFinite === null ? 'no finite loss before it' : `last finite loss ${lastFinite}`;
    const numbers = JSON.stringify({ ...optimizer, batch, seed });
    return new SweeplineError(
      'TRIAL_FAILED',
      `the loss became ${loss} at step ${step + 1} (epoch ${epoch}); ${before}; parameters ${numbers}`,
      { hint: 'a smaller alpha, gradient clipping or a warm-up often helps' },
    );
  }
}
