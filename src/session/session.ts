// A session: one worker thread's hold on one device. It trains and predicts; what it is asked runs one after another.
import { type Clock, systemClock } from '../ground/clock.js';
import { initialStatistics } from '../net/initial.js';
import type { Net } from '../net/model.js';
import type { EpochRow } from './checkpoint.js';
import type { Engine, EngineName } from './contract.js';
import { type Model, openModel } from './model.js';
import { runTraining } from './train.js';
import { planTraining, type TrainOptions } from './training-plan.js';

export interface Trained {
  readonly model: Model;
  readonly history: readonly EpochRow[];
  readonly epochs: number;
  readonly steps: number;
  /** The epoch with the lowest validation loss (training loss where there is no validation), counted from 1. */
  readonly best: { readonly epoch: number; readonly loss: number } | undefined;
  /** `early`: patience ran out. `requested`: `stop()` said so. */
  readonly stopped: 'early' | 'requested' | undefined;
}

export interface Session {
  readonly engine: EngineName;
  readonly device: string;
  /**
   * Trains a net from its seed's starting weights, or goes on from a checkpoint with the same final numbers. Throws
   * BAD_MODEL, BAD_DATA or BAD_USAGE before it starts, and TRIAL_FAILED when the loss is no longer finite.
   */
  train(options: TrainOptions): Promise<Trained>;
  /** A net with given weights (flat, as in `net.parameters` and `net.statistics`). */
  model(net: Net, parameters: Float32Array, statistics?: Float32Array): Model;
  dispose(): Promise<void>;
}

export function createSession(engine: Engine, clock: Clock = systemClock): Session {
  let last: Promise<unknown> = Promise.resolve();
  return {
    engine: engine.name,
    device: engine.device,
    async train(options) {
      const plan = planTraining(options);
      const run = last.then(() => runTraining(engine, plan, clock));
      last = run.catch(() => undefined);
      const { progress, weights, stopped } = await run;
      if (stopped === 'requested' && options.trial !== undefined) throw options.trial.stopped();
      return {
        model: openModel(engine, options.net, weights.parameters, weights.statistics),
        history: progress.history,
        epochs: progress.epoch,
        steps: progress.epoch * plan.stepsPerEpoch + progress.stepInEpoch,
        best: progress.best ?? undefined,
        stopped,
      };
    },
    model: (net, parameters, statistics = initialStatistics(net)) =>
      openModel(engine, net, parameters, statistics),
    async dispose() {
      await last;
      await engine.dispose();
    },
  };
}
