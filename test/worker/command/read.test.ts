// A worker's `command`: what is refused, all at once, and what counts for its declaration.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineWorker, describeWorker } from '../../../src/worker/define.js';

const define = (command: unknown, params: z.ZodRawShape = { lr: z.number().default(0.1) }) =>
  defineWorker({
    name: 'program',
    version: '1',
    params,
    metrics: { loss: { type: 'number' } },
    series: ['rate'],
    command: command as string,
  });

describe('a command', () => {
  it('is a list or a line', () => {
    expect(define(['python3', 'train.py', '{lr}']).command).toMatchObject({
      form: 'arguments',
      cwd: '.',
      keep: 'failed',
    });
    expect(define('python3 train.py {lr}').command).toMatchObject({ form: 'shell', read: 'auto' });
    expect(define({ run: ['x'], keep: 'always' }).command).toMatchObject({ keep: 'always' });
  });

  it('stands in place of run', () => {
    const run = () => ({});
    expect(() =>
      defineWorker({ name: 'two', version: '1', params: {}, metrics: {}, run, command: 'true' }),
    ).toThrow('expected one of run, runBlock and command, found run and command');
  });

  it.each<[unknown, string]>([
    [
      ['x', '{lrr}'],
      'command: unknown placeholder "{lrr}"; did you mean "{lr}"? (legal: {lr}, {seed}, {trial}, {key}, {replicate}, {attempt}, {folder}, {params}); braces that are text are written {{lrr}}',
    ],
    [
      [],
      "command: expected a program and its arguments such as ['python3', 'train.py', '--lr', '{lr}'], or a line for the shell; found []",
    ],
    [' ', 'or a line for the shell; found " "'],
    [7, 'or a line for the shell; found 7'],
    [['x', 1], 'found ["x",1]'],
    [['x\0'], 'no argument can hold the character NUL'],
    [{ run: 'x', shell: true }, 'command: unknown option "shell"'],
    [{ run: 'x', cwd: 1 }, 'command: cwd: expected a text, found 1'],
    [{ run: 'x', env: [] }, 'command: env: expected an object'],
    [
      { run: 'x', env: { A: 1, 'a=b': 'c', SWEEPLINE_X: 'y' } },
      'command: env: SWEEPLINE_X: names with SWEEPLINE_ are those of trials',
    ],
    [{ run: 'x', keep: 'ok' }, 'command: keep: expected one of never, failed, always; found "ok"'],
    [{ run: 'x', files: 'train.py' }, "command: files: expected a list such as ['train.py']"],
    [{ run: 'x', read: 'csv' }, 'command: read: expected one of auto, json-lines, name=value'],
    [{ run: 'x', read: { file: '../m.json' } }, "expected a .json, .jsonl, .csv file in the trial's folder"],
    [{ run: 'x', read: { file: 'm.txt' } }, 'expected a .json, .jsonl, .csv file'],
    [{ run: 'x', read: { pattern: /loss/ } }, 'command: read: pattern /loss/ has no named group'],
    [{ run: 'x', read: { pattern: /(?<los>.)/ } }, 'unknown metric or series "los"; did you mean "loss"?'],
    [{ run: 'x', read: { pattern: 'loss' } }, 'command: read: expected one of'],
  ])('is refused: %j', (command, fault) => {
    expect(() => define(command)).toThrow(fault);
  });

  it('refuses two parameters of one variable, and one of a variable of our own', () => {
    const number = z.number().default(1);
    expect(() => define('x', { 'a.b': number, A_B: number, folder: number, lr: number })).toThrow(
      [
        'parameter "A_B": its variable SWEEPLINE_A_B is that of "a.b" too; expected another name',
        'parameter "folder": its variable SWEEPLINE_FOLDER is Sweepline\'s own; expected another name',
      ].join('\n  - '),
    );
  });

  it('is part of the declaration, but not what is kept of its folder', () => {
    const text = (command: unknown) => describeWorker(define(command)).command;
    expect(text({ run: 'x', keep: 'always' })).toBe(text('x'));
    expect(text('y')).not.toBe(text('x'));
    expect(text({ run: 'x', env: { A: '1' } })).not.toBe(text('x'));
    expect(text({ run: 'x', read: { pattern: /(?<loss>.)/ } })).not.toBe(
      text({ run: 'x', read: { pattern: /(?<loss>.)/i } }),
    );
  });
});
