// How long the trials of a run took, and on what: from its journal. Of a trial that ran more than once the last row counts.
import type { Manifest } from '../run/manifest.js';
import { readRecords } from '../run/read-journal.js';
import { countNumbers, forEachRun } from '../trial/selection.js';

export interface Times {
  /** Milliseconds by trial, of those that ran alone: of trials that ran in one task only their sum is known. */
  readonly of: ReadonlyMap<number, number>;
  /** Of all trials; null where none has run. */
  readonly meanMs: number | null;
  readonly hosts: ReadonlySet<string>;
  /** How many threads ran them. */
  readonly workers: number;
}

/** Rows that were taken over from another epoch have no time. */
export function readTimes(folder: string, epoch: number): Times {
  const of = new Map<number, number>();
  const hosts = new Set<string>();
  const workers = new Set<string>();
  let [ms, trials] = [0, 0];
  for (const { record } of readRecords(folder)) {
    if (record.t !== 'rows' || record.epoch !== epoch || record.carried === true) continue;
    const count = countNumbers(record.trials);
    ms += record.run_ms;
    trials += count;
    hosts.add(record.host);
    workers.add(`${record.host} ${record.worker}`);
    forEachRun(record.trials, (first, length) => {
      if (count === 1) of.set(first, record.run_ms);
      else for (let trial = first; trial < first + length; trial++) of.delete(trial);
    });
  }
  return { of, meanMs: trials === 0 ? null : ms / trials, hosts, workers: workers.size };
}

/** What is kept of them beside the rows. */
export interface TimesSummary extends Omit<Times, 'of'> {
  /** Trials whose own time is known. */
  readonly own: number;
}

interface Timed {
  readonly manifest: Manifest;
  readonly times: TimesSummary;
}

/** What keeps the times of two runs from being compared, as texts; none where nothing does. */
export function findTimingDifferences(a: Timed, b: Timed): string[] {
  const faults: string[] = [];
  const differ = (what: string, x: unknown, y: unknown) => {
    if (x !== y) faults.push(`${what} ${x} and ${y}`);
  };
  const [machine, other] = [a.manifest.machine, b.manifest.machine];
  if (machine === undefined || other === undefined)
    faults.push('a run that does not say what machine it ran on');
  else {
    differ('processors', machine.processor, other.processor);
    differ('cores', machine.cores, other.cores);
    differ('systems', machine.system, other.system);
  }
  differ('Node', a.manifest.node, b.manifest.node);
  differ('engines', a.manifest.engine, b.manifest.engine);
  differ('devices', a.manifest.device, b.manifest.device);
  for (const name of ENGINE_PACKAGES)
    differ(name, a.manifest.packages[name] ?? 'none', b.manifest.packages[name] ?? 'none');
  differ('workers', a.times.workers, b.times.workers);
  for (const { manifest, times } of [a, b])
    if ([...times.hosts].some((host) => host !== manifest.host))
      faults.push(`trials that ran on ${[...times.hosts].join(', ')}`);
  if (a.times.own === 0 || b.times.own === 0) faults.push('trials that ran in blocks');
  return [...new Set(faults)];
}

const ENGINE_PACKAGES = [
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
];
