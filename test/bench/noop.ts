// A worker that does nothing, for the price of a trial.
import { z } from 'zod';
import { defineWorker } from '../../src/worker/define.js';

export default defineWorker({
  name: 'noop',
  version: '1',
  params: { x: z.number().default(0) },
  metrics: { y: { type: 'number' } },
  run: ({ params }) => ({ y: params.x }),
});
