// Whether the times of two runs may be compared.
import type { Manifest } from '../run/manifest.js';
import type { Times } from '../run/trial-times.js';

/** What is kept of them beside the rows. */
export interface TimesSummary extends Omit<Times, 'of' | 'cpuOf'> {
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
