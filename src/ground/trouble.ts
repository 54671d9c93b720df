// What to do about a disk or a machine that is full or broken, in words. What it is called, errors.ts says.
import { isMachineTrouble } from './errors.js';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'free some disk space',
  EDQUOT: 'free some of your disk quota',
  EROFS: 'mount the file system for writing again (it is read-only, perhaps after an error of the disk)',
  EIO: 'mend the disk, or move the run folder to another one',
  ESTALE: 'mount the network file system again',
  EMFILE: 'allow more open files (ulimit -n)',
  ENFILE: 'close other programs: the machine has too many open files',
  ENOMEM: 'free some memory',
};

/** The system's error behind one of ours, or the error itself; undefined where it is none of the machine's. */
export function findTrouble(error: unknown): { readonly code: string } | undefined {
  if (isMachineTrouble(error)) return error;
  return error instanceof Error && isMachineTrouble(error.cause) ? error.cause : undefined;
}

/** The next step: every acknowledged trial is on disk, whatever failed after it. */
export function adviseOn({ code }: { readonly code: string }): string {
  const advice = ADVICE[code] ?? 'mend this';
  return `finished trials are safe; ${advice}, then \`sweepline resume <run>\``;
}
