// What is read from the lines and files of a program, and what stays an ordinary line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadFrom } from '../../../src/worker/command/contract.js';
import { readMetricsText } from '../../../src/worker/command/files.js';
import {
  createLineReader,
  type Declared,
  type Reading,
  readLines,
  toPlain,
  typedValue,
} from '../../../src/worker/command/lines.js';

const DECLARED: Declared = {
  metrics: {
    loss: { type: 'number' },
    'val/loss': { type: 'number' },
    epochs: { type: 'integer' },
    ok: { type: 'boolean' },
    label: { type: 'string' },
  },
  series: ['loss', 'rate'],
};

/** Declared values and the step; undefined: an ordinary line. */
function toValues(reading: Reading | undefined): Record<string, unknown> | undefined {
  if (reading === undefined) return undefined;
  const values = [...reading.values].map(([name, found]) => {
    const { type = 'number' } = DECLARED.metrics[name] ?? {};
    return [name, typedValue(found, type)] as const;
  });
  const step = reading.step === undefined ? {} : { step: typedValue(reading.step, 'number') };
  return { ...step, ...Object.fromEntries(values) };
}

const read = (line: string, from: ReadFrom = 'auto') => toValues(createLineReader(from, DECLARED)(line));

describe('a line', () => {
  it.each<[string, Record<string, unknown>]>([
    ['{"loss": 0.5}', { loss: 0.5 }],
    ['  {"step": 3, "rate": 0.1}\r', { step: 3, rate: 0.1 }],
    [
      '{"loss": NaN, "val/loss": -Infinity, "label": "NaN, Infinity"}',
      { loss: Number.NaN, 'val/loss': Number.NEGATIVE_INFINITY, label: 'NaN, Infinity' },
    ],
    ['{"loss": "inf"}', { loss: Number.POSITIVE_INFINITY }],
    ['{"loss": null, "ok": true}', { loss: null, ok: true }],
    ['loss=0.5', { loss: 0.5 }],
    ['loss = 1e-3', { loss: 1e-3 }],
    ['step=2 loss=0.5, val/loss=.25; epochs=7', { step: 2, loss: 0.5, 'val/loss': 0.25, epochs: 7 }],
    ['loss=nan ok=True', { loss: Number.NaN, ok: true }],
    ['loss=None ok=0', { loss: null, ok: false }],
    ['label="two, \\"words\\"" loss=1', { label: 'two, "words"', loss: 1 }],
    ['label=two words', { label: 'two words' }],
    ['loss=high', { loss: 'high' }],
    ['loss: 0.5', { loss: 0.5 }],
    ['label: a cat', { label: 'a cat' }],
  ])('is read: %s', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    'Epoch 3 loss=0.5',
    'loss',
    'loss:0.5',
    'loss: see above',
    'other=1',
    'rate=0.1',
    '{"other": 1}',
    '{"loss": 1',
    '[{"loss": 1}]',
    '{"step": 1, "other": 2}',
    '',
    'toString=1',
    'step=1',
  ])('is an ordinary one: %s', (line) => {
    expect(read(line)).toBeUndefined();
  });

  it.each([
    '\x1b[32mloss\x1b[0m: 0.5',
    '\x1b[1;38;5;208mloss\x1b[39m=\x1b[33m0.5\x1b[0m',
    '\x1b[38:2::255:0:0mloss\x1b[m=0.5',
    '\x1b(B\x1b[mloss=0.5\x1b[K',
    '\x1b[?25l\x1b[2Kloss=0.5',
    '\x1b]0;title\x07loss=0.5',
    '\x1b]8;;https://example.org\x1b\\loss\x1b]8;;\x1b\\: 0.5',
    '{"\x1b[34mloss\x1b[0m": \x1b[32m0.5\x1b[0m}',
    '\x9b32mloss=0.5',
  ])('is read without colours and cursors: %j', (line) => {
    const readings = readLines(line, createLineReader('auto', DECLARED));
    expect(readings.map(toValues)).toEqual([{ loss: 0.5 }]);
  });

  it('that goes back to its start is as many as it showed', () => {
    const reader = createLineReader('auto', DECLARED);
    const line =
      '\x1b[1Gstep=1 loss=3\x1b[0K\x1b[1G50 %\rstep=2 loss=\x1b[32m2\x1b[0m\x1b[Gstep=3 loss=1\x1b[12G';
    expect(readLines(line, reader).map(toValues)).toEqual([
      { step: 1, loss: 3 },
      { step: 2, loss: 2 },
      { step: 3, loss: 1 },
    ]);
  });

  it('without control sequences stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (line) => {
        fc.pre(!line.includes('\x1b') && !line.includes('\x9b'));
        expect(toPlain(line)).toBe(line);
      }),
    );
  });

  it('is read also where a text of a million characters stands beside the metric', () => {
    const text = 'x\\"'.repeat(300_000);
    expect(read(`{"loss": NaN, "text": "${text}"}`)!.loss).toBeNaN();
    expect(read(`loss=1 other="${text}"`)!.loss).toBe(1);
  });

  it('is read in the asked way alone', () => {
    expect(read('{"loss": 1}', 'name=value')).toBeUndefined();
    expect(read('loss=1', 'json-lines')).toBeUndefined();
    expect(read('loss=1', { file: 'metrics.json' })).toBeUndefined();
  });

  it('is read by patterns, each line by itself whatever their flags', () => {
    const pattern = [/epoch (?<step>\d+).* loss: (?<loss>\S+)/gi, /val (?<val_loss>\S+)/y];
    const reader = createLineReader({ pattern }, DECLARED);
    for (let i = 0; i < 3; i++) {
      expect(toValues(reader('Epoch 3, loss: 0.25'))).toEqual({ step: 3, loss: 0.25 });
      expect(toValues(reader('val 7'))).toEqual({ 'val/loss': 7 });
    }
    expect(reader('loss 0.25')).toBeUndefined();
  });

  it('is never a reason to fail, and numbers come as they were written', () => {
    const reader = createLineReader('auto', DECLARED);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => void reader(line)));
    fc.assert(
      fc.property(fc.double(), (loss) => {
        expect(read(`loss=${loss}`)!.loss).toBe(loss === 0 ? Number(String(loss)) : loss);
        const json = Number.isFinite(loss) ? JSON.stringify({ loss }) : `{"loss": ${loss}}`;
        expect(read(json)!.loss).toBe(loss === 0 ? 0 : loss);
      }),
    );
  });
});

