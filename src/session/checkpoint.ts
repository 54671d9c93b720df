// A half-trained trial as bytes: everything the training loop needs to go on as if it had never stopped. A line of JSON,
// a line end, then the float32 vectors one after another, little-endian.
import { SweeplineError } from '../ground/errors.js';
import type { TrainState } from './contract.js';

export const CHECKPOINT_FORMAT = 2;

export interface EpochRow {
  readonly epoch: number;
  /** Mean loss over the epoch's steps, each taken before its update. */
  readonly loss: number;
  /** Loss of the validation examples after the epoch. */
  readonly val_loss?: number;
}

/** Where the training stands. Numbers of epochs and steps count what is done. */
export interface TrainingProgress {
  epoch: number;
  stepInEpoch: number;
  /** Σ loss × examples over the epoch so far, and its examples. */
  lossSum: number;
  examples: number;
  lastFinite: number | null;
  history: EpochRow[];
  best: { epoch: number; loss: number } | null;
}

export interface Checkpoint {
  readonly progress: TrainingProgress;
  readonly state: TrainState;
  /** Parameters and statistics of the best epoch. */
  readonly best: Pick<TrainState, 'parameters' | 'statistics'> | undefined;
}

/** What a checkpoint is of. */
export interface TrainingIdentity {
  /** Equal exactly for trainings that give the same numbers. */
  readonly identity: string;
  /** Equal for trainings whose weights and optimizer slots have the same places. */
  readonly shape: string;
}

/** The first line; the vectors follow as float32: parameters, statistics, slots, then the best epoch's two if kept. */
interface Header extends TrainingIdentity {
  readonly format: number;
  readonly progress: TrainingProgress;
  readonly hasBest: boolean;
  readonly lengths: readonly number[];
}

export function encodeCheckpoint(
  { identity, shape }: TrainingIdentity,
  { progress, state, best }: Checkpoint,
): Uint8Array {
  const vectors = [state.parameters, state.statistics, ...state.slots];
  if (best !== undefined) vectors.push(best.parameters, best.statistics);
  const header: Header = {
    format: CHECKPOINT_FORMAT,
    identity,
    shape,
    progress,
    hasBest: best !== undefined,
    lengths: vectors.map((v) => v.length),
  };
  const text = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const bytes = new Uint8Array(text.length + 4 * vectors.reduce((sum, v) => sum + v.length, 0));
  bytes.set(text);
  let at = text.length;
  for (const v of vectors) {
    bytes.set(new Uint8Array(v.buffer, v.byteOffset, v.byteLength), at);
    at += v.byteLength;
  }
  return bytes;
}

/**
 * Undefined when the checkpoint is of another training or format: it is then of no use, and no harm. One that is taken over
 * from another trial must be of the same shape: throws BAD_USAGE.
 */
export function decodeCheckpoint(
  { identity, shape, isTakenOver }: TrainingIdentity & { readonly isTakenOver: boolean },
  bytes: Uint8Array,
): Checkpoint | undefined {
  const end = bytes.indexOf(10);
  if (end < 0) throw damaged('its header has no end');
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Header;
  if (isTakenOver && header.shape !== shape) throw misfit();
  if (header.format !== CHECKPOINT_FORMAT || (header.identity !== identity && !isTakenOver)) return undefined;
  const expected = end + 1 + 4 * header.lengths.reduce((sum, n) => sum + n, 0);
  if (bytes.length !== expected) throw damaged(`${bytes.length} bytes, expected ${expected}`);
  let at = end + 1;
  const vectors = header.lengths.map((n) => {
    const vector = new Float32Array(bytes.slice(at, at + 4 * n).buffer);
    at += 4 * n;
    return vector;
  });
  const [parameters, statistics] = vectors as [Float32Array, Float32Array];
  const { hasBest } = header;
  const slots = vectors.slice(2, hasBest ? -2 : undefined);
  const best = hasBest ? { parameters: vectors.at(-2)!, statistics: vectors.at(-1)! } : undefined;
  return { progress: header.progress, state: { parameters, statistics, slots }, best };
}

function misfit(): SweeplineError {
  return new SweeplineError(
    'BAD_USAGE',
    'the checkpoint to go on from is of another net, loss or optimizer',
    {
      hint: 'population-based training hands weights from trial to trial: mutate only what leaves these as they are, such as alpha, and name nothing else in mutate',
    },
  );
}

function damaged(what: string): SweeplineError {
  return new SweeplineError('BAD_RUN_FOLDER', `a checkpoint is damaged: ${what}`, {
    hint: 'delete it; the trial then starts from the beginning, with the same numbers',
  });
}
