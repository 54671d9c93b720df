// The user's home. A service or a container may have none: no HOME, and a user that the system does not list.
import { homedir } from 'node:os';
import { resolve } from 'node:path';

/** The root folder where there is none, as containers and systemd have it: what cannot be written there is not kept. */
export function homeFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  // An empty HOME would make a path from the working directory.
  if (process.platform !== 'win32' && env.HOME) return env.HOME;
  try {
    return homedir() || resolve('/');
  } catch {
    return resolve('/');
  }
}