describe('a file', () => {
  const file = (name: string, text: string) => readMetricsText(name, text).map(toValues);

  it.each<[string, string, unknown[]]>([
    ['m.json', '{"loss": 1}', [{ loss: 1 }]],
    ['m.json', '\ufeff[{"step": 0, "loss": 2}, {"loss": NaN}]', [{ step: 0, loss: 2 }, { loss: Number.NaN }]],
    ['m.jsonl', '{"loss": 1}\n\n{"loss": 2}\r\n', [{ loss: 1 }, { loss: 2 }]],
    [
      'm.csv',
      'step,loss,label\n0,1,"a, ""b"""\r\n1,2,\n',
      [
        { step: 0, loss: 1, label: 'a, "b"' },
        { step: 1, loss: 2 },
      ],
    ],
    ['m.csv', 'loss\n5', [{ loss: 5 }]],
    ['m.csv', 'loss\n', []],
    ['m.csv', '', []],
  ])('%s: %j', (name, text, expected) => {
    expect(file(name, text)).toEqual(expected);
  });

  it('that is not what its name says is a failure', () => {
    expect(() => file('m.json', 'loss=1')).toThrow('m.json: expected a JSON object such as {"loss": 0.5}');
    expect(() => file('m.json', '[1]')).toThrow('expected a JSON object');
    expect(() => file('m.jsonl', '{"loss": 1}\nloss')).toThrow('m.jsonl, line 2: expected a JSON object');
  });
});
