// Entry of the host process: holds the threads and answers the coordinator over IPC. The coordinator decides when it
// ends: signals sent to the whole process group (Ctrl-C, a batch system's SIGTERM) are ignored here, and when the
// coordinator is gone the host kills itself, since leaving normally inside a native run would abort with a crash report.
import { InternalError, toPlainError } from '../ground/errors.js';
import type { Task, TaskResult } from './contract.js';
import type { FromHost, ToHost } from './messages.js';
import { createThreadPool } from './threads.js';

const [workerUrl, threads] = process.argv.slice(2);
if (workerUrl === undefined || threads === undefined || process.send === undefined) {
  throw new InternalError('a host is started by a coordinator, with a worker and a number of threads');
}

let results: TaskResult[] = [];
let begun: Promise<void> = Promise.resolve();

process.on('SIGINT', ignore);
process.on('SIGTERM', ignore);
process.on('disconnect', endWithCoordinator);
if (!process.connected) endWithCoordinator();

const pool = createThreadPool(workerUrl, Number(threads));
process.on('message', (message: ToHost) => receive(message));

function receive(message: ToHost): void {
  switch (message.t) {
    case 'describe':
      answer(message.id, async () => ({
        t: 'described',
        id: message.id,
        description: await pool.describe(),
      }));
      return;
    case 'validate':
      answer(message.id, async () => ({
        t: 'validated',
        id: message.id,
        faults: await pool.validate(message.checks, message.points),
      }));
      return;
    case 'load':
      answer(message.id, async () => ({
        t: 'loaded',
        id: message.id,
        data: await pool.load(message),
      }));
      return;
    case 'begin':
      begun = pool.begin(message.setup);
      answer(message.id, async () => {
        await begun;
        return { t: 'done', id: message.id };
      });
      return;
    case 'tasks':
      for (const task of message.tasks) run(task);
      return;
    case 'stop':
      pool.stop();
      return;
    case 'close':
      void close(message.id);
      return;
  }
}

/** Tasks may arrive right behind `begin`: they wait for it. */
function run(task: Task): void {
  begun
    .then(() => pool.submit(task))
    .then(collect, (error) => send({ t: 'broken', taskId: task.id, error: toPlainError(error) }));
}

/** Results of one turn of the event loop travel as one message. */
function collect(result: TaskResult): void {
  if (results.push(result) === 1) setImmediate(flush);
}

function flush(): void {
  if (results.length === 0) return;
  send({ t: 'results', results });
  results = [];
}

/**
 * Leaves once the answer is out. No thread is left by then, so leaving is safe; it is done by force because a worker's
 * module may keep this process's loop busy for ever.
 */
async function close(id: number): Promise<void> {
  await begun.then(
    () => pool.close(),
    () => pool.close(),
  );
  flush();
  send({ t: 'done', id }, () => process.exit(0));
}

function answer(id: number, work: () => Promise<FromHost>): void {
  work().then(
    (message) => send(message),
    (error) => send({ t: 'refused', id, error: toPlainError(error) }),
  );
}

/** A send fails only where the coordinator is gone, which `disconnect` handles: the callback keeps it from throwing. */
function send(message: FromHost, sent: () => void = ignore): void {
  process.send!(message, undefined, {}, sent);
}

function endWithCoordinator(): void {
  process.kill(process.pid, 'SIGKILL');
}

function ignore(): void {}
