// The commands there are, each in one line. What a command does is loaded only when it is called: `--help` is quick.
import type { CommandSpec, OptionSpecs } from './command.js';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandSpec>;
}

export const COMMANDS: readonly CommandEntry[] = [
  entry('run', 'run a sweep', () => import('./commands/run.js')),
  entry('plan', 'show what would run, and why; or list the sweeps', () => import('./commands/plan.js')),
  entry('resume', 'resume an interrupted run, or retry failed trials', () => import('./commands/resume.js')),
  entry('status', 'show the progress of a run', () => import('./commands/status.js')),
  entry(
    'best',
    'show the best configurations, and which parameters matter',
    () => import('./commands/best.js'),
  ),
  entry(
    'explain',
    'tell why a trial has its point, and why it was pruned',
    () => import('./commands/explain.js'),
  ),
  entry('report', "write a run's tables, figures and page", () => import('./commands/report.js')),
  entry('replay', 'run one trial again, alone', () => import('./commands/replay.js')),
  entry('verify', 'run a sample of trials again and compare', () => import('./commands/verify.js')),
  entry('compare', 'compare runs or suites: what moved beyond noise', () => import('./commands/compare.js')),
  entry('repair', 'repair a damaged journal', () => import('./commands/repair.js')),
  entry('merge', 'merge shards into one run', () => import('./commands/merge.js')),
  entry('sql', 'ask runs in SQL', () => import('./commands/sql.js')),
  entry('export', 'write a run for pandas, Optuna, TensorBoard or W&B', () => import('./commands/export.js')),
  entry('suite', 'run several sweeps one after another', () => import('./commands/suite.js')),
  entry('accept', 'accept what has changed in the nights of a suite', () => import('./commands/accept.js')),
  entry('serve', 'serve a live page over runs', () => import('./commands/serve.js')),
  entry('host', 'run trials of a queue on this machine', () => import('./commands/host.js')),
  entry('hosts', 'list the hosts and runs of a queue', () => import('./commands/hosts.js')),
  entry('data', 'list the data sets there are, or fetch MNIST', () => import('./commands/data.js')),
  entry('doctor', 'check the environment', () => import('./commands/doctor.js')),
];

function entry<S extends OptionSpecs>(
  name: string,
  summary: string,
  load: () => Promise<{ readonly default: CommandSpec<S> }>,
): CommandEntry {
  return { name, summary, load: async () => (await load()).default as unknown as CommandSpec };
}
