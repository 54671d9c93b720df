// Opens an address in the user's browser, by the program that each system has for it.
import { spawn } from 'node:child_process';

const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // `start` is no program; this is, and takes the address as it is.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Whether the program was started; not whether a window came. `BROWSER` names another one. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const [command, ...first] = env.BROWSER ? [env.BROWSER] : (PROGRAMS[process.platform] ?? ['xdg-open']);
  return new Promise((done) => {
    const child = spawn(command!, [...first, url], { stdio: 'ignore', detached: true });
    child.once('error', () => done(false));
    child.once('spawn', () => {
      child.unref();
      done(true);
    });
  });
}
