// Reads a workflow of GitHub Actions with GitHub's own parser, and runs its steps as a runner does, one after another.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
  type WorkflowTemplate,
} from '@actions/workflow-parser';
import { parse } from 'yaml';

export interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<
    Record<string, { readonly 'timeout-minutes': number; readonly steps: readonly Step[] }>
  >;
}

/** Rejects with every fault that GitHub would find in the file. */
export async function readWorkflow(file: string): Promise<Workflow> {
  const faults = await findWorkflowFaults(readFileSync(file, 'utf8'));
  if (faults.length > 0) throw new Error(`${file}:\n${faults.join('\n')}`);
  return parse(readFileSync(file, 'utf8')) as Workflow;
}

export async function findWorkflowFaults(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: 'workflow', content }, new NoOperationTraceWriter());
  const found = context.errors.getErrors().map(({ message }) => message);
  if (value === undefined) return found;
  const template: WorkflowTemplate = await convertWorkflowTemplate(context, value);
  return [...new Set([...found, ...(template.errors ?? []).map(({ Message }) => Message)])];
}

export interface Ran {
  readonly step: string;
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs what is to run, in order, by bash as runners start it; what others have published (`uses`) is left out. After a
 * step that failed only those run that always do.
 */
export async function runSteps(
  steps: readonly Step[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ readonly ran: readonly Ran[]; readonly summary: string }> {
  const own = join(dirname(cwd), 'runner');
  mkdirSync(own, { recursive: true });
  const files = { GITHUB_STEP_SUMMARY: join(own, 'summary.md'), GITHUB_OUTPUT: join(own, 'output') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const ran: Ran[] = [];
  for (const step of steps) {
    if (step.run === undefined) continue;
    if (step.if !== 'always()' && ran.some(({ code }) => code !== 0)) continue;
    const script = join(own, 'step.sh');
    writeFileSync(script, step.run);
    const { code, output } = await runShell(['bash', '--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd,
      env: { ...env, ...files, CI: 'true', GITHUB_ACTIONS: 'true' },
    });
    ran.push({ step: step.name ?? step.run, code, output });
  }
  return { ran, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') };
}

/** With this environment and no other, and no input. */
export function runShell(
  [command, ...argv]: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(command!, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, output }));
  });
}
