// The kernel's code: many trajectories of one optimiser side by side, two to a vector and WIDTH vectors at a time, so that
// the processor always has independent divisions to work on. Each formula is the one in optimizers.ts, operation by
// operation; the tests hold them to the same bits.
import * as wasm from '../../ground/assembler.js';
import {
  add,
  type Code,
  div,
  greater,
  type Local,
  Locals,
  load,
  mul,
  sqrt,
  sub,
} from '../../ground/assembler.js';
import { LOCAL_MINIMUM } from './landscape.js';
import { NADAM_WARMTH, type OptimizerName } from './optimizers.js';

/** Vectors in flight: their divisions and roots (about 10 cycles each) cover the 60 to 80 cycles of one step's chain. */
const WIDTH = 8;
export const LANES = 2 * WIDTH;
/** Trajectories a call: all columns together (150 kB) stay in the second-level cache. */
export const CAPACITY = 1024;

/** The numbers of a climb, as the formulas want them. */
const INPUTS = [
  'beta1',
  'keep1',
  'beta2',
  'keep2',
  'eps',
  'momentum',
  'decay',
  'downhill',
  'uphill',
] as const;
type Inputs = Readonly<Record<(typeof INPUTS)[number], Code>>;

/** The metrics of a trial, each a number: booleans as 0 and 1, NaN for an `escape_step` that there is not. */
export const METRICS = ['escaped', 'reached', 'stuck', 'escape_step', 'peak', 'final_theta'] as const;
/** Beside them θ after all steps: not finite if it ever was not, and then the metrics are not to be trusted. */
const OUTPUTS = [...METRICS, 'last'] as const;

/** Columns of CAPACITY float64 from address 0: α, the top of each bump and INPUTS go in, OUTPUTS come out. */
export const COLUMNS = ['alpha', 'top', ...INPUTS, ...OUTPUTS] as const;
export type Column = (typeof COLUMNS)[number];
export const columnAddress = (name: Column) => 8 * CAPACITY * COLUMNS.indexOf(name);
/** Of 64 KiB each. */
export const MEMORY_PAGES = Math.ceil((8 * CAPACITY * COLUMNS.length) / 65536);

/** What one vector of trajectories carries from step to step. */
interface Lane {
  readonly alpha: Code;
  readonly theta: Local;
  readonly g: Local;
  readonly m: Local;
  readonly v: Local;
  readonly u: Local;
}

/** What an optimiser does before the first step, in each step before any lane, and in each step for each lane. */
interface Formula {
  readonly start?: Code;
  readonly advance?: Code;
  readonly step: (lane: Lane) => Code;
}

export interface KernelKind {
  readonly optimizer: OptimizerName;
  /** Some λ is not 0. Without it, λ is not read. */
  readonly decayed: boolean;
  /** INPUTS differ between trajectories; else the first two rows of those columns hold for all, and bias corrections
   * are computed once a step. */
  readonly mixed: boolean;
}

/**
 * The WebAssembly module of one optimiser: `run(bytes, steps)` follows the first bytes / 8 trajectories (a multiple of
 * LANES) on the endless climb and writes their OUTPUTS.
 */
