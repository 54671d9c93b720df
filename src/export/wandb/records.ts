// Records of an offline run of Weights & Biases as protobuf. Field numbers are those of
// wandb/proto/wandb_internal.proto; values are JSON as Python writes it.
import { ProtoWriter } from '../../ground/protobuf.js';
import { toPythonJson } from '../python-json.js';

export interface RunInfo {
  readonly id: string;
  readonly project: string;
  readonly group: string;
  readonly name: string;
  readonly host: string;
  readonly tags: readonly string[];
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Field numbers of a Record's kinds. */
const KIND = { history: 2, summary: 3, run: 17, exit: 18, header: 21, footer: 22 } as const;

/** Numbers the records, and says of each whose it is. */
export function createRecords({ id }: Pick<RunInfo, 'id'>) {
  let count = 0;
  return (kind: keyof typeof KIND, content: ProtoWriter): Uint8Array =>
    new ProtoWriter()
      .int(1, ++count)
      .message(KIND[kind], content)
      .message(200, new ProtoWriter().text(1, id))
      .finish();
}

/** `min_consumer`: the oldest version that reads what is used here. */
export function header(version: string): ProtoWriter {
  return new ProtoWriter().message(1, new ProtoWriter().text(1, `sweepline ${version}`).text(2, '0.12.0'));
}

export function runRecord({ id, project, group, name, host, tags, started, config }: RunInfo): ProtoWriter {
  const items = new ProtoWriter();
  for (const [key, value] of Object.entries(config))
    items.message(1, new ProtoWriter().text(1, key).text(16, toPythonJson(value)));
  const run = new ProtoWriter().text(1, id).text(3, project).message(4, items).text(6, group).text(8, name);
  for (const tag of tags) run.text(10, tag);
  return run.text(13, host).message(17, timestamp(started));
}

/** A step's values; `_step` and `_runtime` (seconds) among them. */
export function historyRecord(step: number, values: Readonly<Record<string, unknown>>): ProtoWriter {
  const history = new ProtoWriter();
  for (const [key, value] of Object.entries(values)) history.message(1, nestedItem(key, value));
  return history.message(2, new ProtoWriter().int(1, step));
}

export function summaryRecord(values: Readonly<Record<string, unknown>>): ProtoWriter {
  const summary = new ProtoWriter();
  for (const [key, value] of Object.entries(values)) summary.message(1, nestedItem(key, value));
  return summary;
}

export function exitRecord(code: number, seconds: number): ProtoWriter {
  return new ProtoWriter().int(1, code).int(2, Math.round(seconds));
}

/** A path of keys: a name with dots in it is one key. */
function nestedItem(key: string, value: unknown): ProtoWriter {
  return new ProtoWriter().text(2, key).text(16, toPythonJson(value));
}

function timestamp(ms: number): ProtoWriter {
  const seconds = Math.floor(ms / 1000);
  return new ProtoWriter().int(1, seconds).int(2, Math.round((ms - seconds * 1000) * 1e6));
}
