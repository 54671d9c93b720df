// `sweepline explain` as users call it: text and JSON, and what it refuses.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { newFolder, runProgram, sweepFile } from './program.js';

const cwd = newFolder();
beforeAll(async () => {
  const argv = ['--sampler', 'tpe', '--trials', '14', '--objective', 'loss', '--max-failures', '100%'];
  const bowl = sweepFile('fixtures/sweeps/bowl');
  const { stderr } = await runProgram(cwd, 'run', bowl, '--out', 'run', '--no-report', '--quiet', ...argv);
  expect(stderr).not.toContain('Hint');
}, 60_000);

test('tells in words why a search proposed a point, and that it does so again', async () => {
  const { code, stdout, stderr } = await runProgram(cwd, 'explain', 'run', '13');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Trial 13 of bowl, run \S+: (ok|failed)\n {2}point {4}lr=/);
  expect(stdout).toContain(
    '\n\nWhy this point\n  Of the candidates drawn where good configurations are dense',
  );
  expect(stdout).toContain('It knew the results of configurations 0 to 5');
  expect(stdout).toContain('7 configurations between counted as pending (look-ahead 8)');
  expect(stdout).toContain('it is the same point, to the last bit.\n');
});

test('--json is one object', async () => {
  const { code, stdout } = await runProgram(cwd, 'explain', 'run', '3', '--json');
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ sweep: 'bowl', trial: 3, configuration: 3, replicate: 0, pruned: null },
    origin: { kind: 'search', method: 'tpe', told: 0, pending: 3, why: { stage: 'start-up' }, other: null },
  });
});

test('refuses what is no trial, and no run, with exit 2', async () => {
  const beyond = await runProgram(cwd, 'explain', 'run', '14');
  expect(beyond).toMatchObject({ code: 2, stdout: '' });
  expect(beyond.stderr).toContain('trial 14: the run has no such trial; it has trials up to 13');
  expect((await runProgram(cwd, 'explain', 'run', 'x')).stderr).toContain('trial "x"');
  expect(await runProgram(cwd, 'explain', 'nothing', '1')).toMatchObject({ code: 2 });
});

test('a point that comes out otherwise is told, with exit 1', async () => {
  const path = join(cwd, 'run/manifest.json');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(text) as object), seed: 77 }));
  const { code, stdout } = await runProgram(cwd, 'explain', 'run', '2');
  writeFileSync(path, text);
  expect(code).toBe(1);
  expect(stdout).toContain('NOT REPRODUCED');
});
