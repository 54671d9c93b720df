// Programs as trials, run for real in this process: what they are handed, what is read of them, how they end.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createInlinePool } from '../../../src/pool/inline.js';
import type { Value } from '../../../src/space/types.js';
import type { MetricSpec } from '../../../src/trial/metrics.js';
import type { CommandInput } from '../../../src/worker/command/contract.js';
import { settle } from '../../../src/worker/command/program.js';
import type { Worker } from '../../../src/worker/contract.js';
import { defineWorker } from '../../../src/worker/define.js';
import { rangeTask, setupOf, spaceOf, textOf } from '../../conformance/pool.js';
import { rowsOf } from '../../sweep/session.js';

interface Case {
  readonly command: CommandInput;
  readonly metrics?: Readonly<Record<string, MetricSpec>>;
  readonly series?: readonly string[];
  /** By parameter, whose first value is the default. */
  readonly axes?: Readonly<Record<string, readonly Value[]>>;
}

const LOSS = { loss: { type: 'number' } } as const;

/** Runs one trial a point. */
async function run({ command, metrics = LOSS, series = [], axes = {} }: Case) {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-command-'));
  const params = Object.fromEntries(
    Object.entries(axes).map(([name, values]) => [name, typeOf(values).default(values[0] as never)]),
  );
  const worker = defineWorker({ name: 'program', version: '1', params, metrics, series, command });
  const pool = createInlinePool(settle(worker as unknown as Worker, folder));
  const space = spaceOf(axes);
  await pool.begin(setupOf(space, { folder }));
  const count = Object.values(axes).reduce((product, values) => product * values.length, 1);
  const result = await pool.submit(rangeTask(1, 0, count)).result;
  await pool.close();
  const header = `trial,key,replicate,seed,${[...Object.keys(axes), 'status', ...Object.keys(metrics)].join(',')}\n`;
  const rows = rowsOf(header + textOf(result.rows));
  const artifact = (trial: number, name = 'out') =>
    readFileSync(join(folder, 'artifacts', String(trial), name), 'utf8');
  const work = () => (existsSync(join(folder, 'work')) ? readdirSync(join(folder, 'work')) : []);
  return { folder, result, rows, row: rows[0]!, error: result.notes[0]?.error, artifact, work };
}

function typeOf(values: readonly Value[]): z.ZodType {
  const kinds = new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  if (kinds.has('object')) return z.union([z.array(z.any()), z.record(z.string(), z.any())]);
  const type = kinds.has('number') ? z.number() : kinds.has('boolean') ? z.boolean() : z.string();
  return kinds.has('null') ? type.nullable() : type;
}

const sh = (script: string, ...more: string[]) => ['sh', '-c', script, 'sh', ...more];

