// The onnx engine: whole training steps as ONNX graphs, run by ONNX Runtime on the CPU, on WebGPU or on CUDA. One engine
// belongs to one thread. It never ends a run early: a thread that dies inside one takes its process with it.
import { InferenceSession } from 'onnxruntime-node';
import { InternalError, SweeplineError } from '../../ground/errors.js';
import { checkProgram } from '../../net/program.js';
import type { Engine } from '../contract.js';
import { openPredictor } from './predictor.js';
import type { Runtime } from './runtime.js';
import { openTrainer } from './trainer.js';

/**
 * Compiled graphs kept for each engine; the one that was not used for longest goes first. Ten are the most that one trial
 * of the shipped sweeps uses, and equal trials follow one another. Each holds on to its memory: two threads of the latent
 * sweep came to 1,060 MB with 24 and to 840 with 10, in the same time.
 */
const WARM_GRAPHS = 10;

export interface OnnxOptions {
  /** Fails when a node would be placed off the device. Default false. */
  readonly strict?: boolean;
}

/** Opens a device: `cpu`, `webgpu`, `cuda` or `cuda:i`. Throws NO_DEVICE where it does not start. */
export async function openOnnx(device: string, options: OnnxOptions = {}): Promise<Engine> {
  const sessionOptions = optionsFor(device, options);
  const warm = new Map<string, InferenceSession>();
  let ended = false;
  let busy: Promise<unknown> = Promise.resolve();

  const runtime: Runtime = {
    bytes: device === 'webgpu' ? 'float' : 'uint8',
    scan: device === 'cpu',
    async graph(key, build) {
      const session = warm.get(key) ?? (await create(build(), sessionOptions, device));
      warm.delete(key);
      warm.set(key, session);
      if (warm.size > WARM_GRAPHS) {
        const [oldest, unused] = warm.entries().next().value!;
        warm.delete(oldest);
        await unused.release();
      }
      return session;
    },
    async call(work) {
      if (ended) throw new InternalError('the engine was used after it was disposed of');
      const running = work();
      busy = running.catch(() => undefined);
      return running;
    },
  };
  return {
    name: 'onnx',
    device,
    compile: (program) =>
      runtime.call(async () => {
        checkProgram(program);
        return openTrainer(runtime, program);
      }),
    predictor: (net, input, layer) => runtime.call(async () => openPredictor(runtime, { net, input, layer })),
    async dispose() {
      ended = true;
      await busy;
      for (const session of warm.values()) await session.release();
      warm.clear();
    },
  };
}

/** How ONNX Runtime is asked for a device: one thread, and nothing placed off it where `strict`. */
export function optionsFor(
  device: string,
  { strict = false }: OnnxOptions = {},
): InferenceSession.SessionOptions {
  return {
    executionProviders: [providerOf(device)],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: {
      session: {
        // Otherwise the bytes are turned into floats anew for each use: the rewriting is meant for quantised nets.
        disable_quant_qdq: '1',
        ...(strict ? { disable_cpu_ep_fallback: '1' } : {}),
      },
    },
  };
}

async function create(
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
  device: string,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, options);
  } catch (cause) {
    if (device === 'cpu') throw new InternalError('ONNX Runtime refused a graph', { cause });
    throw new SweeplineError(
      'NO_DEVICE',
      `ONNX Runtime could not use ${device}: ${(cause as Error).message}`,
      {
        hint: 'run `sweepline doctor` to see what this machine has; --device cpu always works',
        cause,
      },
    );
  }
}

function providerOf(device: string): InferenceSession.ExecutionProviderConfig {
  if (device === 'cpu' || device === 'webgpu') return device;
  const cuda = /^cuda(?::(\d+))?$/.exec(device);
  if (cuda !== null) return { name: 'cuda', deviceId: Number(cuda[1] ?? 0) };
  throw new SweeplineError(
    'BAD_USAGE',
    `engine onnx has no device "${device}": expected auto, cpu, webgpu or cuda[:i]`,
  );
}
