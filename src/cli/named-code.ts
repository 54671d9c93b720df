// What code the commands on a run folder may load: the sweep and the report that its manifest names, by the rule of
// run/trust.ts, or what the user names instead.
import { openRunFolder } from '../run/folder.js';
import { requireCommand, requireTrusted } from '../run/trust.js';

/** Section of the help. */
export const CODE_RULE = `  A run folder is data. The sweep and the report that its manifest names are code, which is run where it ships
  with Sweepline, or lies in the project of the working directory (that of the nearest package.json) and not in
  the run folder. Other files are refused (exit 2) until you name them yourself: --sweep <file>, --report <file>.
  So is a command line that you have not given on this machine before: --command <line>.`;

/** The sweep that is named, or that of the run. Throws BAD_USAGE where the run's may not be loaded unasked. */
export async function sweepOf(
  folder: string,
  { sweep, command }: { readonly sweep?: string | undefined; readonly command?: string | undefined },
): Promise<string> {
  if (sweep !== undefined) return sweep;
  const run = await openRunFolder(folder);
  // Every manifest names a sweep.
  return command === undefined ? requireTrusted(run, 'sweep')! : requireCommand(run, command);
}

/** The report of the run; null where it has none. Throws as `sweepOf` does. */
export async function reportOfRun(folder: string): Promise<string | null> {
  return requireTrusted(await openRunFolder(folder), 'report');
}
