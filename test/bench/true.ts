// The least that a program can be.
import { z } from 'zod';
import { defineWorker } from '../../src/worker/define.js';

export default defineWorker({
  name: 'true',
  version: '1',
  params: { i: z.int().default(0) },
  metrics: {},
  command: ['/bin/true', '{i}'],
});
