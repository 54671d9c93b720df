// Runs one program to its end in a process group of its own, and leaves nothing of it: what the program has started and
// left behind is killed with its end. Asked to stop, it is sent SIGTERM, and SIGKILL where that does not help.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { createLineSplitter } from '../../ground/output-lines.js';
import { SHELL } from '../../worker/command/program.js';
import { forgetGroup, killStrays, reaperPipe } from './reaper.js';

/** How often to look for a request to stop, in ms. */
const LOOK_MS = 50;
/** From SIGTERM to SIGKILL, in ms: less than a pool waits before it ends the whole process. */
const GRACE_MS = 1000;
/** How long to wait for the pipes of a program that has ended: one that left its group may hold them, and is ended then. */
const LAST_WORDS_MS = 500;

/**
 * Characters of a line of stdout that are read, and of one of stderr. The former is for JSON with more in it than metrics;
 * a regular expression over many more could exhaust the stack.
 */
export const LONGEST = { stdout: 1024 * 1024, stderr: 16_384 } as const;

export type StreamName = keyof typeof LONGEST;

/** What is known of a line beside its text. */
export interface Heard {
  readonly stream: StreamName;
  /** It was longer: its text is the start and a note. */
  readonly isCut: boolean;
  /** The program has written over it, as a progress bar does. */
  readonly isOverwritten: boolean;
}

/** Tells the reaper before anything runs, whatever happens to this process meanwhile; then becomes the program. */
const BEGIN = 'echo "+$$" >&3 && exec "$@" 3>&-';

export interface Program {
  /** The path of the program, and its arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The trial's own, which its environment names. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string, heard: Heard) => void;
  readonly isStopAsked: () => boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  /** It was sent a signal because somebody asked. */
  readonly wasStopped: boolean;
}

/** Rejects where the program cannot be started, with the system's error. */
export async function runProgram(program: Program): Promise<Ended> {
  const { argv, cwd, folder, env, onLine, isStopAsked } = program;
  const pipe = await reaperPipe(folder);
  const child = spawn(SHELL, ['-c', BEGIN, 'sh', ...argv], {
    ...{ cwd, env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', pipe],
  });
  const { stdout, stderr } = child as unknown as Record<StreamName, Readable>;
  const stopping = watchStops(child, isStopAsked);
  try {
    return await new Promise<Ended>((resolve, reject) => {
      // A callback that throws must not end the thread, and hears no more.
      let hasFailed = false;
      const guarded = (line: string, heard: Heard) => {
        if (hasFailed) return;
        try {
          onLine(line, heard);
        } catch (error) {
          hasFailed = true;
          killGroup(child, 'SIGKILL');
          reject(error);
        }
      };
      hear(stdout, 'stdout', guarded);
      hear(stderr, 'stderr', guarded);
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        killGroup(child, 'SIGKILL');
        if (stopping.begun) killStrays(folder);
        forgetGroup(child.pid!);
        const impatient = setTimeout(() => {
          killStrays(folder);
          stdout.destroy();
          stderr.destroy();
        }, LAST_WORDS_MS);
        child.once('close', () => {
          clearTimeout(impatient);
          resolve({ code, signal, wasStopped: stopping.begun });
        });
      });
    });
  } finally {
    stopping.end();
  }
}

function hear(readable: Readable, stream: StreamName, onLine: Program['onLine']): void {
  const splitter = createLineSplitter(
    (line, isCut) => onLine(line, { stream, isCut, isOverwritten: false }),
    {
      longest: LONGEST[stream],
      onOverwritten: (line, isCut) => onLine(line, { stream, isCut, isOverwritten: true }),
    },
  );
  readable.on('data', (chunk: Uint8Array) => splitter.push(chunk)).once('end', () => splitter.end());
}

function watchStops(child: ChildProcess, isStopAsked: () => boolean) {
  let begun = false;
  let force: NodeJS.Timeout | undefined;
  const timer = setInterval(() => {
    if (begun || child.exitCode !== null || child.signalCode !== null || !isStopAsked()) return;
    begun = true;
    killGroup(child, 'SIGTERM');
    force = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  }, LOOK_MS);
  return {
    get begun() {
      return begun;
    },
    end(): void {
      clearInterval(timer);
      clearTimeout(force);
    },
  };
}

/** The program and all that it has started and that has not left its group. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody is left of it; or (EPERM, on macOS) only processes that have ended and not been waited for.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
