// The escape study's trial: does this optimiser, with these parameters, climb out of the first valley over a bump of
// height h? Cheap, so it runs in blocks. The landscape and the optimisers are described where they are implemented.
import { defineWorker } from 'sweepline';
import { ESCAPE_OPTIMIZERS, runEscapes } from 'sweepline/study';
import { z } from 'zod';

/** Sizes past which a squared gradient would leave float64; each parameter may have any value between. */
const LARGEST = 1e50;
const SMALLEST = 1e-50;

const size = () => z.number().min(SMALLEST).max(LARGEST);
const sizeOrZero = () => z.number().min(0).max(LARGEST);
const fraction = () => z.number().min(0).lt(1);

export default defineWorker({
  name: 'escape',
  version: '1',
  about: 'Follows an optimiser from θ = 0 to a local minimum at 1 and up a barrier of height h',
  params: {
    optimizer: z.enum(ESCAPE_OPTIMIZERS).default('adam').describe('the optimiser, in its textbook form'),
    alpha: size().default(0.3).describe('step size α'),
    beta1: fraction().default(0.9).describe("decay of Adam's first moment"),
    beta2: fraction().default(0.999).describe("decay of the second moment, rmsprop's too"),
    eps: sizeOrZero().default(1e-8).describe('ε, added to the root of the second moment'),
    momentum: fraction().default(0.9).describe('μ of momentum and nesterov'),
    decay: sizeOrZero().default(0).describe('weight decay: decoupled for adamw, L2 for the others'),
    steps: z.int().min(1).max(10_000_000).default(20).describe('steps after which a trial ends'),
    h: z.number().min(0).default(0.2).describe('height of the barrier between the two minima'),
    slope_down: size().default(1).describe('size of the slope before the first minimum'),
    slope_up: size().default(1).describe('size of the slope up the barrier'),
  },
  // No seed and no engine has a part in them: any difference is a change.
  metrics: {
    escaped: {
      type: 'boolean',
      tolerance: 0,
      about: 'some θ was past the top of the barrier, at 1 + h / slope_up',
    },
    reached: {
      type: 'boolean',
      tolerance: 0,
      about: 'some θ was 1 or more: it reached the first minimum',
    },
    stuck: {
      type: 'boolean',
      tolerance: 0,
      about: 'reached and not escaped: it oscillates around the first minimum',
    },
    escape_step: {
      type: 'integer',
      unit: 'step',
      tolerance: 0,
      about: 'the first step past the top; none where not escaped',
    },
    peak: {
      type: 'number',
      tolerance: 0,
      about: 'highest θ over all steps on a barrier of infinite height: the same for every h',
    },
    final_theta: {
      type: 'number',
      tolerance: 0,
      about: 'θ at the escape, else after the last step',
    },
  },
  cost: ({ steps }) => steps,
  runBlock: (block) => runEscapes(block),
});