describe('what a program is handed', () => {
  const axes = {
    lr: [0.1],
    n: [-0],
    word: ["it's"],
    flag: [true],
    none: ['x', null],
    list: [[1, 'a']],
    'deep/obj': [{ b: 1, a: [] }],
  };
  const script = 'printf "%s|" "$@" > "$SWEEPLINE_FOLDER/artifacts/out"; echo loss=1';

  it('is its arguments, one text each', async () => {
    const names = [
      '{lr}',
      '{n}',
      '{word}',
      '{flag}',
      '{none}',
      '{list}',
      '{deep/obj}',
      'a {lr} {{b}}',
      '',
      '{trial}',
      '{replicate}',
      '{attempt}',
    ];
    const { result, artifact } = await run({ axes, command: sh(script, ...names) });
    expect(result.notes).toEqual([]);
    expect(artifact(0)).toBe(`0.1|0|it's|true|x|[1,"a"]|{"a":[],"b":1}|a 0.1 {b}||0|0|1|`);
    expect(artifact(1)).toBe(`0.1|0|it's|true||[1,"a"]|{"a":[],"b":1}|a 0.1 {b}||1|0|1|`);
  });

  it('is its environment, with what the definition adds and without what was meant for others', async () => {
    process.env.SWEEPLINE_STALE = 'of another trial';
    process.env.COMMAND_TEST = 'inherited';
    const { row, artifact } = await run({
      axes: { lr: [0.1], 'deep/obj': [{ a: 1 }] },
      command: {
        run: ['sh', '-c', 'env > "$SWEEPLINE_FOLDER/artifacts/out"; echo "loss=$SWEEPLINE_LR"'],
        env: { OMP_NUM_THREADS: '1' },
      },
    });
    delete process.env.SWEEPLINE_STALE;
    expect(row).toMatchObject({ status: 'ok', loss: '0.1' });
    const env = artifact(0).split('\n');
    const own = [
      `SWEEPLINE_KEY=${row.key}`,
      `SWEEPLINE_SEED=${row.seed}`,
      'SWEEPLINE_TRIAL=0',
      'SWEEPLINE_REPLICATE=0',
      'SWEEPLINE_ATTEMPT=1',
      'SWEEPLINE_DEEP_OBJ={"a":1}',
    ];
    expect(env).toEqual(expect.arrayContaining([...own, 'OMP_NUM_THREADS=1', 'COMMAND_TEST=inherited']));
    expect(env.filter((line) => line.startsWith('SWEEPLINE_STALE'))).toEqual([]);
  });

  it('is a JSON file, by its path', async () => {
    const copy = 'cp "$1" "$SWEEPLINE_FOLDER/artifacts/out" && cmp "$1" "$SWEEPLINE_PARAMS" && echo loss=1';
    const { result, artifact } = await run({ axes, command: sh(copy, '{params}') });
    expect(result.notes).toEqual([]);
    expect(JSON.parse(artifact(0))).toEqual({
      lr: 0.1,
      n: 0,
      word: "it's",
      flag: true,
      none: 'x',
      list: [1, 'a'],
      'deep/obj': { b: 1, a: [] },
    });
  });

  it('starts in the folder of its worker, or where the worker says', async () => {
    const here = await run({ command: 'pwd > "$SWEEPLINE_FOLDER/artifacts/out"; echo loss=1' });
    expect(here.artifact(0)).toBe(`${here.folder}\n`);
    const there = await run({ command: { run: 'pwd > {folder}/artifacts/out; echo loss=1', cwd: '/' } });
    expect(there.artifact(0)).toBe('/\n');
  });

  it('has nothing on stdin, and not the pipe by which we watch over it', async () => {
    const { artifact } = await run({
      command: 'ls -l /proc/$$/fd | grep -c socket: > {folder}/artifacts/out; read x || echo loss=1',
    });
    if (process.platform === 'linux') expect(artifact(0)).toBe('2\n'); // stdout and stderr
  });

  it('is any text whatever, as an argument and within a line of the shell', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((each) => !each.includes('\0'));
    const nasty = fc.constantFrom(
      "'",
      '"',
      '`',
      '$(exit 1)',
      '\\',
      '\n',
      ';',
      '$HOME',
      '*',
      '!',
      ' ',
      '{lr}',
      `'"'"`,
      '-n',
      '#',
    );
    const texts = fc.uniqueArray(
      fc.oneof(
        text,
        nasty,
        fc.tuple(nasty, text, nasty).map((parts) => parts.join('')),
      ),
      { minLength: 1, maxLength: 12 },
    );
    const out = '> "$SWEEPLINE_FOLDER/artifacts/out"; echo loss=1';
    const commands: readonly (readonly [CommandInput, (text: string) => string])[] = [
      [sh(`printf %s "$1" ${out}`, '{text}'), (each) => each],
      [sh(`printf %s "$1" ${out}`, 'a{text}b'), (each) => `a${each}b`],
      [`printf %s {text} ${out}`, (each) => each],
      [
        `printf %s 'it is' "<{text}>" '({text})' x{text}y ${out}`,
        (each) => `it is<${each}>(${each})x${each}y`,
      ],
      [`printf %s "$(printf '%s.' "{text}")" ${out}`, (each) => `${each}.`],
    ];
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom(...commands), async (values, [command, expected]) => {
        const { result, artifact } = await run({ axes: { text: values }, command });
        expect(result.notes).toEqual([]);
        for (const [i, value] of values.entries()) expect(artifact(i)).toBe(expected(value));
      }),
      { numRuns: 25 },
    );
  });

  it('cannot be longer than the system takes', async () => {
    const { error } = await run({ axes: { text: ['x'.repeat(3_000_000)] }, command: ['echo', 'loss=1'] });
    expect(error?.message).toBe('the parameters are too long for what the system hands to a program');
  });

  it('cannot be the character NUL', async () => {
    const { error } = await run({ axes: { text: ['a\0b'] }, command: ['echo', '{text}'] });
    expect(error?.message).toContain('null bytes');
  });
});

