// The nine optimisers on one number, in textbook form: the reference that the fast kernel must equal bit for bit. Every
// operation is one IEEE float64 rounding, in the order written. Clear before fast.
//
// g is the slope at θ. `decay` λ is L2 regularisation, g + λθ, for all but adamw, where it is decoupled. The conventions
// (where ε stands, momentum without dampening) are PyTorch's; test/fixtures/landscape-torch.json holds its trajectories.

export const OPTIMIZER_NAMES = [
  'sgd',
  'momentum',
  'nesterov',
  'rmsprop',
  'adagrad',
  'adam',
  'amsgrad',
  'adamw',
  'nadam',
] as const;

export type OptimizerName = (typeof OPTIMIZER_NAMES)[number];

export interface Hyperparameters {
  /** Step size α > 0. */
  readonly alpha: number;
  /** Decay of the first moment, in [0, 1). */
  readonly beta1: number;
  /** Decay of the second moment, in [0, 1); rmsprop's smoothing constant too (which PyTorch calls alpha). */
  readonly beta2: number;
  /** Added to the root of the second moment, ≥ 0. */
  readonly eps: number;
  /** μ of momentum and nesterov, in [0, 1). */
  readonly momentum: number;
  /** Weight decay λ ≥ 0. */
  readonly decay: number;
}

/** The next θ from θ and the slope there. It remembers moments: one function a trajectory, called once a step. */
export type Step = (theta: number, slope: number) => number;

/** Where nadam's momentum stands at step t: μ_t = β1·(1 − ½·0.96^(t/250)); this is 0.96^(1/250). */
export const NADAM_WARMTH = 0.9998367253526753;

/** A fresh optimiser at its first step. */
export function createOptimizer(name: OptimizerName, h: Hyperparameters): Step {
  const step = OPTIMIZERS[name](h);
  if (h.decay === 0 || name === 'adamw') return step;
  return (theta, slope) => step(theta, slope + h.decay * theta);
}

const OPTIMIZERS: Readonly<Record<OptimizerName, (h: Hyperparameters) => Step>> = {
  /** θ − αg (Cauchy 1847; Robbins and Monro 1951). */
  sgd:
    ({ alpha }) =>
    (theta, g) =>
      theta - alpha * g,

  /** v = μv + g, θ − αv (Polyak 1964, the heavy ball). */
  momentum({ alpha, momentum }) {
    let v = 0;
    return (theta, g) => {
      v = momentum * v + g;
      return theta - alpha * v;
    };
  },

  /** v = μv + g, θ − α(g + μv) (Nesterov 1983, as rewritten by Sutskever et al. 2013 and Bengio et al. 2013). */
  nesterov({ alpha, momentum }) {
    let v = 0;
    return (theta, g) => {
      v = momentum * v + g;
      return theta - alpha * (g + momentum * v);
    };
  },

  /** v = β2·v + (1−β2)g², θ − αg/(√v + ε) (Tieleman and Hinton 2012, lecture 6.5). */
  rmsprop({ alpha, beta2, eps }) {
    let v = 0;
    return (theta, g) => {
      v = beta2 * v + (1 - beta2) * g * g;
      return theta - (alpha * g) / (Math.sqrt(v) + eps);
    };
  },

  /** v = v + g², θ − αg/(√v + ε) (Duchi, Hazan and Singer 2011, the diagonal form). */
  adagrad({ alpha, eps }) {
    let v = 0;
    return (theta, g) => {
      v = v + g * g;
      return theta - (alpha * g) / (Math.sqrt(v) + eps);
    };
  },

  /** Kingma and Ba 2015, algorithm 1. */
  adam: (h) => adaptive(h, (v) => v),

  /** Reddi, Kale and Kumar 2018, algorithm 2, with Adam's bias correction of the greatest v so far. */
  amsgrad(h) {
    let greatest = 0;
    return adaptive(h, (v) => {
      greatest = Math.max(greatest, v);
      return greatest;
    });
  },

  /** Loshchilov and Hutter 2019, algorithm 2: θ shrinks by αλθ beside Adam's step. */
  adamw(h) {
    const step = adaptive(h, (v) => v);
    const kept = 1 - h.alpha * h.decay;
    return (theta, g) => step(theta * kept, g);
  },

  /** Dozat 2016, algorithm 2: m̂ looks one step ahead, with the momentum schedule μ_t. */
  nadam({ alpha, beta1, beta2, eps }) {
    let m = 0;
    let v = 0;
    let power2 = 1;
    let warmth = NADAM_WARMTH;
    let product = 1;
    let mu = beta1 * (1 - 0.5 * warmth);
    return (theta, g) => {
      warmth = warmth * NADAM_WARMTH;
      const next = beta1 * (1 - 0.5 * warmth);
      product = product * mu;
      power2 = power2 * beta2;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const ahead = m * (next / (1 - product * next)) + g * ((1 - mu) / (1 - product));
      mu = next;
      return theta - (alpha * ahead) / (Math.sqrt(v * (1 / (1 - power2))) + eps);
    };
  },
};

/** Adam's step: θ − α·m̂/(√v̂ + ε), m̂ = m/(1−β1^t), v̂ = v/(1−β2^t), where `choose` picks the v that counts. */
function adaptive({ alpha, beta1, beta2, eps }: Hyperparameters, choose: (v: number) => number): Step {
  let m = 0;
  let v = 0;
  let power1 = 1;
  let power2 = 1;
  return (theta, g) => {
    power1 = power1 * beta1;
    power2 = power2 * beta2;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const mHat = m * (1 / (1 - power1));
    const vHat = choose(v) * (1 / (1 - power2));
    return theta - (alpha * mHat) / (Math.sqrt(vHat) + eps);
  };
}
