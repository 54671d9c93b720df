// Ends the programs of a thread that is no more, however it ended: a shell in a session of its own, which is told the
// process group of each program that begins and ends, and kills those that are left when the pipe to it is closed. The
// system closes it with the process, also on kill -9, and Node with the thread.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { SHELL } from '../../worker/command/program.js';

const SCRIPT = `
trap '' HUP INT TERM
held=
while read -r line; do
  group=\${line#?}
  case $line in
    +*) held="$held $group" ;;
    -*) left=
        for each in $held; do [ "$each" = "$group" ] || left="$left $each"; done
        held=$left ;;
  esac
done
for each in $held; do kill -9 "-$each" 2>/dev/null; done
`;

let current: ChildProcess | undefined;

/** The pipe to this thread's reaper: a program that begins writes `+` and its process group there. */
export function reaperPipe(): Writable {
  if (current !== undefined && current.exitCode === null && current.signalCode === null)
    return current.stdin!;
  const reaper = spawn(SHELL, ['-c', SCRIPT], {
    cwd: '/',
    detached: true, // out of reach of what is sent to the host's process group
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A thread that has nothing else to do may end. A pipe without a reader is noticed with the next program.
  reaper.on('error', () => undefined).unref();
  reaper.stdin.on('error', () => undefined);
  (reaper.stdin as unknown as { unref(): void }).unref();
  current = reaper;
  return reaper.stdin;
}

/** The group is gone: its number may be given to others. */
export function forgetGroup(group: number): void {
  if (current?.stdin?.writable) current.stdin.write(`-${group}\n`);
}
