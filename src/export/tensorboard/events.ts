// Events of TensorBoard as protobuf: scalars, and what its HParams page is made of. Field numbers are those of
// tensorboard/compat/proto/{event,summary}.proto and tensorboard/plugins/hparams/{api,plugin_data}.proto.
import { ProtoWriter } from '../../ground/protobuf.js';

export type HParam = number | string | boolean;

export interface HParamAxis {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'number';
}

const TYPES = { string: 1, boolean: 2, number: 3 } as const;
const SUCCESS = 1;
const FAILURE = 2;

/** The first record of every file. `seconds` since 1970, as in all events. */
export function versionEvent(seconds: number): Uint8Array {
  return new ProtoWriter().double(1, seconds).text(3, 'brain.Event:2').finish();
}

export function scalarEvent(
  seconds: number,
  step: number,
  values: Readonly<Record<string, number>>,
): Uint8Array {
  const summary = new ProtoWriter();
  for (const [tag, value] of Object.entries(values))
    summary.message(1, new ProtoWriter().text(1, tag).float(2, value));
  return event(seconds, step, summary);
}

/** What the whole study varies and measures; `tag` of a metric is that of its scalar. */
export function experimentEvent(
  seconds: number,
  axes: readonly HParamAxis[],
  metrics: readonly { readonly tag: string; readonly name: string; readonly about: string }[],
): Uint8Array {
  const experiment = new ProtoWriter().double(3, seconds);
  for (const { name, type } of axes)
    experiment.message(4, new ProtoWriter().text(1, name).int(4, TYPES[type]));
  for (const { tag, name, about } of metrics) {
    const info = new ProtoWriter().message(1, new ProtoWriter().text(2, tag)).text(3, name).text(4, about);
    experiment.message(5, info);
  }
  return hparamsEvent(seconds, '_hparams_/experiment', new ProtoWriter().message(2, experiment));
}

/** `group`: trials of one group are shown as one, with the means of their metrics. */
export function sessionStartEvent(
  seconds: number,
  hparams: Readonly<Record<string, HParam>>,
  group: string,
): Uint8Array {
  const start = new ProtoWriter();
  for (const [name, value] of Object.entries(hparams))
    start.message(1, new ProtoWriter().text(1, name).message(2, encodeValue(value)));
  start.text(4, group).double(5, seconds);
  return hparamsEvent(seconds, '_hparams_/session_start_info', new ProtoWriter().message(3, start));
}

export function sessionEndEvent(seconds: number, isOk: boolean): Uint8Array {
  const end = new ProtoWriter().int(1, isOk ? SUCCESS : FAILURE).double(2, seconds);
  return hparamsEvent(seconds, '_hparams_/session_end_info', new ProtoWriter().message(4, end));
}

/** google.protobuf.Value */
function encodeValue(value: HParam): ProtoWriter {
  if (typeof value === 'number') return new ProtoWriter().double(2, value);
  return typeof value === 'string'
    ? new ProtoWriter().text(3, value)
    : new ProtoWriter().int(4, Number(value));
}

function hparamsEvent(seconds: number, tag: string, content: ProtoWriter): Uint8Array {
  const plugin = new ProtoWriter().text(1, 'hparams').bytes(2, content.finish());
  // A tensor of floats without elements: readers want one.
  const tensor = new ProtoWriter()
    .int(1, 1)
    .message(2, new ProtoWriter().message(2, new ProtoWriter().int(1, 0)));
  const value = new ProtoWriter()
    .text(1, tag)
    .message(8, tensor)
    .message(9, new ProtoWriter().message(1, plugin));
  return event(seconds, 0, new ProtoWriter().message(1, value));
}

function event(seconds: number, step: number, summary: ProtoWriter): Uint8Array {
  return new ProtoWriter().double(1, seconds).int(2, step).message(5, summary).finish();
}
