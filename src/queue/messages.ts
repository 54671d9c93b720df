// What crosses a queue, as JSON beside raw bytes, and its schemas: whatever comes from the server is checked before it is
// used. Numbers that JSON does not have (NaN, infinite ones) stand as texts in an object of their own.
import * as z from 'zod';
import { SweeplineError } from '../ground/errors.js';
import type { LeftTrial, Loss, TaskResult } from '../pool/contract.js';
import { TRIAL_STATUSES } from '../trial/status.js';

export const COUNT = z.number().int().nonnegative();
export const TEXT = z.string().max(100_000);
export const NAME = z.string().max(1_000);
export const PATH = z.string().max(10_000);
/** A name that becomes that of a folder: it leads nowhere else. */
export const FOLDER = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][\w.-]*$/)
  .refine((name) => !name.includes('..'), 'expected no ..');
/** Far more than any task has. */
const MOST_TRIALS = 1_000_000;
const MS = z.number().nonnegative();
const VALUE = z.json();
export const POINT = z.record(z.string(), VALUE);

const DATA = z.object({ name: NAME, sha256: NAME }).nullable();

/** What is to be known of a run before its tasks are taken: who may run it. */
const RUN = z.object({
  run: FOLDER,
  /** Of the setup: another one is another run under the same name. */
  digest: NAME,
  sweepline: NAME,
  node: NAME,
  worker: z.object({
    name: NAME,
    sources: NAME,
    /** The module as it lies with the coordinator, and as seen from its working directory and from Sweepline itself. */
    path: PATH.nullable(),
    local: PATH.nullable(),
    shipped: PATH.nullable(),
    stage: NAME.nullable(),
    /** A worker that is a command line. */
    command: TEXT.nullable(),
  }),
  engine: NAME,
  device: NAME,
  /** Versions of the packages that train. */
  packages: z.record(NAME, NAME),
  data: z.object({ choice: PATH.nullable(), identity: DATA }),
  isolation: z.enum(['thread', 'process']),
  memoryBytes: COUNT.nullable(),
  loadMs: MS,
  /** Files up to so many bytes travel through the queue. */
  filesBytes: COUNT,
  priority: z.number().int(),
  /** Milliseconds since 1970, by the coordinator's clock. */
  startedAt: z.number(),
  coordinator: z.object({ host: NAME, process: COUNT }),
  /** SHA-256 of the worker's code as it was sent along; null where it was not. */
  bundle: NAME.nullable(),
});
export type RunAbout = z.output<typeof RUN>;

const SELECTION = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('range'), first: COUNT, count: COUNT.max(MOST_TRIALS) }),
  z.object({ kind: z.literal('numbers'), numbers: z.array(COUNT) }),
  z.object({
    kind: z.literal('points'),
    points: z.array(z.object({ trial: COUNT, replicate: COUNT, point: POINT })),
  }),
]);

const FROM = z.object({
  past: z.number(),
  params: POINT.optional(),
  checkpoint: z.object({ load: FOLDER, save: FOLDER }).optional(),
});
const TASK = z.object({
  attempt: COUNT,
  trials: SELECTION,
  isApart: z.boolean().optional(),
  from: FROM.optional(),
});
const JOB = z.object({ key: FOLDER, task: TASK, signature: NAME });
export type JobData = z.output<typeof JOB>;

const ERROR = z.object({
  name: TEXT,
  message: TEXT,
  stack: TEXT.optional(),
  code: NAME.optional(),
  hint: TEXT.optional(),
  syscall: NAME.optional(),
});
const NUMBER = z.union([z.number(), z.object({ number: z.enum(['NaN', 'Infinity', '-Infinity']) })]);
export const METRIC = z.union([NUMBER, z.boolean(), z.string(), z.null()]);
const PARTIAL = z.object({ values: z.array(METRIC).optional(), series: z.string() });

const RESULT = z.object({
  t: z.literal('result'),
  left: z.array(
    z.object({
      trial: COUNT,
      hasBegun: z.boolean(),
      partial: PARTIAL.optional(),
      pausedAt: z.number().optional(),
    }),
  ),
  notes: z.array(
    z.object({
      trial: COUNT,
      status: z.enum(TRIAL_STATUSES),
      error: ERROR.optional(),
    }),
  ),
  warnings: z.array(TEXT).optional(),
  /** Files that its trials have kept, which were sent before. */
  files: z.array(z.tuple([COUNT, PATH])).optional(),
  thread: z.number().int(),
  host: NAME,
  device: NAME,
  queueMs: MS,
  runMs: MS,
  cpuMs: MS.nullable(),
});

const LOSS = z.object({
  cause: z.enum(['died', 'evicted', 'memory', 'killed', 'overdue', 'unstarted']),
  blame: z.enum(['certain', 'possible', 'none']),
  host: NAME,
  process: COUNT,
  partial: PARTIAL.optional(),
});

const BUSY = z.object({
  host: NAME,
  process: COUNT,
  thread: z.number().int(),
  trial: COUNT,
  trials: COUNT,
  ms: z.number(),
});

