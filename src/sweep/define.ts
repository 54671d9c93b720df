// What a sweep is: which worker, over which grids. A sweep file's default export is what `defineSweep` returns; it names
// its worker and report by URL and never imports them, because the coordinator that loads it runs no worker code.
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { isDomain } from '../space/domain.js';
import type { SamplerSpec } from '../space/sampling.js';
import type { AxisSpec, AxisValues, GridSpec, Point, Value } from '../space/types.js';
import { parseAxisValues } from '../space/values.js';

/** One value, a list, `lin(…)`, `log(…)`, `range(…)`, or the same as command-line text: `'log(1e-4,1,9)'`. */
export type AxisInput = Value | readonly Value[] | AxisValues;

/** An axis; with `when` it exists only where each named axis of the same grid has one of the values. */
export type AxisDefinition =
  | AxisInput
  | { readonly values: AxisInput; readonly when: Readonly<Record<string, Value | readonly Value[]>> };

export interface GridDefinition {
  /** By parameter of the worker. The last one turns fastest. */
  readonly axes: Readonly<Record<string, AxisDefinition>>;
  /** Groups of axes that move together instead of crossing; equally many values each. */
  readonly zip?: readonly (readonly string[])[];
}

export interface SweepOptions extends Partial<GridDefinition> {
  readonly name: string;
  readonly title?: string;
  readonly about?: string;
  /** `new URL('../workers/mine.ts', import.meta.url)` */
  readonly worker: URL | string;
  readonly report?: URL | string;
  /** Several grids, one after another, in place of `axes`. A point that two of them hold runs once. */
  readonly grids?: readonly GridDefinition[];
  /** Values for parameters that are no axes, in place of the worker's defaults. */
  readonly fixed?: Readonly<Record<string, Value>>;
  /** Every point so many times, with different seeds. Default 1. */
  readonly replicates?: number;
  /** Points for which this is false are no trials. Sees the axes only; must depend on nothing else. */
  readonly where?: (point: Point) => boolean;
  readonly sampler?: SamplerSpec;
  /** Seed of everything random; default 1. */
  readonly seed?: number;
}

export interface Sweep {
  readonly kind: 'sweepline-sweep';
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly worker: string;
  readonly report: string | null;
  readonly grids: readonly GridSpec[];
  readonly fixed: Readonly<Record<string, Value>>;
  readonly replicates: number;
  readonly where: ((point: Point) => boolean) | null;
  readonly sampler: SamplerSpec;
  readonly seed: number;
}

const OPTIONS = 'name title about worker report axes zip grids fixed replicates where sampler seed'.split(
  ' ',
);

/** Declares a sweep. Throws BAD_DEFINITION with every fault that can be seen without its worker. */
export function defineSweep(options: SweepOptions): Sweep {
  const faults: string[] = [];
  for (const name of Object.keys(options))
    if (!OPTIONS.includes(name)) faults.push(describeUnknown('option', name, OPTIONS));
  if (!/^[a-z][a-z0-9_-]*$/i.test(options.name ?? ''))
    faults.push(`name ${JSON.stringify(options.name)}: expected a word (it names the run folder)`);
  if (options.worker === undefined)
    faults.push('worker is missing: name its file with new URL("../workers/….ts", import.meta.url)');
  if ((options.axes === undefined) === (options.grids === undefined))
    faults.push('expected one of axes and grids');
  if (options.seed !== undefined && !Number.isSafeInteger(options.seed))
    faults.push(`seed ${options.seed}: expected an integer`);
  const definitions = options.grids ?? [
    { axes: options.axes ?? {}, ...(options.zip === undefined ? {} : { zip: options.zip }) },
  ];
  const grids = definitions.map((grid) => toGrid(grid, faults));
  throwFaults('BAD_DEFINITION', `sweep "${options.name}" does not hold together`, faults);
  return {
    kind: 'sweepline-sweep',
    name: options.name,
    title: options.title ?? options.name,
    about: options.about ?? '',
    worker: String(options.worker),
    report: options.report === undefined ? null : String(options.report),
    grids,
    fixed: options.fixed ?? {},
    replicates: options.replicates ?? 1,
    where: options.where ?? null,
    sampler: options.sampler ?? { name: 'grid' },
    seed: options.seed ?? 1,
  };
}

function toGrid(grid: GridDefinition, faults: string[]): GridSpec {
  const axes: AxisSpec[] = [];
  const zipped = new Map((grid.zip ?? []).flatMap((group) => group.map((name) => [name, group] as const)));
  for (const name of zipped.keys())
    if (!Object.hasOwn(grid.axes, name))
      faults.push(`zip: ${describeUnknown('axis', name, Object.keys(grid.axes))}`);
  for (const [name, definition] of Object.entries(grid.axes)) {
    const names = zipped.get(name) ?? [name];
    if (names[0] !== name) continue; // it came with the first of its group
    const values = names.map((each) => toAxisValues(each, definitionOf(grid.axes[each]!).values, faults));
    const { when } = definitionOf(definition);
    axes.push({ names, values, ...(when === undefined ? {} : { when }) });
  }
  return { axes };
}

function definitionOf(definition: AxisDefinition): {
  values: AxisInput;
  when?: Record<string, readonly Value[]>;
} {
  if (typeof definition !== 'object' || !('when' in definition)) return { values: definition };
  const when = Object.entries(definition.when).map(([name, value]) => [
    name,
    Array.isArray(value) ? value : [value],
  ]);
  return { values: definition.values, when: Object.fromEntries(when) };
}

/** The values of an axis however they were given; what is wrong with them goes to `faults`. */
export function toAxisValues(name: string, input: AxisInput, faults: string[]): AxisValues {
  if (Array.isArray(input)) return { kind: 'list', values: input };
  if (typeof input === 'object') return input as AxisValues;
  if (typeof input !== 'string') return { kind: 'list', values: [input] };
  try {
    const values = parseAxisValues(input);
    if (!isDomain(values)) return values;
    faults.push(`axis ${name}: ${values.kind}(…) is a domain; expected a list, lin(…), log(…) or range(…)`);
    return { kind: 'list', values: [input] };
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    faults.push(`axis ${name}: ${error.message}`);
    return { kind: 'list', values: [input] };
  }
}
