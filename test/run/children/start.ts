// Starts a child from the compiled files and hands out its lines.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly process: ChildProcess;
  /** The next line of its output, undefined once it has ended. */
  nextLine(): Promise<string | undefined>;
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

export function startChild(name: string, ...args: string[]): Child {
  const script = fileURLToPath(new URL(`../../../dist/test/run/children/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return {
    process: child,
    kill,
    async nextLine() {
      const { done, value } = await lines.next();
      return done === true ? undefined : value;
    },
  };
}
