// Formulas of the test problems whose optimum is known; all are to be minimised. Sources: Surjanovic and Bingham, Virtual
// Library of Simulation Experiments; SimpleKD of Vizier; Jenatton et al. (ICML 2017); Zitzler, Deb and Thiele (2000). Those
// without a source are made for the golden results, with an optimum by construction.
import type { Point } from '../../../src/space/types.js';

type Vector = readonly number[];

const sum = (x: Vector, term: (v: number, i: number) => number): number =>
  x.reduce((total, v, i) => total + term(v, i), 0);

/** Branin 1972. */
export function branin(x: Vector): number {
  const [a, b] = [x[0]!, x[1]!];
  const [r, s, t] = [6, 10, 1 / (8 * Math.PI)];
  const inner = b - (5.1 / (4 * Math.PI ** 2)) * a ** 2 + (5 / Math.PI) * a - r;
  return inner ** 2 + s * (1 - t) * Math.cos(a) + s;
}

const ALPHA = [1, 1.2, 3, 3.2];
const A3 = [
  [3, 10, 30],
  [0.1, 10, 35],
  [3, 10, 30],
  [0.1, 10, 35],
];
const P3 = [
  [3689, 1170, 2673],
  [4699, 4387, 7470],
  [1091, 8732, 5547],
  [381, 5743, 8828],
];
const A6 = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P6 = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];

const hartmann = (a: readonly Vector[], p: readonly Vector[]) => (x: Vector) =>
  -sum(ALPHA, (alpha, i) => alpha * Math.exp(-sum(x, (v, j) => a[i]![j]! * (v - 1e-4 * p[i]![j]!) ** 2)));

/** Hartmann 1973. */
export const hartmann3 = hartmann(A3, P3);
export const hartmann6 = hartmann(A6, P6);

/** Ackley 1987. */
export function ackley(x: Vector): number {
  const squares = sum(x, (v) => v * v) / x.length;
  const waves = sum(x, (v) => Math.cos(2 * Math.PI * v)) / x.length;
  return -20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(waves) + 20 + Math.E;
}

/** Levy and Montalvo 1985. */
export function levy(x: Vector): number {
  const w = x.map((v) => 1 + (v - 1) / 4);
  const last = w.at(-1)!;
  return (
    Math.sin(Math.PI * w[0]!) ** 2 +
    sum(w.slice(0, -1), (v) => (v - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * v + 1) ** 2)) +
    (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2)
  );
}

/** Rosenbrock 1960. */
export function rosenbrock(x: Vector): number {
  return sum(x.slice(1), (v, i) => 100 * (v - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2);
}

const SHIFT = [1.7, -2.3, 0.9];

/** Rastrigin 1974, moved so that its optimum is not the centre. */
export function rastrigin(x: Vector): number {
  return sum(x, (v, i) => 10 + (v - SHIFT[i]!) ** 2 - 10 * Math.cos(2 * Math.PI * (v - SHIFT[i]!)));
}

/** Styblinski and Tang 1990. */
export function styblinskiTang(x: Vector): number {
  return sum(x, (v) => v ** 4 - 16 * v * v + 5 * v) / 2;
}

/** The six-hump camel of Dixon and Szegő 1978. */
export function camel6(x: Vector): number {
  const [a, b] = [x[0]!, x[1]!];
  return (4 - 2.1 * a * a + a ** 4 / 3) * a * a + a * b + (-4 + 4 * b * b) * b * b;
}

/** ZDT1: two objectives. */
export function zdt1(x: Vector): number[] {
  const g = 1 + (9 * sum(x.slice(1), (v) => v)) / (x.length - 1);
  return [x[0]!, g * (1 - Math.sqrt(x[0]! / g))];
}

const DISCRETE: Readonly<Record<number, number>> = { 1: 1.2, 2: 0, 5: 0.6, 6: 0.8, 8: 1 };

/** SimpleKD of Vizier with one parameter of each kind, best category `mixed`, negated. */
export function simpleKd(p: Point): number {
  const x = p.float_0 as number;
  const f = Math.min(1.6, x > -0.8 ? -((x - 1) ** 2) : -(1.8 ** 2) + 150 * (x + 0.8) ** 2);
  const i = ((p.int_0 as number) - 2.2) ** 2 / 2;
  const discrete = DISCRETE[p.discrete_0 as number]!;
  if (p.categorical === 'corner') return -(0.8 * f + discrete + i);
  if (p.categorical === 'center') return f + discrete + i;
  return -(1.5 + 0.8 * f + discrete - i);
}

const ACTIVATIONS: Readonly<Record<string, readonly [base: number, lr: number, layers: number]>> = {
  relu: [0.1, -3, 5],
  gelu: [0.13, -3.4, 5],
  tanh: [0.22, -2.2, 3],
  sigmoid: [0.35, -1.8, 2],
};

/** A small network's loss: bowls that differ by activation, where layers and dropout interact. */
export function mixedNet(p: Point): number {
  const [base, best, bestLayers] = ACTIVATIONS[p.activation as string]!;
  const [u, layers] = [Math.log10(p.lr as number), p.layers as number];
  return (
    base +
    0.12 * (u - best) ** 2 +
    0.015 * (layers - bestLayers) ** 2 +
    0.6 * ((p.dropout as number) - 0.05 * layers) ** 2 +
    0.002 * Math.abs((p.batch as number) - 12)
  );
}

/** A wide shallow bowl in the learning rate with a narrow good region. */
export function lrBowl(p: Point): number {
  const d = Math.log10(p.lr as number) + 3.3;
  const e = Math.log10(p.wd as number) + 3.5;
  const wide = d < 0 ? 0.02 * d * d : 0.08 * d * d;
  return 0.08 + 0.5 * (1 - Math.exp(-0.5 * (d / 0.12) ** 2)) + wide + 0.02 * (e + 0.3 * d) ** 2;
}

/** A choice of optimiser, each with two parameters of its own, and one that all share. */
export function optimizerChoice(p: Point): number {
  const shared = 0.5 * ((p.dropout as number) - 0.2) ** 2;
  const u = Math.log10(p[`${p.optimizer}_lr`] as number);
  if (p.optimizer === 'sgd') {
    const momentum = p.sgd_momentum as number;
    return 0.13 + 0.1 * (u + 1 + 1.2 * momentum) ** 2 + 0.3 * (momentum - 0.9) ** 2 + shared;
  }
  if (p.optimizer === 'adam')
    return 0.1 + 0.25 * (u + 3.2) ** 2 + 0.8 * ((p.adam_beta1 as number) - 0.85) ** 2 + shared;
  return 0.12 + 0.4 * (u + 3.6) ** 2 + 0.5 * ((p.rmsprop_alpha as number) - 0.95) ** 2 + shared;
}

/** Jenatton et al. 2017: a tree of three yes-or-no parameters. */
export function jenatton(p: Point): number {
  if (p.x1 === 0) {
    const r8 = p.r8 as number;
    return p.x2 === 0 ? (p.x4 as number) ** 2 + 0.1 + r8 : (p.x5 as number) ** 2 + 0.2 + r8;
  }
  const r9 = p.r9 as number;
  return p.x3 === 0 ? (p.x6 as number) ** 2 + 0.3 + r9 : (p.x7 as number) ** 2 + 0.4 + r9;
}
