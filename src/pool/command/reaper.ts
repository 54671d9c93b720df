// Ends the programs of a thread that is no more, however it ended: a shell in a session of its own, which is told the
// process group of each program that begins and ends, and kills those that are left when the pipe to it is closed. The
// system closes it with the process, also on kill -9, and Node with the thread. On Linux it also finds those that have
// left their group, by the trial's folder in their environment.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { SHELL } from '../../worker/command/program.js';
import { variableOf } from '../../worker/command/values.js';

const MARK = `${variableOf('folder')}=`;

const SCRIPT = `
trap '' HUP INT TERM
held= folder=
while IFS= read -r line; do
  rest=\${line#?}
  case $line in
    +*) held="$held $rest" ;;
    -*) left=
        for each in $held; do [ "$each" = "$rest" ] || left="$left $each"; done
        held=$left ;;
    @*) folder=$rest ;;
  esac
done
[ -n "$held" ] || exit 0
for each in $held; do kill -9 "-$each" 2>/dev/null; done
[ -n "$folder" ] && [ -r /proc/self/environ ] || exit 0
for each in $(grep -lF -- "${MARK}$folder" /proc/[0-9]*/environ 2>/dev/null); do
  each=\${each%/environ}
  kill -9 "\${each#/proc/}" 2>/dev/null
done
`;

let current: ChildProcess | undefined;

/**
 * The pipe to this thread's reaper, for a trial that begins in its folder: its program writes `+` and its process group
 * there. Rejects with the system's error where no process can be started.
 */
export async function reaperPipe(folder: string): Promise<Writable> {
  if (current === undefined || current.exitCode !== null || current.signalCode !== null)
    current = await startReaper();
  const pipe = current.stdin!;
  pipe.write(`@${folder.includes('\n') ? '' : folder}\n`);
  return pipe;
}

async function startReaper(): Promise<ChildProcess> {
  const reaper = spawn(SHELL, ['-c', SCRIPT], {
    cwd: '/',
    detached: true, // out of reach of what is sent to the host's process group
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(reaper, 'spawn');
  // A pipe without a reader is noticed with the next program.
  reaper.stdin.on('error', () => undefined);
  // A thread that has nothing else to do may end.
  reaper.on('error', () => undefined).unref();
  (reaper.stdin as unknown as { unref(): void }).unref();
  return reaper;
}

/** The group is gone: its number may be given to others. */
export function forgetGroup(group: number): void {
  if (current?.stdin?.writable) current.stdin.write(`-${group}\n`);
}

/** Ends what has left its program's group. None are found where there is no /proc. */
export function killStrays(folder: string): void {
  for (const pid of listPids()) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${latin1(MARK + folder)}\0`))
        process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Ended meanwhile, or somebody else's.
    }
  }
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function listPids(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // no Linux
  }
}
