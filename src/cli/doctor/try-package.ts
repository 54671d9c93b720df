// Looks at one package from inside, in a process of its own (see packages.ts): a native library that crashes or hangs
// while it loads takes only this process with it. Answers by message: what native code prints stays out of the way.
import { SweeplineError } from '../../ground/errors.js';
import { loadOnnx } from '../../session/onnx/find.js';

/** What is found in a package, by its name. */
const TRIES: Readonly<Record<string, () => Promise<string>>> = {
  async piscina() {
    const { Piscina } = await import('piscina');
    return `piscina ${Piscina.version}`;
  },
  async onnxruntime() {
    const { env, listSupportedBackends } = await orAbsent(() => loadOnnx(() => import('onnxruntime-node')));
    const backends = listSupportedBackends();
    const names = (bundled: boolean) =>
      backends
        .filter((backend) => backend.bundled === bundled)
        .map((backend) => backend.name)
        .join(', ');
    const more = names(false) === '' ? '' : `; with libraries of your own: ${names(false)}`;
    return `onnxruntime-node ${env.versions.node}: ${names(true)}${more}`;
  },
  async duckdb() {
    const { DuckDBInstance, version } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:');
    instance.closeSync();
    return `DuckDB ${version()}`;
  },
  webgpu: () => describeDevice('webgpu'),
  cuda: () => describeDevice('cuda'),
  'tfjs-node-gpu': () => describeTfjs('tfjs-node-gpu'),
  'tfjs-node': () => describeTfjs('tfjs-node'),
  'tfjs-cpu': () => describeTfjs('tfjs-cpu'),
};

/** Something that is not there and need not be, with the command that adds it. */
class Absent extends Error {
  constructor(
    message: string,
    readonly hint: string | undefined,
  ) {
    super(message);
  }
}

/** A device of the onnx engine, by running a net of one unit on it. */
async function describeDevice(device: string): Promise<string> {
  const { checkDevice } = await orAbsent(() => loadOnnx(() => import('../../session/onnx/check-device.js')));
  const { works, detail, remedy } = await checkDevice(device);
  if (!works) throw new Absent(detail, remedy);
  return detail;
}

/** Loaded for real, since being there and working are two things. */
async function describeTfjs(device: string): Promise<string> {
  const [{ findTfjs }, { loadTfjs }] = await Promise.all([
    import('../../session/tfjs/find.js'),
    import('../../session/tfjs/load.js'),
  ]);
  return orAbsent(async () => {
    const found = findTfjs(device);
    const { tf, device: actual } = await loadTfjs(found);
    return `${found.packageName} ${tf.version_core}: ${actual}`;
  });
}

/** What an engine says that it lacks may be absent. */
async function orAbsent<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof SweeplineError) throw new Absent(error.message, error.hint);
    throw error;
  }
}

export type PackageAnswer =
  | { readonly found: string }
  | { readonly fault: string; readonly isAbsent: boolean; readonly hint?: string };

function answer(message: PackageAnswer): void {
  process.send?.(message, () => process.exit());
}

try {
  answer({ found: await TRIES[process.argv[2]!]!() });
} catch (error) {
  const fault = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  const hint = error instanceof Absent ? error.hint : undefined;
  answer({ fault, isAbsent: error instanceof Absent, ...(hint === undefined ? {} : { hint }) });
}
