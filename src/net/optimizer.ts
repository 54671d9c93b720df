// What an optimiser is, as plain data, and the numbers it needs at each step. The numbers are computed here in float64
// and fed to the engine: whatever a sweep varies is never part of a compiled graph. PyTorch's conventions throughout.
//
// With g the gradient (clipped, then g += decay·p, except adamw), every engine computes, element by element:
//   sgd       p −= step·g
//   momentum  m = beta1·m + g;                p −= step·m
//   nesterov  m = beta1·m + g;                p −= step·(g + beta1·m)
//   rmsprop   v = beta2·v + g²;               p −= step·g / (√v + eps)
//   adagrad   v = v + g²;                     p −= step·g / (√v + eps)
//   adam      m = beta1·m + g, v = beta2·v + g²;   p −= step·m / (√v + eps)
//   adamw     p −= decay·p, then adam
//   amsgrad   as adam, with u = max(u, v) in place of v under the root
//   nadam     p −= (step·m + mix·g) / (√v + eps)      (Dozat 2016, momentum decay 0.004)
// The moments are kept without their factors 1−β1 and 1−β2 (m = mean/(1−β1), v = mean of squares/(1−β2)): two passes
// over all weights fewer. Those factors and Adam's bias corrections are folded into `step` and `eps`:
// m̂/(√v̂ + ε) with m̂ = (1−β1)·m/(1−β1^t) and v̂ = (1−β2)·v/(1−β2^t) is [(1−β1)/(1−β1^t)/r] · m/(√v + ε/r),
// r = √((1−β2)/(1−β2^t)).

export type OptimizerName =
  | 'sgd'
  | 'momentum'
  | 'nesterov'
  | 'rmsprop'
  | 'adagrad'
  | 'adam'
  | 'amsgrad'
  | 'adamw'
  | 'nadam';

/** State vectors beside the parameters, each as long as they are, all starting at 0. */
export const SLOTS: Readonly<Record<OptimizerName, readonly ('m' | 'v' | 'u')[]>> = {
  sgd: [],
  momentum: ['m'],
  nesterov: ['m'],
  rmsprop: ['v'],
  adagrad: ['v'],
  adam: ['m', 'v'],
  amsgrad: ['m', 'v', 'u'],
  adamw: ['m', 'v'],
  nadam: ['m', 'v'],
};

export const OPTIMIZERS = Object.keys(SLOTS) as readonly OptimizerName[];

/** A factor on the step size. Steps are counted from 0; `epochs` are turned into steps by the training loop. */
export type Schedule =
  | { readonly kind: 'constant' }
  /** × factor after every `every` epochs. */
  | { readonly kind: 'step'; readonly every: number; readonly factor: number }
  /** From 1 down to `floor` along half a cosine over the whole training (Loshchilov and Hutter 2017). */
  | { readonly kind: 'cosine'; readonly floor?: number };

export interface Optimizer {
  readonly name: OptimizerName;
  readonly alpha: number;
  /** Momentum of momentum and nesterov; decay of the first moment elsewhere. */
  readonly beta1: number;
  /** Decay of the second moment; rmsprop's smoothing constant. */
  readonly beta2: number;
  readonly eps: number;
  /** Weight decay: added to the gradient (L2), or for adamw taken off the parameter. */
  readonly decay: number;
  readonly schedule: Schedule;
  /** Epochs over which the step size rises linearly from 0. */
  readonly warmup: number;
  /** Gradients are scaled down to this Euclidean norm over all parameters, or cut to ± this value. */
  readonly clip: { readonly kind: 'none' } | { readonly kind: 'norm' | 'value'; readonly limit: number };
}

/** The numbers of one step, in the order in which they stand in the vector that an engine is fed. */
export const STEP_NUMBERS = ['step', 'mix', 'beta1', 'beta2', 'eps', 'decay', 'clip'] as const;

export type StepNumbers = Record<(typeof STEP_NUMBERS)[number], number>;

