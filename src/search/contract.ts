// What a search method is: a function that makes proposal k from the results of earlier ones. It knows nothing of runs,
// workers or files. Guarantees of every method (test/search/methods.ts runs over all of them):
// - `propose(k, view)` depends on what it was created from, k and `view` alone. What it keeps between calls is only to
//   save time: a method that has just been created gives the same proposal k for the same view, to the last bit.
// - Views grow: what a later one has of told observations begins with what an earlier one had.
// - A proposal lies in the space; values of dimensions that do not exist at it are NaN.
// - Nothing but `allows` is called back, no clock is read, and all chance comes from `randomFor` with `seed` and k.
import type { z } from 'zod';
import type { SearchSpace } from './space.js';

/** A configuration that has been evaluated. */
export interface Observation {
  /** The proposal that it was, from 0. */
  readonly number: number;
  /** Its coordinates; see SearchSpace. */
  readonly x: Float64Array;
  /**
   * `ok`: all has ended well. `pruned`: stopped early, `values` are of that step, and where it has none the worst of those
   * that were `ok` before. `failed`: of any reason.
   */
  readonly status: 'ok' | 'pruned' | 'failed';
  /** Of each objective the mean over the replicates, negated where it is to be maximised: less is better. Finite; null where a value is missing. */
  readonly values: readonly number[] | null;
  /** Standard error of each mean; 0 where there is one replicate. */
  readonly errors: readonly number[] | null;
  /** How far the constraints on metrics are missed, summed up; 0 where they are met, Infinity where it is not known. */
  readonly violation: number;
  /** The step that a pruned one got to; null otherwise. */
  readonly step: number | null;
}

/** All that a proposal may depend on. */
export interface View {
  /** Observations 0, 1, … without a gap. */
  readonly told: readonly Observation[];
  /** Coordinates of the proposals since then that are not to be known yet: `told.length` to k - 1. */
  readonly pending: readonly Float64Array[];
}

export interface Suggestion {
  readonly x: Float64Array;
  /** Why this point, for people and programs. */
  readonly why: Why;
}

/** `stage`: `start-up`, `acquisition`, …; the rest by method: values of the acquisition, parents, generation. */
export interface Why {
  readonly stage: string;
  readonly [detail: string]: string | number | boolean | readonly number[];
}

export interface Method {
  propose(k: number, view: View): Suggestion;
}

/** What a method is created from. */
export interface MethodSetup<Options = Readonly<Record<string, unknown>>> {
  readonly space: SearchSpace;
  readonly seed: number;
  /** Complete. */
  readonly options: Options;
  /** At least 1. */
  readonly objectives: number;
  /** Whether a point passes the constraint of the sweep and is no repeat: what is proposed otherwise is replaced at random. */
  readonly allows: (x: Float64Array) => boolean;
}

/** A method as the command line and the manifest know it: what it is, without what it does. */
export interface MethodDescription {
  readonly name: string;
  /** One line for help. */
  readonly about: string;
  /** All of them may be left out (zod's `default` fills them in). Descriptions show in help. */
  readonly options: z.ZodObject;
  /** False: proposals do not depend on results, and any number of them may be made at once. */
  readonly listens: boolean;
  /** How many objectives it can do; `none` needs none, and takes any number. */
  readonly objectives: 'none' | 'one' | 'several' | 'any';
  /** A proposal may take more than some milliseconds: it is made in a thread of its own. */
  readonly isSlow: boolean;
  /** What is wrong with a space for this method, and what to write instead; absent: nothing can be. */
  findSpaceFaults?(space: SearchSpace): readonly string[];
}

export interface MethodDefinition extends MethodDescription {
  create(setup: MethodSetup): Method;
}
