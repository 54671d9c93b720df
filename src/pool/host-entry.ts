// Entry of the host process: holds the threads and answers the coordinator over IPC. The coordinator decides when it
// ends: signals sent to the whole process group (Ctrl-C, a batch system's SIGTERM, a closed terminal) are ignored here,
// and when the coordinator is gone the host kills itself, since leaving normally inside a native run would abort with a
// crash report.
import { Worker } from 'node:worker_threads';
import { compiledPath } from '../ground/compiled.js';
import { InternalError, toPlainError } from '../ground/errors.js';
import { refuseTelemetry } from '../session/onnx/telemetry.js';
import { type RunningTask, type Task, TaskLost, type TaskResult } from './contract.js';
import type { FromHost, StopRequest, ToHost } from './messages.js';
import { createThreadPool } from './threads.js';

const [workerUrl, threads, coordinator] = process.argv.slice(2);
if (coordinator === undefined || workerUrl === undefined || process.send === undefined) {
  throw new InternalError(
    'a host is started by a coordinator, with a worker, a number of threads and its own pid',
  );
}

let results: TaskResult[] = [];
let begun: Promise<void> = Promise.resolve();
const running = new Map<number, RunningTask>();

refuseTelemetry(); // for its threads
process.on('SIGINT', ignore);
process.on('SIGTERM', ignore);
process.on('SIGHUP', ignore);
process.on('disconnect', endWithCoordinator);
if (!process.connected) endWithCoordinator();
// This thread runs the worker's module and its `load`: it may be deaf to the above for as long as they take.
const watchdog = new Worker(compiledPath(import.meta.url, './watchdog-entry.js'), {
  workerData: Number(coordinator),
  execArgv: [],
  resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
});
watchdog.on('error', () => undefined);
watchdog.unref();
// What the module or its `load` leave behind (a promise without a handler) is no trial's: it must not end those that run.
process.on('uncaughtException', tellStray);
process.on('unhandledRejection', tellStray);

// The end of a thread in native code would abort the whole process: the coordinator ends it in an orderly way.
const onOverdue = ({ id }: Task, limitMs: number) => send({ t: 'overdue', taskId: id, limitMs });
const pool = createThreadPool({ workerUrl, threads: Number(threads), onOverdue });
process.on('message', (message: ToHost) => receive(message));

function receive(message: ToHost): void {
  switch (message.t) {
    case 'describe':
    case 'validate':
    case 'costs':
    case 'load':
    case 'begin':
    case 'busy':
      answer(message.id, () => answerTo(message));
      return;
    case 'tasks':
      for (const task of message.tasks) void run(task);
      return;
    case 'stop':
      // Behind the task itself, which waits for `begin`.
      void begun.then(() => stop(message.stops), ignore);
      return;
    case 'limit':
      pool.limit(message.ms);
      return;
    case 'close':
      void close(message.id);
      return;
  }
}

type Question = Extract<
  ToHost,
  { readonly t: 'describe' | 'validate' | 'costs' | 'load' | 'begin' | 'busy' }
>;

async function answerTo(question: Question): Promise<FromHost> {
  const { id } = question;
  switch (question.t) {
    case 'describe':
      return { t: 'described', id, description: await pool.questions.describe() };
    case 'validate':
      return { t: 'validated', id, faults: await pool.questions.validate(question.proposed) };
    case 'costs':
      return { t: 'costed', id, costs: await pool.questions.costs(question.points, question.stage) };
    case 'load':
      return { t: 'loaded', id, data: await pool.questions.load(question) };
    case 'begin':
      begun = pool.begin(question.setup);
      await begun;
      return { t: 'done', id };
    case 'busy':
      return { t: 'runs', id, busy: await pool.busy() };
  }
}

/** Tasks may arrive right behind `begin`: they wait for it. */
async function run(task: Task): Promise<void> {
  try {
    await begun;
    const handle = pool.submit(task, (report) => send({ t: 'report', taskId: task.id, report }));
    running.set(task.id, handle);
    collect(await handle.result);
  } catch (error) {
    const loss = error instanceof TaskLost ? error.loss : undefined;
    send({ t: 'broken', taskId: task.id, error: toPlainError(error), loss });
  } finally {
    running.delete(task.id);
  }
}

function stop(stops: readonly StopRequest[]): void {
  for (const { taskId, trials } of stops) running.get(taskId)?.stop(trials);
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

function tellStray(error: unknown): void {
  process.emitWarning(
    `an error outside of trials was not handled: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
  );
}

function endWithCoordinator(): void {
  process.kill(process.pid, 'SIGKILL');
}

function ignore(): void {}