describe('what is read of a program', () => {
  it('is the last value of each metric, and a row a step of the series', async () => {
    const script =
      'for s in 1 2 3; do echo "{\\"step\\": $s, \\"loss\\": $s.5}"; done; echo ordinary; echo acc=0.25';
    const metrics = { ...LOSS, acc: { type: 'number' } } as const;
    const { row, result } = await run({ command: script, metrics, series: ['loss'] });
    expect(row).toMatchObject({ status: 'ok', loss: '3.5', acc: '0.25' });
    expect(textOf(result.series)).toBe('0,1,1.5\n0,2,2.5\n0,3,3.5\n');
  });

  it.each<[CommandInput, string]>([
    [{ run: 'echo \'{"loss": 1}\'; echo loss=2', read: 'json-lines' }, '1'],
    [{ run: 'echo \'{"loss": 1}\'; echo loss=2', read: 'name=value' }, '2'],
    [
      { run: 'echo loss=1; echo \'{"loss": 2}\' > "$SWEEPLINE_FOLDER/m.json"', read: { file: 'm.json' } },
      '2',
    ],
    [{ run: 'printf "step,loss\\n1,9\\n2,7\\n" > {folder}/m.csv', read: { file: 'm.csv' } }, '7'],
    [{ run: 'echo "final loss is 0.125!"', read: { pattern: /loss is (?<loss>[\d.]+)/ } }, '0.125'],
    ['echo loss=NaN', 'NaN'],
    ['echo loss=null', ''],
    ['printf loss=3', '3'],
    ["printf '\\033[32mloss\\033[0m: 0.5\\n'", '0.5'],
    [
      {
        run: "printf 'loss: \\033[1m0.25\\033[0m after\\r\\n'",
        read: { pattern: /^loss: (?<loss>\S+) after$/ },
      },
      '0.25',
    ],
    [
      {
        run: ['node', '-e', 'console.log(JSON.stringify({ rest: "x".repeat(1e6), loss: 4 }))'],
      },
      '4',
    ],
    // A value in a line that is too long might be cut; the next line counts.
    [
      {
        run: [
          'node',
          '-e',
          'console.log("loss: 1" + "0".repeat(5e6)); console.log("x".repeat(1048574) + " loss: 99\\nloss: 6")',
        ],
        read: { pattern: /loss: (?<loss>\d+)/ },
      },
      '6',
    ],
  ])('%j', async (command, loss) => {
    const { row, result } = await run({ command });
    expect(result.notes).toEqual([]);
    expect(row).toMatchObject({ status: 'ok', loss });
    expect(result.warnings).toBeUndefined();
  });

  it('of a CSV file with steps is a series, too', async () => {
    const command = { run: 'printf "step,loss\\n1,9\\n2,7\\n" > {folder}/m.csv', read: { file: 'm.csv' } };
    const { result } = await run({ command, series: ['loss'] });
    expect(textOf(result.series)).toBe('0,1,9\n0,2,7\n');
  });

  it.each<[CommandInput, string]>([
    [
      'echo los=1',
      'the program ended well and told none of its metrics (loss); they are read from lines of stdout such as {"loss": 0.5} or loss=0.5',
    ],
    [
      { run: 'true', read: { file: 'm.json' } },
      "from the file m.json in the trial's folder ($SWEEPLINE_FOLDER)",
    ],
    [{ run: 'true', read: { pattern: /(?<loss>\d)/ } }, 'lines of stdout that match /(?<loss>\\d)/'],
    ['echo loss=high', 'metric "loss" is "high"; expected a number'],
    ['echo loss=1 >&2', '. A line on stderr names one, where nothing is read: loss=1'],
    [
      'echo "epoch 3: loss=1"; echo losses; echo end',
      '. A line on stdout that names one is no such line: epoch 3: loss=1. Print the values on a line of their own, or read them by a pattern such as /loss: (?<loss>\\S+)/',
    ],
    [
      ['node', '-e', 'console.log("{ \\u001b[31mloss\\u001b[0m: 1" + " ".repeat(3e6) + "}")'],
      '. A line on stdout that names one has more than 1,048,576 characters, and no line that long is read: { loss: 1 ',
    ],
    [
      { run: 'echo "Loss is 1"', read: { pattern: /loss is (?<loss>\d)/ } },
      '. A line on stdout that names one is not read so: Loss is 1',
    ],
  ])('fails the trial where it is not what was declared: %j', async (command, message) => {
    const { row, error } = await run({ command });
    expect(row).toMatchObject({ status: 'failed', loss: '' });
    expect(error?.message).toContain(message);
  });

  it('warns of a metric among others that is missing, and asks none of a program that declares none', async () => {
    const { row, result } = await run({
      command: 'echo loss=1',
      metrics: { ...LOSS, acc: { type: 'number' } },
    });
    expect(row).toMatchObject({ status: 'ok', loss: '1', acc: '' });
    expect(result.warnings).toEqual([
      'metric "acc" is declared, but its program did not tell it (null says that there is no value): its cells are empty',
    ]);
    expect((await run({ command: 'true', metrics: {} })).row.status).toBe('ok');
  });

  it.each<[CommandInput, string]>([
    ['echo epoch=1 loss=1', 'a line such as step=3 loss=0.5 or {"step": 3, "loss": 0.5}'],
    [
      { run: 'echo \'{"loss": 1}\' > {folder}/m.json', read: { file: 'm.json' } },
      'step beside the values in m.json',
    ],
    [
      { run: 'echo loss 1', read: { pattern: /loss (?<loss>\d)/ } },
      'a group (?<step>\\d+) in the same pattern, or in another one for the same line',
    ],
  ])('warns of series without a step: %j', async (command, expected) => {
    const { row, result } = await run({ command, series: ['loss'] });
    expect(row).toMatchObject({ status: 'ok', loss: '1' });
    expect(result.warnings).toEqual([
      `series loss: a program told no value of them together with a step, so its trial has no curve in metrics.csv; expected ${expected}`,
    ]);
  });

  it('is each line of a progress bar, which has one end', async () => {
    const { row, result } = await run({
      command: "printf 'step=1 loss=9\\r 50%%\\rstep=2 loss=7\\r\\n'",
      series: ['loss'],
    });
    expect(row).toMatchObject({ status: 'ok', loss: '7' });
    expect(textOf(result.series)).toBe('0,1,9\n0,2,7\n');
  });

  it('is each of 100,000 texts that overwrite one another, the last one included', async () => {
    const bar =
      'let s = ""; for (let i = 1; i <= 1e5; i++) s += "\\r" + i + " of 100000\\rstep=" + i + " loss=" + (1e5 - i); process.stdout.write(s)';
    const { row, result } = await run({ command: ['node', '-e', bar], series: ['loss'] });
    expect(row).toMatchObject({ status: 'ok', loss: '0' });
    expect(textOf(result.series).split('\n')).toHaveLength(1e5 + 1);
  });

  it('fails at once by what a bar shows before its line has an end', async () => {
    const { error } = await run({
      command: "printf 'step=2 loss=1\\rstep=1 loss=1\\r.'; sleep 1000",
      series: ['loss'],
    });
    expect(error?.message).toMatch(/step/);
  });

  it('fails a trial whose steps go back, at once', async () => {
    const { error } = await run({
      command: 'echo step=2 loss=1; echo step=1 loss=1; sleep 1000',
      series: ['loss'],
    });
    expect(error?.message).toMatch(/step/);
  });

  it('is its files under artifacts/, of failures too', async () => {
    const script =
      'mkdir -p {folder}/artifacts/deep && echo x > {folder}/artifacts/deep/a.txt; echo y > {folder}/artifacts/b; exit 3';
    const { folder, artifact, error } = await run({ command: script });
    expect(error?.message).toContain('exited with code 3');
    expect([artifact(0, 'deep/a.txt'), artifact(0, 'b')]).toEqual(['x\n', 'y\n']);
    expect(readdirSync(join(folder, 'artifacts', '0')).sort()).toEqual(['b', 'deep']);
  });
});

