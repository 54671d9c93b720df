// A real Redis for tests: on a free port of this machine, with a folder of its own, and an append-only file.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRedis {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  /** Ends it; `start` goes on with the same data. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  /** For good, with its folder. */
  remove(): Promise<void>;
  /** What `redis-cli` answers. */
  ask(...command: readonly string[]): string;
}

/** Why there is none here; undefined where there is one. */
export const NO_REDIS: string | undefined = findProgram('redis-server');

function findProgram(name: string): string | undefined {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `no ${name} on this machine (apt install redis-server)`;
  }
}

export async function startRedis(...options: readonly string[]): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-redis-'));
  const port = await findPort();
  let server: ChildProcess | undefined;
  const start = async () => {
    const usual = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'];
    const child = spawn('redis-server', ['--port', String(port), ...usual, ...options], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    server = child;
    await heard(child, 'Ready to accept connections');
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    start,
    stop,
    remove: async () => {
      await stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
    ask: (...command) =>
      execFileSync('redis-cli', ['-p', String(port), ...command], { stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .trim(),
  };
}

function heard(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout!.on('data', (chunk) => {
      said += chunk;
      if (said.includes(text)) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`redis-server ended:\n${said}`)));
  });
}

/**
 * A free port below those that the system hands out: between now and the server's start, and while a server that was
 * stopped is away, nobody's connection gets it by chance.
 */
export async function findPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    const server = createServer();
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true));
    });
    if (!isFree) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}
