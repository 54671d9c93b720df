// A Slurm of one node on this machine, in a folder of its own, as root and without systemd; it is gone with the test.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Why there can be no Slurm here; undefined where there can. In CI, which installs it, nothing is skipped for its lack. */
export function whyNoSlurm(): string | undefined {
  if (process.getuid?.() !== 0) return 'slurmd starts jobs as root only';
  const isThere = existsSync('/usr/sbin/slurmctld') && existsSync('/usr/sbin/slurmd');
  return isThere || process.env.CI !== undefined ? undefined : 'slurm-wlm is not installed';
}

export interface Slurm {
  /** Runs one of its commands and returns what it prints. */
  run(command: string, ...args: string[]): string;
  /** Ids and states of what is in the queue: `1_2 RUNNING`. */
  queue(): string[];
  stop(): Promise<void>;
}

export async function startSlurm(folder: string, env: NodeJS.ProcessEnv): Promise<Slurm> {
  const conf = join(folder, 'slurm.conf');
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(conf, configure(folder, [await freePort(), await freePort()]));
  const own = { ...env, SLURM_CONF: conf };
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { env: own, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const daemons = [
    spawn('/usr/sbin/slurmctld', ['-D', '-c'], { env: own, stdio: 'ignore' }),
    spawn('/usr/sbin/slurmd', ['-D', '-N', 'here'], { env: own, stdio: 'ignore' }),
  ];
  const queue = () => run('squeue', '--noheader', '--array', '--format', '%i %T').split('\n').slice(0, -1);
  const stop = async () => {
    // Of a test that has failed, its jobs.
    const left = listJobs(queue);
    if (left.length > 0) {
      run('scancel', ...left);
      await until(() => listJobs(queue).length === 0);
    }
    for (const child of daemons.reverse()) await end(child);
  };
  try {
    await until(() => {
      if (daemons.some(({ exitCode }) => exitCode !== null))
        throw new Error(`Slurm has ended; see ${folder}`);
      return isIdle(run);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { run, queue, stop };
}

function isIdle(run: Slurm['run']): boolean {
  try {
    return run('sinfo', '--noheader', '--format', '%t').includes('idle');
  } catch {
    return false; // the controller does not answer yet
  }
}

/** None where the controller does not answer. */
function listJobs(queue: Slurm['queue']): string[] {
  try {
    return queue().map((line) => line.split(' ')[0]!);
  } catch {
    return [];
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}

/** Waits for something that happens elsewhere, and of which nobody tells. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await setTimeout(50);
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

/** A job that was queued again may start after cred_expire seconds, instead of two minutes. */
function configure(folder: string, [controller, node]: readonly [number, number]): string {
  const name = hostname().split('.')[0];
  const lines: Record<string, string | number> = {
    ClusterName: 'test',
    SlurmctldHost: `${name}(127.0.0.1)`,
    SlurmctldPort: controller,
    SlurmdPort: node,
    SlurmUser: 'root',
    SlurmdUser: 'root',
    AuthType: 'auth/none',
    AuthInfo: 'cred_expire=5',
    CredType: 'cred/none',
    MpiDefault: 'none',
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    JobAcctGatherType: 'jobacct_gather/none',
    SwitchType: 'switch/none',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_Core',
    SchedulerType: 'sched/backfill',
    SchedulerParameters: 'sched_interval=1,bf_interval=1',
    SlurmdParameters: 'config_overrides',
    StateSaveLocation: join(folder, 'state'),
    SlurmdSpoolDir: join(folder, 'spool'),
    SlurmctldPidFile: join(folder, 'slurmctld.pid'),
    SlurmdPidFile: join(folder, 'slurmd.pid'),
    SlurmctldLogFile: join(folder, 'slurmctld.log'),
    SlurmdLogFile: join(folder, 'slurmd.log'),
    KillWait: 2,
    ReturnToService: 2,
    NodeName: `here NodeHostname=${name} NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN`,
    PartitionName: 'work Nodes=here Default=YES State=UP',
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