export function assembleKernel({ optimizer, decayed, mixed }: KernelKind): Uint8Array<ArrayBuffer> {
  const locals = new Locals();
  const [position, time] = locals.counters;
  const column = (name: Column, lane: number) => load(position.get, columnAddress(name) + 16 * lane);
  const toInputs = (pick: (name: Column) => Code) =>
    Object.fromEntries(INPUTS.map((name) => [name, pick(name)])) as Inputs;
  const kept = INPUTS.map((name) => ({ name, local: locals.vector() }));
  const shared = toInputs((name) => kept.find((k) => k.name === name)!.local.get);
  const sharedFormula = FORMULAS[optimizer](shared, locals);
  const alive = locals.vector();

  const begin: Code[] = mixed ? [] : [sharedFormula.start ?? []];
  const step: Code[] = mixed ? [] : [sharedFormula.advance ?? []];
  const finish: Code[] = [];
  for (let i = 0; i < WIDTH; i++) {
    const x = mixed ? toInputs((name) => column(name, i)) : shared;
    const formula = mixed ? FORMULAS[optimizer](x, locals) : sharedFormula;
    const [theta, g, m, v, u, peak, ended, final] = locals.vectors(8) as EightLocals;
    const lane = { alpha: column('alpha', i), theta, g, m, v, u };
    for (const local of [theta, m, v, u, peak, ended, final]) begin.push(local.set(wasm.splat(0)));
    if (mixed) {
      begin.push(formula.start ?? []);
      step.push(formula.advance ?? []);
    }
    // θ < 1 picks the bits of one slope or the other: one instruction less than a select.
    const slopeBits = wasm.xor(x.downhill, x.uphill);
    step.push(
      g.set(wasm.xor(wasm.and(wasm.less(theta.get, wasm.splat(LOCAL_MINIMUM)), slopeBits), x.uphill)),
    );
    if (decayed && optimizer !== 'adamw') step.push(g.set(add(g.get, mul(x.decay, theta.get))));
    step.push(formula.step(lane));
    step.push(alive.set(wasm.atMost(peak.get, column('top', i))));
    step.push(ended.set(add(ended.get, wasm.and(alive.get, ONE))));
    step.push(final.set(wasm.select(alive.get, theta.get, final.get)));
    step.push(peak.set(greater(peak.get, theta.get)));
    const passed = wasm.less(column('top', i), peak.get);
    const escaped = wasm.and(passed, ONE);
    const reached = wasm.and(wasm.atMost(wasm.splat(LOCAL_MINIMUM), peak.get), ONE);
    const results = {
      escaped,
      reached,
      stuck: sub(reached, escaped),
      escape_step: wasm.select(passed, ended.get, wasm.splat(Number.NaN)),
      peak: peak.get,
      final_theta: final.get,
      last: theta.get,
    };
    for (const name of OUTPUTS) {
      finish.push(wasm.store(position.get, columnAddress(name) + 16 * i, results[name]));
    }
  }
  const body = [...begin.flat(), ...wasm.loop(time, locals.second, 1, step.flat()), ...finish.flat()];
  const all = wasm.loop(position, locals.first, 8 * LANES, body);
  if (mixed) return wasm.assemble(locals, MEMORY_PAGES, all);
  const first = (name: Column) => load(wasm.ADDRESS_ZERO, columnAddress(name));
  const keep = kept.flatMap(({ name, local }) => local.set(first(name)));
  return wasm.assemble(locals, MEMORY_PAGES, [...keep, ...all]);
}

type SixLocals = [Local, Local, Local, Local, Local, Local];
type EightLocals = [Local, Local, Local, Local, Local, Local, Local, Local];

const ONE = wasm.splat(1);

/** θ − α·a/(√v + ε). */
function adaptiveStep(lane: Lane, ahead: Code, v: Code, eps: Code): Code {
  return lane.theta.set(sub(lane.theta.get, div(mul(lane.alpha, ahead), add(sqrt(v), eps))));
}

const firstMoment = ({ m, g }: Lane, x: Inputs) => m.set(add(mul(x.beta1, m.get), mul(x.keep1, g.get)));
const secondMoment = ({ v, g }: Lane, x: Inputs) =>
  v.set(add(mul(x.beta2, v.get), mul(mul(x.keep2, g.get), g.get)));
const heavyBall = ({ m, g }: Lane, x: Inputs) => m.set(add(mul(x.momentum, m.get), g.get));

