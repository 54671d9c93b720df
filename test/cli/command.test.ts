import { describe, expect, test } from 'vitest';
import { type CommandSpec, flagOf, parseCall } from '../../src/cli/command.js';
import merge from '../../src/cli/commands/merge.js';
import resume from '../../src/cli/commands/resume.js';
import run from '../../src/cli/commands/run.js';
import { COMMANDS } from '../../src/cli/commands.js';
import { toRunRequest } from '../../src/cli/run-options.js';
import { SweeplineError } from '../../src/ground/errors.js';

function faultsOf(action: () => unknown): SweeplineError {
  try {
    action();
  } catch (error) {
    if (error instanceof SweeplineError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const request = (...argv: string[]) => {
  const call = parseCall(run, argv);
  if (call === 'help') throw new Error('help');
  return toRunRequest(call.arguments[0]!, call.options, []);
};

describe('parseCall', () => {
  test('every option ends in the request', () => {
    const argv =
      'escape --set h=lin(0,1,5) --set optimizer=adam,sgd --workers 3 --engine tfjs --device cuda:1 --data digits --seed 0' +
      ' --replicates 4 --retries 0 --max-failures 5% --shard 2/3 --out there --debug' +
      ' --sampler bisect --bisect h=-1e-3..2.5 --metric escaped --tolerance 1e-6';
    expect(request(...argv.split(' '))).toEqual({
      sweep: 'escape',
      command: [],
      set: {
        h: { kind: 'lin', from: 0, to: 1, count: 5 },
        optimizer: { kind: 'list', values: ['adam', 'sgd'] },
      },
      workers: 3,
      engine: 'tfjs',
      device: 'cuda:1',
      data: 'digits',
      seed: 0,
      replicates: 4,
      retries: 0,
      maxFailures: { fraction: 0.05 },
      shard: { index: 2, count: 3 },
      out: 'there',
      debug: true,
      sampler: { name: 'bisect', axis: 'h', from: -0.001, to: 2.5, metric: 'escaped', tolerance: 1e-6 },
    });
  });

  test('a sampler and its options by name, with numbers and switches as such', () => {
    expect(request('escape', '--sampler', 'random', '--trials', '500')).toEqual({
      sweep: 'escape',
      command: [],
      sampler: { name: 'random' },
      trials: 500,
    });
    const argv = '--sampler bisect --tolerance 1e-6 --sampler-option axis=h';
    expect(request('escape', ...argv.split(' ')).sampler).toEqual({
      name: 'bisect',
      axis: 'h',
      tolerance: 1e-6,
    });
    const words = '--sampler grid --sampler-option a=true --sampler-option b=x=1 --sampler-option c=-2.5e3';
    expect(request('escape', ...words.split(' ')).sampler).toEqual({
      name: 'grid',
      a: true,
      b: 'x=1',
      c: -2500,
    });
  });

  test('--name=value, negative numbers in values', () => {
    expect(request('escape', '--workers=2', '--seed', '-5', '--set=x=-1,2')).toMatchObject({
      workers: 2,
      seed: -5,
      set: { x: { kind: 'list', values: [-1, 2] } },
    });
  });

  test('an absent option is absent, not undefined', () => {
    expect(request('escape')).toStrictEqual({ sweep: 'escape', command: [] });
  });

  test('all faults at once, each with its value and what was expected', () => {
    const argv =
      'escape more --workers 0 --seed --shard 4/3 --max-failures 101% --set h=lin(0,1) --set a=1 --set a=2';
    const { message, hint, code } = faultsOf(() =>
      parseCall(run, [...argv.split(' '), '--wrokers', '3', '--quiet=1']),
    );
    expect(code).toBe('BAD_USAGE');
    expect(message.split('\n')).toEqual([
      'sweepline run:',
      '  - --workers 0: expected a whole number of at least 1',
      '  - --seed: no value; expected --seed <N>',
      '  - --shard 4/3: expected i/n with i from 1 to n, such as 2/3 for the second of three, or auto',
      '  - --max-failures 101%: expected a number of trials such as 20, or a fraction such as 5%; 100% is no limit',
      expect.stringMatching(/^ {2}- --set h=lin\(0,1\): .*expected lin\(from,to,count\)$/),
      '  - --set a=2: the axis "a" is set twice; expected one list of all its values',
      '  - unknown option "--wrokers"; did you mean "--workers"?',
      '  - --quiet takes no value; found "--quiet=1"',
    ]);
    expect(hint).toContain('`sweepline run --help`');
  });

  test('an option with one value, given twice: one of them would not count', () => {
    const argv =
      'escape --trials 4 --trials=5 --sampler tpe --sampler random --seed 1 --seed 1 --pruner-option a=1';
    const { message } = faultsOf(() =>
      parseCall(run, [...argv.split(' '), '--pruner-option', 'a=2', '--quiet', '--quiet']),
    );
    expect(message.split('\n')).toEqual([
      'sweepline run:',
      '  - --sampler is given twice; expected one value',
      '  - --trials is given twice; expected one value',
      '  - --seed is given twice; expected one value',
      '  - --pruner-option a=2: a is given twice; expected one value',
    ]);
  });

  test('resume tells of options that a run was started with', () => {
    const options = [
      '--sampler',
      '--sampler-option',
      '--pruner',
      '--set',
      '--seed',
      '--seeds',
      '--replicates',
    ];
    for (const flag of options)
      expect(faultsOf(() => parseCall(resume, ['r', flag, 'x'])).message).toBe(
        `sweepline resume: unknown option "${flag}": a run keeps what it was started with; start another run with it`,
      );
    expect(faultsOf(() => parseCall(resume, ['r', '--trails', '3'])).message).toContain(
      'did you mean "--trials"?',
    );
  });

  test.each(['Auto', '', '0', 'x'])('--replicates %j names auto', (value) => {
    expect(faultsOf(() => parseCall(run, ['escape', '--replicates', value])).message).toContain(
      'expected a whole number of at least 1, or auto',
    );
  });

  test('every option with a value says whether it takes several', async () => {
    const wrong: string[] = [];
    for (const { name, load } of COMMANDS) {
      const spec = await load();
      for (const option of Object.values(spec.options)) {
        if (!option.flags.includes('<') || option.isMany) continue;
        const flag = flagOf(option);
        const { message } = faultsOf(() => parseCall(spec, [flag, 'cpu', flag, 'auto']));
        if (!message.includes(`${flag} is given twice`)) wrong.push(`${name} ${flag}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['escape --sampler-option a=1', '--sampler-option: no --sampler'],
    ['escape --sampler tpe --sampler-option startup=1 --sampler-option startup=2', 'startup is given twice'],
    ['escape --sampler tpe --sampler-option name=gp', '--sampler-option name: --sampler gives it already'],
    ['escape --pruner asha --pruner-option name=pbt', '--pruner-option name: --pruner gives it already'],
    [
      'escape --sampler bisect --tolerance 0.1 --sampler-option tolerance=0.2',
      '--sampler-option tolerance: --tolerance gives it already',
    ],
    [
      'escape --sampler bisect --bisect h=0..1 --sampler-option to=2',
      '--sampler-option to: --bisect gives it already',
    ],
  ])('%s: two values for one option', (line, fault) => {
    expect(faultsOf(() => parseCall(run, line.split(' '))).message).toContain(fault);
  });

  test.each([
    ['compare', 'a b --tolerance loss=1 --tolerance loss=2', 'loss is given twice'],
    ['compare', 'a b --tolerance loss=1% --tolerance loss=2%', 'loss is given twice'],
    ['verify', 'a --tolerance loss=1 --tolerance loss=2', 'loss is given twice'],
    ['report', 'a --choose plane=pca --choose plane=umap', 'plane is given twice'],
  ])('%s %s: two values for one name', async (name, line, fault) => {
    const spec = await COMMANDS.find((one) => one.name === name)!.load();
    expect(faultsOf(() => parseCall(spec, line.split(' '))).message).toContain(fault);
  });

  test.each([
    ['--budget', '1e999h'],
    ['--budget', '1e305h'],
    ['--timeout', '1e999%'],
    ['--timeout', '1e999s'],
    ['--load-timeout', '1e999s'],
    ['--memory', '1e999g'],
    ['--queue-files', '1e999m'],
    ['--max-failures', '1e999%'],
    ['--max-failures', '9'.repeat(400)],
    ['--target', '1e999'],
    ['--tolerance', '1e999'],
    ['--bisect', 'h=0..1e999'],
    ['--workers', '1.5'],
    ['--workers', '1e3'],
    ['--workers', '-1'],
    ['--seed', '99999999999999999999'],
    ['--replicates', '0'],
    ['--retries', 'many'],
    ['--shard', '0/3'],
    ['--shard', '1'],
    ['--shard', '1/0'],
    ['--max-failures', '0%'],
    ['--max-failures', '-3'],
    ['--engine', 'torch'],
    ['--device', 'gpu'],
    ['--device', 'cuda:x'],
    ['--sampler', 'annealing'],
    ['--pruner', '10'],
    ['--target', 'high'],
    ['--sampler-option', 'tolerance'],
    ['--sampler-option', '=1'],
    ['--sampler-option', 'tolerance='],
    ['--trials', '0'],
    ['--trials', '1.5'],
    ['--bisect', 'h=2..0'],
    ['--bisect', 'h=0..x'],
    ['--bisect', '0..2'],
    ['--tolerance', '0'],
    ['--tolerance', 'NaN'],
    ['--out', ''],
    ['--set', 'h'],
    ['--set', '=1'],
    ['--set', 'h='],
    ['--set', 'h=range(0,1,0)'],
  ])('%s %s is refused, with what was given', (flag, value) => {
    const { message } = faultsOf(() => parseCall(run, ['escape', flag, value]));
    expect(message).toContain(`sweepline run: ${flag} ${value}`.trim());
  });

  test('limits of time are read with their unit', () => {
    const limits = ['250ms', '90s', '1.5m', '2h'].map((text) => {
      const call = parseCall(run, ['escape', '--timeout', text]);
      return call === 'help' ? call : call.options.timeout;
    });
    expect(limits).toEqual([250, 90_000, 90_000, 7_200_000]);
    expect(parseCall(run, ['escape', '--timeout', '300%', '--memory', '2g'])).toMatchObject({
      options: { timeout: { fraction: 3 }, memory: 2 ** 31 },
    });
    for (const text of ['10', '0s', 's', '0%'])
      expect(faultsOf(() => parseCall(run, ['escape', '--timeout', text])).message).toContain(
        '90s, 10m or 2h',
      );
  });

  test('missing and superfluous arguments', () => {
    expect(faultsOf(() => parseCall(run, [])).message).toContain('no <sweep>');
    expect(faultsOf(() => parseCall(run, ['a', 'b'])).message).toContain('unexpected argument "b"');
    expect(faultsOf(() => parseCall(merge, ['--out', 'x'])).message).toContain('no <runs>');
    expect(faultsOf(() => parseCall(merge, ['a', 'b'])).message).toContain('no --out');
    expect(parseCall(merge, ['a', 'b', '--out', 'x'])).toEqual({
      arguments: ['a', 'b'],
      options: { out: 'x' },
    });
  });

  test('faults between options are told once the options themselves hold', () => {
    expect(
      faultsOf(() => parseCall(run, ['escape', '--tolerance', '1e-3', '--bisect', 'h=0..1'])).message,
    ).toMatch(/--bisect belongs to the bisect sampler.*\n.*--tolerance belongs/);
    expect(faultsOf(() => parseCall(run, ['escape', '--sampler-option', 'tolerance=1'])).message).toContain(
      '--sampler-option: no --sampler',
    );
    expect(
      faultsOf(() => parseCall(run, ['escape', '--sampler', 'random', '--tolerance', '1'])).message,
    ).toContain('--tolerance belongs to the bisect sampler');
  });

  test('help is given wherever it is asked for, faults or not', () => {
    expect(parseCall(run, ['escape', '--workers', '0', '--help'])).toBe('help');
    expect(parseCall(run, ['-h'])).toBe('help');
  });
});

describe('every command', () => {
  const specs = Promise.all(COMMANDS.map(({ load }) => load()));

  test('is named as its entry, and its options as their flags', async () => {
    expect((await specs).map(({ name }) => name)).toEqual(COMMANDS.map(({ name }) => name));
    for (const spec of await specs) {
      for (const [name, option] of Object.entries(spec.options)) {
        const words = flagOf(option)
          .replace(/^--(no-)?/, '')
          .split('-');
        const camel = words
          .map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1)))
          .join('');
        expect(`${spec.name} ${name}`).toBe(`${spec.name} ${camel}`);
      }
    }
  });

  test('gives examples that it takes itself', async () => {
    for (const spec of (await specs) as readonly CommandSpec[]) {
      expect(spec.examples.length).toBeGreaterThan(0);
      for (const [line] of spec.examples) {
        const [program, name, ...argv] = line
          .match(/'[^']*'|"[^"]*"|\S+/g)!
          .map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
        expect(program).toBe('sweepline');
        const other = (await specs).find((one) => one.name === name)!;
        expect(() => parseCall(other, argv)).not.toThrow();
      }
    }
  });
});