describe('how a program ends', () => {
  it.each<[CommandInput, string]>([
    [sh('exit 1'), 'sh exited with code 1; it printed nothing'],
    [
      sh('echo one >&2; echo two >&2; echo three; exit 7'),
      'sh exited with code 7; the end of its stderr:\n  one\n  two',
    ],
    [sh('echo loss=1; echo said; exit 1'), 'sh exited with code 1; the end of its stdout:\n  said'],
    [sh('kill -SEGV $$'), 'sh was ended by SIGSEGV; it printed nothing'],
    ['kill -KILL $$', 'kill was ended by SIGKILL; it printed nothing'],
    ['exit 2', 'exit exited with code 2; it printed nothing'],
    ['( exit 2 )', 'the command exited with code 2; it printed nothing'],
  ])('%j', async (command, message) => {
    const { row, error } = await run({ command });
    expect(row).toMatchObject({ status: 'failed', loss: '' });
    expect(error).toEqual({ name: 'ProgramFailed', message });
  });

  it('is told with the end of its output only, however much there is', async () => {
    const { error } = await run({
      command:
        'i=0; while [ $i -lt 3000 ]; do echo "line $i" >&2; i=$((i+1)); done; head -c 3000000 /dev/zero | tr "\\0" x >&2; exit 1',
    });
    const lines = error!.message.split('\n');
    expect(lines).toHaveLength(13);
    expect(lines[1]).toBe('  line 2989');
    expect(lines[12]).toMatch(/^ {2}x{298,300}/);
    expect(error!.message.length).toBeLessThan(1000);
  });

  it('takes what it left running along', async () => {
    const { folder, row } = await run({ command: 'sleep 1000 & echo $! > pid; echo loss=1' });
    expect(row.status).toBe('ok');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    expect(pid).toBeGreaterThan(1);
    await gone(pid);
  });

  // Sessions of their own are found in /proc, and begun by a program of Linux.
  it.skipIf(process.platform !== 'linux')('does not wait for who holds its pipes, and ends it', async () => {
    const { row, folder } = await run({ command: 'setsid sleep 1000 & echo $! > pid; echo loss=1' });
    expect(row).toMatchObject({ status: 'ok', loss: '1' });
    await gone(Number(readFileSync(join(folder, 'pid'), 'utf8')));
  });

  it.each<['never' | 'failed' | 'always', readonly number[]]>([
    ['never', []],
    ['failed', [1]],
    ['always', [0, 1]],
  ])('decides whether its folder stays: %s', async (keep, stays) => {
    const misfit = await run({ command: { run: 'echo loss=high', keep } });
    expect(misfit.work()).toHaveLength(keep === 'never' ? 0 : 1);
    const { work, rows } = await run({
      axes: { code: [0, 1] },
      command: { run: 'echo loss=1; exit {code}', keep },
    });
    expect(rows.map(({ status }) => status)).toEqual(['ok', 'failed']);
    expect(
      work()
        .map((name) => Number(name.split('-')[0]))
        .sort(),
    ).toEqual(stays);
  });
});

