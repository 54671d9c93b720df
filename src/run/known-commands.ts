// Which commands this user has given on this machine: a run's manifest may name any, and only those are run again
// unasked. Kept as hashes, where programs keep what they remember (XDG_STATE_HOME). Without a home nothing is known.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolder } from '../ground/home.js';

/** The line as it is given to the shell. */
export function rememberCommand(line: string): void {
  if (isKnownCommand(line)) return;
  try {
    mkdirSync(dirname(listPath()), { recursive: true });
    appendFileSync(listPath(), `${hashOf(line)}\n`);
  } catch {
    // No place to remember it: then it has to be given again for `resume`.
  }
}

export function isKnownCommand(line: string): boolean {
  try {
    return readFileSync(listPath(), 'utf8').split('\n').includes(hashOf(line));
  } catch {
    return false; // nothing is remembered yet
  }
}

function listPath(): string {
  const { XDG_STATE_HOME: state } = process.env;
  return join(state || join(homeFolder(), '.local', 'state'), 'sweepline', 'commands');
}

function hashOf(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