/** The bias corrections 1/(1 − β^t) of both moments, computed once a step for all lanes. */
function corrections(x: Inputs, locals: Locals) {
  const [power1, power2, c1, c2] = locals.vectors(4) as [Local, Local, Local, Local];
  return {
    c1: c1.get,
    c2: c2.get,
    start: [...power1.set(ONE), ...power2.set(ONE)],
    advance: [
      ...power1.set(mul(power1.get, x.beta1)),
      ...power2.set(mul(power2.get, x.beta2)),
      ...c1.set(div(ONE, sub(ONE, power1.get))),
      ...c2.set(div(ONE, sub(ONE, power2.get))),
    ],
  };
}

type Adjust = (lane: Lane) => Code;

/** Adam's formula; `choose` may replace v by what amsgrad keeps, `before` may move θ first. */
function adaptive(x: Inputs, locals: Locals, choose?: Adjust, before?: Adjust): Formula {
  const { c1, c2, start, advance } = corrections(x, locals);
  return {
    start,
    advance,
    step: (lane) => [
      ...firstMoment(lane, x),
      ...secondMoment(lane, x),
      ...(choose?.(lane) ?? []),
      ...(before?.(lane) ?? []),
      ...adaptiveStep(lane, mul(lane.m.get, c1), mul(choose ? lane.u.get : lane.v.get, c2), x.eps),
    ],
  };
}

const FORMULAS: Readonly<Record<OptimizerName, (x: Inputs, locals: Locals) => Formula>> = {
  sgd: () => ({ step: ({ theta, alpha, g }) => theta.set(sub(theta.get, mul(alpha, g.get))) }),
  momentum: (x) => ({
    step: (lane) => [
      ...heavyBall(lane, x),
      ...lane.theta.set(sub(lane.theta.get, mul(lane.alpha, lane.m.get))),
    ],
  }),
  nesterov: (x) => ({
    step: (lane) => [
      ...heavyBall(lane, x),
      ...lane.theta.set(sub(lane.theta.get, mul(lane.alpha, add(lane.g.get, mul(x.momentum, lane.m.get))))),
    ],
  }),
  rmsprop: (x) => ({
    step: (lane) => [...secondMoment(lane, x), ...adaptiveStep(lane, lane.g.get, lane.v.get, x.eps)],
  }),
  adagrad: (x) => ({
    step: (lane) => [
      ...lane.v.set(add(lane.v.get, mul(lane.g.get, lane.g.get))),
      ...adaptiveStep(lane, lane.g.get, lane.v.get, x.eps),
    ],
  }),
  adam: (x, locals) => adaptive(x, locals),
  amsgrad: (x, locals) => adaptive(x, locals, ({ u, v }) => u.set(greater(u.get, v.get))),
  adamw: (x, locals) =>
    adaptive(x, locals, undefined, ({ theta, alpha }) =>
      theta.set(mul(theta.get, sub(ONE, mul(alpha, x.decay)))),
    ),
  nadam(x, locals) {
    const { c2, start, advance } = corrections(x, locals);
    const [warmth, product, mu, next, onM, onG] = locals.vectors(6) as SixLocals;
    const momentumNow = mul(x.beta1, sub(ONE, mul(wasm.splat(0.5), warmth.get)));
    return {
      start: [...start, ...warmth.set(wasm.splat(NADAM_WARMTH)), ...product.set(ONE), ...mu.set(momentumNow)],
      advance: [
        ...advance,
        ...warmth.set(mul(warmth.get, wasm.splat(NADAM_WARMTH))),
        ...next.set(momentumNow),
        ...product.set(mul(product.get, mu.get)),
        ...onM.set(div(next.get, sub(ONE, mul(product.get, next.get)))),
        ...onG.set(div(sub(ONE, mu.get), sub(ONE, product.get))),
        ...mu.set(next.get),
      ],
      step: (lane) => {
        const ahead = add(mul(lane.m.get, onM.get), mul(lane.g.get, onG.get));
        return [
          ...firstMoment(lane, x),
          ...secondMoment(lane, x),
          ...adaptiveStep(lane, ahead, mul(lane.v.get, c2), x.eps),
        ];
      },
    };
  },
};