describe('a program that is not there', () => {
  const worker = (command: CommandInput, home: string) =>
    settle(
      defineWorker({
        name: 'p',
        version: '1',
        params: { x: z.string().default('a') },
        metrics: {},
        command,
      }) as unknown as Worker,
      home,
    );
  const home = () => {
    const folder = mkdtempSync(join(tmpdir(), 'sweepline-command-'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'tool'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(join(folder, 'bin', 'data'), '');
    return folder;
  };
  const check = (command: CommandInput) => () => worker(command, home()).check!({ x: 'tool' }, undefined);

  it.each<[CommandInput, string]>([
    [['no-such-program'], 'the command\'s program "no-such-program" is not found in the folders of PATH'],
    [['bin/data'], 'the command\'s program "bin/data" is not found in '],
    [['bin/no-{x}'], 'the command\'s program "bin/no-tool" is not found in '],
    ['no-such-program --flag', 'the command\'s program "no-such-program" is not found'],
    [{ run: ['true'], cwd: 'nowhere' }, 'nowhere does not exist'],
  ])('is told before anything starts: %j', (command, message) => {
    expect(check(command)).toThrow(message);
  });

  it.each<[CommandInput]>([
    [['bin/{x}']],
    [['sh']],
    ['cd /; true'],
    ['for i in 1; do true; done'],
    ['A=1 no-such'],
    [{ run: ['tool'], env: { PATH: 'bin' } }],
  ])('is not missed where it may be there: %j', (command) => {
    expect(check(command)()).toEqual([]);
  });

  it('fails the trial where it goes later', async () => {
    const { error } = await run({ command: ['./gone'] });
    expect(error?.message).toContain('the command\'s program "./gone" is not found in');
  });
});

/** Waits until there is no such process; the test's own time limit bounds it. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
