// In what two runs differ beside their numbers, as sentences: whoever reads the comparison must know what is compared.
import { plural } from '../ground/text.js';
import { canonicalValue } from '../space/value.js';
import type { Metric } from '../trial/metrics.js';
import { restingValue } from '../trial/params.js';
import type { Described } from './described.js';
import { findFixed } from './identity.js';

/** Longer lists are cut: all names of a long list tell nobody more. */
const SHOWN = 6;

/** What is not shared, and what else may be why numbers moved. */
export function findNotes(a: Described, b: Described): string[] {
  const [x, y] = [a.manifest, b.manifest];
  const notes: string[] = [];
  const differ = (what: string, before: string, after: string) => {
    if (before !== after) notes.push(`${what}: ${before} in A, ${after} in B`);
  };
  differ('sweep', x.sweep, y.sweep);
  differ('worker', x.worker.name, y.worker.name);
  if (x.worker.name === y.worker.name) differ('worker version', x.worker.version, y.worker.version);
  const [before, after] = [x.fingerprint?.sources, y.fingerprint?.sources];
  if (
    before !== undefined &&
    after !== undefined &&
    before !== after &&
    x.worker.version === y.worker.version
  )
    notes.push('the code of the worker is not the same, its version is');
  differ('engine', `${x.engine} on ${x.device}`, `${y.engine} on ${y.device}`);
  differ('data', describeData(x.data), describeData(y.data));
  differ('seed', String(x.seed), String(y.seed));
  notes.push(...compareParams(a, b), ...compareMetrics(a.record.worker.metrics, b.record.worker.metrics));
  for (const [name, run] of [
    ['A', a],
    ['B', b],
  ] as const)
    notes.push(...describeProgress(name, run));
  return notes;
}

function describeData(data: Described['manifest']['data']): string {
  return data === null ? 'no data set' : `${data.name} (SHA-256 ${data.sha256.slice(0, 12)}…)`;
}

function compareParams(a: Described, b: Described): string[] {
  const missing = (here: Described, there: Described, name: string) => {
    const names = new Set(there.record.worker.params.map((param) => param.name));
    return here.record.worker.params
      .filter((param) => !names.has(param.name))
      .map(
        (param) =>
          `parameter ${param.name} is in ${name} alone: where it has its default, ${canonicalValue(param.default)}, the other run counts as having it too`,
      );
  };
  return [
    ...missing(a, b, 'A'),
    ...missing(b, a, 'B'),
    ...findFixed(a, b).map(({ name, a: x, b: y }) => `parameter ${name}: ${x} in A, ${y} in B`),
  ];
}

/** For an error: what keeps every configuration of one run from being in the other. */
export function whyApart(a: Described, b: Described): string[] {
  const only = (x: Described, y: Described, name: string) =>
    x.record.axes
      .filter((axis) => !y.record.worker.params.some((param) => param.name === axis))
      .map((axis) => `only the worker of ${name} has ${axis}`);
  const held = (x: Described, y: Described, name: string) =>
    y.record.axes.flatMap((axis) => {
      const param = x.record.worker.params.find((each) => each.name === axis);
      if (param === undefined || x.record.axes.includes(axis)) return [];
      return [`${axis} is ${canonicalValue(restingValue(param, x.record.fixed))} throughout ${name}`];
    });
  return [
    ...findFixed(a, b).map(({ name, a: x, b: y }) => `${name} is ${x} in A and ${y} in B`),
    ...held(a, b, 'A'),
    ...held(b, a, 'B'),
    ...only(a, b, 'A'),
    ...only(b, a, 'B'),
  ].slice(0, SHOWN);
}

function compareMetrics(a: readonly Metric[], b: readonly Metric[]): string[] {
  const only = (x: readonly Metric[], y: readonly Metric[]) =>
    x.map(({ name }) => name).filter((name) => !y.some((metric) => metric.name === name));
  const shared = b.flatMap((metric) => {
    const before = a.find(({ name }) => name === metric.name);
    return before === undefined ? [] : [[before, metric] as const];
  });
  const texts = shared.filter(([x, y]) => x.type === 'string' && y.type === 'string').map(([x]) => x.name);
  const retyped = shared
    .filter(
      ([x, y]) =>
        x.type !== y.type && [x.type, y.type].some((type) => type === 'string' || type === 'boolean'),
    )
    .map(([x, y]) => `metric ${x.name} is a ${x.type} in A and a ${y.type} in B: not compared`);
  const list = (names: readonly string[]) =>
    names.length > SHOWN
      ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`
      : names.join(', ');
  return [
    ...(only(a, b).length > 0 ? [`metrics in A alone: ${list(only(a, b))}`] : []),
    ...(only(b, a).length > 0 ? [`metrics in B alone: ${list(only(b, a))}`] : []),
    ...(texts.length > 0 ? [`texts are not compared: ${list(texts)}`] : []),
    ...retyped,
  ];
}

function describeProgress(name: string, { status }: Described): string[] {
  const { total, done, coordinator, orphaned } = status;
  if (coordinator !== null) return [`run ${name} is going on: ${plural(done, 'trial')} so far`];
  const left = total === null ? orphaned : total - done;
  return left > 0 ? [`run ${name} is not complete: ${plural(left, 'trial')} have not ended`] : [];
}
