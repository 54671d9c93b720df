// Faults and hints of a run name the options of the command line. To the author of a program they name those of
// `openStudy`: said here once, so that whoever finds a fault need not know who asked.
import { SweeplineError } from '../../ground/errors.js';

/** By option of the command line; all others of `openStudy` are called the same in both. */
const NAMES: Readonly<Record<string, string>> = {
  out: 'folder',
  objective: 'objectives',
  set: 'axes',
  'sampler-option': 'sampler',
};

const SAME = 'sampler seed seeds replicates trials lookahead target plateau'.split(' ');

/** Of what a study does not have. */
const WITHOUT: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/--budget, /g, ''],
  [/, or objectives in the sweep/g, ''],
  [/(^|: |- )out (?=.*: expected the path)/gm, '$1folder '],
  [/--objective (\w+:\w+)/g, "objectives: '$1'"],
];

/** `--out` as `folder`; options that a study has not stay as they are. */
export function inWordsOfStudy(text: string): string {
  const without = WITHOUT.reduce((left, [pattern, words]) => left.replace(pattern, words), text);
  return without.replace(/--([a-z][a-z-]*)/g, (whole, name: string) => {
    const found = Object.hasOwn(NAMES, name) ? NAMES[name] : SAME.find((same) => same === name);
    return found === undefined ? whole : `\`${found}\``;
  });
}

/** What `work` gives; a fault that it ends with is told in the words of a study. */
export async function tellingStudy<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof SweeplineError)) throw cause;
    const hint = cause.hint === undefined ? {} : { hint: inWordsOfStudy(cause.hint) };
    throw new SweeplineError(cause.code, inWordsOfStudy(cause.message), { cause, ...hint });
  }
}
