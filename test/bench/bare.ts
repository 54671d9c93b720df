// What a run takes at the least: a process, one that it starts, and a thread in that. Each loads zod, and nothing is done.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import { z } from 'zod';

z.number().parse(1);
const own = new URL(import.meta.url);
if (isMainThread && process.send !== undefined) new Worker(own).once('exit', () => process.disconnect());
else if (isMainThread) fork(fileURLToPath(own));
