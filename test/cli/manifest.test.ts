// Every command that reads a manifest says what is wrong with one, ends at once with exit code 2, and changes nothing.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeProject } from '../sweep/project.js';
import { runProgram } from './program.js';

const COMMANDS = [
  ['status', 'run'],
  ['resume', 'run'],
  ['report', 'run'],
  ['replay', 'run', '0'],
  ['verify', 'run'],
  ['plan', 'run'],
  ['plan', 'SWEEP', '--out', 'run'],
  ['run', 'SWEEP', '--out', 'run'],
  ['merge', 'run', '--out', 'merged'],
  ['compare', 'run', 'run'],
] as const;

let cwd = '';
let sweep = '';
let manifest = '';

beforeAll(async () => {
  ({ home: cwd, sweep } = makeProject(
    `params: { x: z.int().default(0) }, metrics: { y: { type: 'integer' } }, run: ({ params }) => ({ y: params.x }),`,
    'axes: { x: [1, 2] }',
  ));
  expect(await runProgram(cwd, 'run', sweep, '--out', 'run', '--debug', '--no-report')).toMatchObject({
    code: 0,
  });
  manifest = readFileSync(join(cwd, 'run', 'manifest.json'), 'utf8');
});

const edit = (change: (manifest: Record<string, unknown>) => unknown) => (text: string) =>
  JSON.stringify(change(JSON.parse(text)));

const DAMAGES: readonly (readonly [string, (text: string) => string, string])[] = [
  ['of a format alone', () => '{"format":1}', 'sweepline is missing; expected a text'],
  ['cut short', (text) => text.slice(0, text.length / 2), 'it is no JSON, or was cut short'],
  ['that is null', () => 'null', 'it holds null'],
  [
    'whose space is invalid',
    edit((found) => ({ ...found, space: { ...(found.space as object), replicates: -1 } })),
    'space.replicates is -1; expected a whole number of at least 1',
  ],
  [
    'whose parameters have a type that is none',
    edit((found) => ({
      ...found,
      worker: { ...(found.worker as object), params: [{ name: 'x', type: 'date', default: 0 }] },
    })),
    'worker.params[0].type is "date"; expected',
  ],
];

describe('a manifest', () => {
  test.each(DAMAGES)('%s is refused by every command', async (_, damage, message) => {
    writeFileSync(join(cwd, 'run', 'manifest.json'), damage(manifest));
    const before = readdirSync(join(cwd, 'run')).sort();
    for (const command of COMMANDS) {
      const { code, stdout, stderr } = await runProgram(
        cwd,
        ...command.map((word) => (word === 'SWEEP' ? sweep : word)),
      );
      expect([command, code, stdout]).toEqual([command, 2, '']);
      expect(stderr).toContain(message);
      expect(stderr).toContain(join('run', 'manifest.json'));
      expect(stderr).not.toMatch(/^ +at /m);
      expect(stderr).not.toContain('internal');
    }
    expect(readdirSync(join(cwd, 'run')).sort()).toEqual(before);
    expect(readdirSync(cwd).sort()).toEqual(['run', 'sweep.mjs', 'worker.mjs']);
  });

  test('of a sampler that there is not, or whose options are others, is refused before anything runs', async () => {
    for (const [sampler, message] of [
      [{ name: 'oracle' }, 'unknown sampler "oracle"'],
      [{ name: 'bisect', axis: 'x', metric: 'y', from: '0', to: 1, tolerance: 1 }, 'from: '],
      [
        { name: 'bisect', axis: 'x', metric: 'y', from: 2, to: 1, tolerance: 1 },
        'expected the lower end first',
      ],
      [{ name: 'random', proposes: true }, 'needs both grids and trials'],
    ] as const) {
      writeFileSync(join(cwd, 'run', 'manifest.json'), edit((found) => ({ ...found, sampler }))(manifest));
      for (const command of [
        ['resume', 'run'],
        ['plan', 'run'],
        ['replay', 'run', '0'],
        ['verify', 'run'],
      ]) {
        const { code, stderr } = await runProgram(cwd, ...command);
        expect([command, code]).toEqual([command, 2]);
        expect(stderr).toContain(message);
      }
    }
  });

  test('of another run is no obstacle to a plan', async () => {
    mkdirSync(join(cwd, 'runs', 'mine', '20990101-000000-0000'), { recursive: true });
    writeFileSync(join(cwd, 'runs', 'mine', '20990101-000000-0000', 'manifest.json'), 'null');
    writeFileSync(join(cwd, 'run', 'manifest.json'), manifest);
    const { code } = await runProgram(cwd, 'plan', sweep);
    expect(code).toBe(0);
  });
});
