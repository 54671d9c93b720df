// The definition files that come with Sweepline, by name, beside those of the user, by path.
import { existsSync, readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { SweeplineError } from '../../ground/errors.js';
import { describeUnknown } from '../../ground/text.js';

export interface ShippedFiles {
  /** What they define, for messages. */
  readonly word: 'sweep' | 'suite';
  readonly folder: string;
}

export function shippedNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => basename(file, '.js'))
    .sort();
}

/** The path of a shipped file by name, or of a file as it is. BAD_USAGE where there is none. */
export function findFile(nameOrFile: string, { word, folder }: ShippedFiles): string {
  if (existsSync(resolve(nameOrFile)) && /\.[cm]?[jt]s$/.test(nameOrFile)) return resolve(nameOrFile);
  const names = shippedNames(folder);
  if (names.includes(nameOrFile)) return resolve(folder, `${nameOrFile}.js`);
  if (/[/\\.]/.test(nameOrFile)) {
    throw new SweeplineError('BAD_USAGE', `there is no ${word} file ${nameOrFile}`, {
      hint: `give the path of a .ts or .js file that exports a ${word}, or a shipped name: ${names.join(', ')}`,
    });
  }
  throw new SweeplineError('BAD_USAGE', describeUnknown(word, nameOrFile, names), {
    hint: `give a shipped name, or the path of your own ${word} file`,
  });
}
