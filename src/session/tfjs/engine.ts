// The tfjs engine: the same descriptions as the onnx engine, computed by TensorFlow.js, so that each checks the other. It
// computes operation by operation and compiles nothing. TensorFlow.js is global to a thread: one device a thread.
import type { Tensor } from '@tensorflow/tfjs-core';
import { InternalError, SweeplineError } from '../../ground/errors.js';
import { checkProgram } from '../../net/program.js';
import type { Engine } from '../contract.js';
import { findTfjs } from './find.js';
import { loadTfjs } from './load.js';
import { openPredictor } from './predictor.js';
import type { Runtime } from './runtime.js';
import { openTrainer } from './trainer.js';

/**
 * Opens `auto` (the fastest package installed), `cpu`, `cuda`, or a device as engines report it. Throws BAD_USAGE for
 * another name, and NO_DEVICE, with the command that adds it, for what is missing.
 */
export async function openTfjs(device = 'auto'): Promise<Engine> {
  const found = findTfjs(device);
  const { tf, device: actual } = await loadTfjs(found);
  if (/^cuda/.test(device) && actual !== 'tfjs-node-gpu')
    throw new SweeplineError('NO_DEVICE', `${found.packageName} found no GPU that it can use`, {
      hint: 'run `sweepline doctor` to see what this machine has; --device cpu always works',
    });
  const held = new Set<Tensor>();
  let ended = false;

  const runtime: Runtime = {
    tf,
    // Work is not interrupted once it has begun: there is nothing for `dispose` to wait for.
    async call(work) {
      if (ended) throw new InternalError('the engine was used after it was disposed of');
      return work();
    },
    hold(tensors) {
      for (const tensor of tensors) held.add(tensor);
    },
    release(tensors) {
      for (const tensor of tensors) if (held.delete(tensor)) tensor.dispose();
    },
  };
  return {
    name: 'tfjs',
    device: actual,
    compile: (program) =>
      runtime.call(() => {
        checkProgram(program);
        return openTrainer(runtime, program);
      }),
    predictor: (net, _input, layer) => runtime.call(() => openPredictor(runtime, net, layer)),
    async dispose() {
      ended = true;
      runtime.release([...held]);
    },
  };
}