/** An optimiser with PyTorch's defaults (α = 0.001 for all; rmsprop's β2 0.99; ε 1e-8, adagrad's 1e-10). */
export function optimizer(name: OptimizerName, options: Partial<Omit<Optimizer, 'name'>> = {}): Optimizer {
  return {
    name,
    alpha: 1e-3,
    beta1: 0.9,
    beta2: name === 'rmsprop' ? 0.99 : 0.999,
    eps: name === 'adagrad' ? 1e-10 : 1e-8,
    decay: 0,
    schedule: { kind: 'constant' },
    warmup: 0,
    clip: { kind: 'none' },
    ...options,
  };
}

export interface StepPlace {
  /** Steps done before this one. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
}

/** The step size α of one step, schedule and warm-up included. */
export function stepSize(o: Optimizer, at: StepPlace): number {
  const warm = o.warmup * at.stepsPerEpoch;
  const rising = warm > 0 ? Math.min(1, (at.step + 1) / warm) : 1;
  return o.alpha * rising * scheduleFactor(o.schedule, at);
}

function scheduleFactor(schedule: Schedule, at: StepPlace): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return schedule.factor ** Math.floor(at.step / (schedule.every * at.stepsPerEpoch));
    case 'cosine': {
      const floor = schedule.floor ?? 0;
      const done = at.step / (at.epochs * at.stepsPerEpoch);
      return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
    }
  }
}

/** The numbers of one step, float64. */
export function stepNumbers(o: Optimizer, at: StepPlace): StepNumbers {
  const alpha = stepSize(o, at);
  const t = at.step + 1;
  const numbers: StepNumbers = {
    step: alpha,
    mix: 0,
    beta1: o.beta1,
    beta2: o.beta2,
    eps: o.eps,
    decay: o.name === 'adamw' ? alpha * o.decay : o.decay,
    clip: o.clip.kind === 'none' ? 0 : o.clip.limit,
  };
  if (o.name === 'rmsprop') {
    const root = Math.sqrt(1 - o.beta2);
    return { ...numbers, step: alpha / root, eps: o.eps / root };
  }
  if (!SLOTS[o.name].includes('m') || !SLOTS[o.name].includes('v')) return numbers;
  const root = Math.sqrt((1 - o.beta2) / (1 - o.beta2 ** t));
  const eps = o.eps / root;
  const scaled = (alpha * (1 - o.beta1)) / root;
  if (o.name !== 'nadam') return { ...numbers, eps, step: scaled / (1 - o.beta1 ** t) };
  const product = nadamProduct(o.beta1, t);
  const next = nadamMomentum(o.beta1, t + 1);
  const mix = ((alpha / root) * (1 - nadamMomentum(o.beta1, t))) / (1 - product);
  return { ...numbers, eps, mix, step: (scaled * next) / (1 - product * next) };
}

/** Faults of an optimiser's numbers, none if all is well. */
export function optimizerFaults(o: Optimizer): readonly string[] {
  const faults: string[] = [];
  const within = (name: 'beta1' | 'beta2') => {
    if (!(o[name] >= 0 && o[name] < 1)) faults.push(`${name} is ${o[name]}, expected 0 <= ${name} < 1`);
  };
  within('beta1');
  within('beta2');
  for (const name of ['alpha', 'eps', 'decay', 'warmup'] as const)
    if (!(o[name] >= 0 && o[name] < Infinity))
      faults.push(`${name} is ${o[name]}, expected a number of at least 0`);
  if (o.clip.kind !== 'none' && !(o.clip.limit > 0))
    faults.push(`clip limit is ${o.clip.limit}, expected a number above 0`);
  return faults;
}

const nadamMomentum = (beta1: number, t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * 0.004));

/** Π of the momenta up to step t; the last one asked for is kept, since steps come in order. */
let held = { beta1: Number.NaN, t: 0, product: 1 };
function nadamProduct(beta1: number, t: number): number {
  if (held.beta1 !== beta1 || held.t > t) held = { beta1, t: 0, product: 1 };
  let { t: at, product } = held;
  while (at < t) product *= nadamMomentum(beta1, ++at);
  held = { beta1, t, product };
  return product;
}
