// A thread of the host that ends it once its coordinator is gone, whatever the host's other threads are busy with.
import { workerData } from 'node:worker_threads';

const LOOK_MS = 250;
const coordinator = workerData as number;

setInterval(() => {
  // Orphans get another parent at once.
  if (process.ppid !== coordinator) process.kill(process.pid, 'SIGKILL');
}, LOOK_MS);