/** What a host has to say of a job, or of itself. */
const FROM_HOST = z.discriminatedUnion('t', [
  RESULT,
  z.object({ t: z.literal('broken'), error: ERROR, loss: LOSS.optional() }),
  z.object({ t: z.literal('report'), trial: COUNT, from: COUNT, delivery: COUNT, count: COUNT }),
  /** A file that a trial has kept; its bytes come along, or lie in the shared folder. */
  z.object({ t: z.literal('file'), trial: COUNT, name: PATH, shared: PATH.optional() }),
  z.object({ t: z.literal('busy'), ask: NAME, host: NAME, threads: z.array(BUSY) }),
  /** Its record has changed: look. */
  z.object({ t: z.literal('host') }),
]);
export type FromQueueHost = z.output<typeof FROM_HOST>;
export type ResultMessage = Extract<FromQueueHost, { readonly t: 'result' }>;
/** What ends a job. */
export type Settled = Extract<FromQueueHost, { readonly t: 'result' | 'broken' }>;

const HOST = z.object({
  id: NAME,
  name: NAME,
  process: COUNT,
  sweepline: NAME,
  node: NAME,
  system: NAME,
  cores: COUNT,
  memoryBytes: COUNT,
  threads: COUNT,
  devices: z.array(NAME),
  packages: z.record(NAME, NAME),
  state: z.enum(['ready', 'draining']),
  since: z.number(),
  seen: z.number(),
  /** By run: whether it takes part, and why not. Data sets that it has read are told by name and SHA-256. */
  runs: z.record(
    z.string(),
    z.object({
      state: z.enum(['loading', 'ready', 'refused']),
      why: TEXT.optional(),
      data: DATA.optional(),
    }),
  ),
  busy: z.array(z.object({ run: NAME, trial: COUNT, trials: COUNT, since: z.number() })).max(100_000),
});
export type HostRecord = z.output<typeof HOST>;

export function parse<S extends z.ZodType>(schema: S, what: string, text: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SweeplineError('BAD_USAGE', `${what} from the queue is no JSON`, { cause });
  }
  return check(schema, what, value);
}

function check<S extends z.ZodType>(schema: S, what: string, value: unknown): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new SweeplineError(
    'BAD_USAGE',
    `${what} from the queue is not as it should be: ${z.prettifyError(read.error)}`,
    {
      hint: 'see that all machines run the same Sweepline, and who else writes to the queue',
    },
  );
}

export const readRun = (text: string): RunAbout => parse(RUN, 'a run', text);
export const readHost = (text: string): HostRecord => parse(HOST, 'a host', text);
export const readMessage = (text: string): FromQueueHost => parse(FROM_HOST, 'a message', text);
export const readJob = (value: unknown): JobData => check(JOB, 'a job', value);
export const readStops = (text: string): readonly number[] | 'all' | 'kill' =>
  parse(z.union([z.array(COUNT), z.literal('all'), z.literal('kill')]), 'a request to stop', text);

export function packNumber(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
}

export function unpackNumber(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Number((value as { number: string }).number) : value;
}

type Partial_ = NonNullable<LeftTrial['partial']>;

function packPartial({ values, series }: Partial_): z.output<typeof PARTIAL> {
  return {
    ...(values === undefined ? {} : { values: values.map(packNumber) as never }),
    series: new TextDecoder().decode(series),
  };
}

function unpackPartial({ values, series }: z.output<typeof PARTIAL>): Partial_ {
  return {
    ...(values === undefined ? {} : { values: values.map(unpackNumber) as never }),
    series: new TextEncoder().encode(series),
  };
}

/** A result without its rows, which travel beside it. `files`: the trials that have kept some, and their names. */
export function packResult(
  result: TaskResult,
  files: readonly (readonly [trial: number, name: string])[] = [],
): ResultMessage {
  const { left, notes, warnings, thread, host, device, queueMs, runMs, cpuMs } = result;
  return {
    t: 'result',
    left: left.map(({ partial, ...each }) => ({
      ...each,
      ...(partial === undefined ? {} : { partial: packPartial(partial) }),
    })),
    notes: notes as ResultMessage['notes'],
    ...(warnings === undefined ? {} : { warnings: [...warnings] }),
    ...(files.length === 0 ? {} : { files: files.map(([trial, name]): [number, string] => [trial, name]) }),
    ...{ thread, host, device, queueMs, runMs, cpuMs },
  };
}

export function unpackResult(
  id: number,
  { t: _, files: _files, left, ...message }: ResultMessage,
  rows: Uint8Array,
  series: Uint8Array,
): TaskResult {
  const all = left.map(({ partial, ...each }) => ({
    ...each,
    ...(partial === undefined ? {} : { partial: unpackPartial(partial) }),
  }));
  return { id, ...message, left: all, rows, series } as TaskResult;
}

export function packLoss({ partial, ...loss }: Loss): z.output<typeof LOSS> {
  return { ...loss, ...(partial === undefined ? {} : { partial: packPartial(partial) }) };
}

export function unpackLoss({ partial, ...loss }: z.output<typeof LOSS>): Loss {
  return { ...loss, ...(partial === undefined ? {} : { partial: unpackPartial(partial) }) };
}
