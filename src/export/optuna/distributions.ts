// The distributions of a run's axes in Optuna's words. Optuna wants one kind for a parameter over a whole study, and
// values that lie in it: where grids differ, their union; what samplers proposed beyond it widens it.
import type { AxisDomain, GridSpec, Value } from '../../space/types.js';
import { canonicalValue, isStructured } from '../../space/value.js';
import type { SpaceParam } from '../../trial/params.js';
import { PythonFloat } from '../python-json.js';

export type Distribution =
  | {
      readonly kind: 'float' | 'int';
      readonly low: number;
      readonly high: number;
      readonly log: boolean;
      readonly step: number | null;
    }
  | { readonly kind: 'categorical'; readonly choices: readonly Choice[] };

/** What Optuna keeps as a choice: lists and objects are their JSON text. */
export type Choice = string | number | boolean | null;

/** Every trial repeats the choices of its parameters: an axis of more different texts is an attribute of trials instead. */
const MOST_CHOICES = 1000;

/** What is known of an axis: how it is declared, and the values that trials have. */
export class AxisValuesSeen {
  readonly #values = new Map<Choice, number>();
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;
  #onlyNumbers: boolean;

  constructor(
    private readonly param: SpaceParam | undefined,
    private readonly declared: readonly AxisDomain[],
  ) {
    const isNumber = param?.type === 'number' || param?.type === 'integer';
    this.#onlyNumbers = isNumber && declared.every(holdsOnlyNumbers);
    for (const values of declared) {
      if (values.kind === 'list' || values.kind === 'choice')
        for (const value of values.values) this.add(value);
      else if (values.kind !== 'normal') this.#widen(values.from, values.to); // which has no ends but those drawn
    }
  }

  add(value: Value): void {
    if (typeof value === 'number') this.#widen(value, value);
    else this.#onlyNumbers = false;
    const choice = toChoice(value);
    if (!this.#values.has(choice) && this.#values.size <= MOST_CHOICES)
      this.#values.set(choice, this.#values.size);
  }

  /** Undefined where it has too many choices, or no value at all. */
  distribution(): Distribution | undefined {
    if (!this.#onlyNumbers) {
      const choices = [...this.#values.keys()];
      if (choices.length === 0 || choices.length > MOST_CHOICES) return undefined;
      return { kind: 'categorical', choices };
    }
    if (this.#low > this.#high) return undefined;
    const isWhole = this.#isWhole;
    const isLog = ({ kind }: AxisDomain) => ['log', 'loguniform', 'logint'].includes(kind);
    const log = this.declared.some(isLog) && this.#low > 0;
    return {
      kind: isWhole ? 'int' : 'float',
      low: this.#low,
      high: this.#high,
      log,
      step: isWhole ? 1 : null,
    };
  }

  /** How Optuna keeps a value within the distribution: itself, or its place among the choices. */
  internal(value: Value): number | PythonFloat {
    if (!this.#onlyNumbers) return this.#values.get(toChoice(value))!;
    return this.#isWhole ? (value as number) : new PythonFloat(value as number);
  }

  get #isWhole(): boolean {
    return this.param?.type === 'integer' && [this.#low, this.#high].every(Number.isSafeInteger);
  }

  #widen(from: number, to: number): void {
    this.#low = Math.min(this.#low, from, to);
    this.#high = Math.max(this.#high, from, to);
  }
}

function holdsOnlyNumbers(values: AxisDomain): boolean {
  return (
    (values.kind !== 'list' && values.kind !== 'choice') ||
    values.values.every((value) => typeof value === 'number')
  );
}

export function toChoice(value: Value): Choice {
  return isStructured(value) ? canonicalValue(value) : value;
}

/** How an axis is declared in each grid that has it. */
export function declarationsOf(axis: string, grids: readonly GridSpec<AxisDomain>[]): AxisDomain[] {
  return grids.flatMap(({ axes }) =>
    axes.flatMap(({ names, values }) => names.flatMap((name, i) => (name === axis ? [values[i]!] : []))),
  );
}

const NAMES = { float: 'FloatDistribution', int: 'IntDistribution', categorical: 'CategoricalDistribution' };

/** As Optuna's journal has it: a text with JSON in it. */
export function describeDistribution(distribution: Distribution): object {
  const { kind, ...attributes } = distribution;
  if (kind !== 'float') return { name: NAMES[kind], attributes };
  const { low, high } = distribution as Extract<Distribution, { kind: 'float' | 'int' }>;
  return {
    name: NAMES.float,
    attributes: { ...attributes, low: new PythonFloat(low), high: new PythonFloat(high) },
  };
}
