// Looks at one package from inside, in a process of its own (see packages.ts): a native library that crashes or hangs
// while it loads takes only this process with it. Answers by message: what native code prints stays out of the way.
import { createRequire } from 'node:module';

/** What is found in a package, by its name. */
const PROBES: Readonly<Record<string, () => Promise<string>>> = {
  async piscina() {
    const { Piscina } = await import('piscina');
    return `piscina ${Piscina.version}`;
  },
  async onnxruntime() {
    const { env, listSupportedBackends } = await import('onnxruntime-node');
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
  'tfjs-node-gpu': async () => describePeer('@tensorflow/tfjs-node-gpu'),
  'tfjs-node': async () => describePeer('@tensorflow/tfjs-node'),
};

/** An optional package: loaded for real, since being there and working are two things. */
async function describePeer(name: string): Promise<string> {
  // Node 23 took util.isNullOrUndefined away, which this package's last release still calls (tensorflow/tfjs#8609).
  const util = createRequire(import.meta.url)('node:util') as {
    isNullOrUndefined?: (value: unknown) => boolean;
  };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const { default: tf } = (await import(name)) as {
    default: { version: Record<string, string>; getBackend(): string };
  };
  return `${name} ${tf.version['tfjs-node'] ?? tf.version.tfjs}: ${tf.getBackend()}`;
}

export type ProbeAnswer = { readonly found: string } | { readonly fault: string; readonly isAbsent: boolean };

function answer(message: ProbeAnswer): void {
  process.send?.(message, () => process.exit());
}

try {
  answer({ found: await PROBES[process.argv[2]!]!() });
} catch (error) {
  const isAbsent = (error as { readonly code?: string }).code === 'ERR_MODULE_NOT_FOUND';
  answer({ fault: error instanceof Error ? error.message.split('\n')[0]! : String(error), isAbsent });
}
