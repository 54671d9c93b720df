// `sweepline merge`: puts runs of one sweep together (shards, above all) into a new run folder.
import { SweeplineError } from '../../ground/errors.js';
import { plural } from '../../ground/text.js';
import type { Merged } from '../../run/merge.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, listOption, option, switchOption } from '../options.js';
import { commandOn, showPath } from '../paths.js';

/** Names of missing shards and trials that are told. */
const SHOWN = 10;

export default defineCommand({
  name: 'merge',
  about:
    'Merges runs of one sweep into a new run folder: shards and runs that were cut short, of any machines, in any mix. ' +
    'The rows are the same bytes as those of a run in one piece. Trials that several runs have are taken once. Runs ' +
    'that differ in anything that rows depend on are refused.',
  arguments: [{ name: 'runs', about: 'run folders or run ids', many: true }],
  options: {
    out: option('Where to', '--out <folder>', 'the new run folder (required)', anyText),
    partial: switchOption('Where to', '--partial', 'trials may be missing: exit 0 all the same'),
    prefer: listOption(
      'Disagreement',
      '--prefer <run>',
      'where runs have other numbers for a trial, those of this one count; may be repeated, the first first',
      anyText,
    ),
    anyCode: switchOption(
      'Disagreement',
      '--any-code',
      'the code of the worker may differ between the runs, under one version',
    ),
  },
  examples: [
    ['sweepline merge shard-1 shard-2 shard-3 --out whole', 'three shards made one run'],
    ['sweepline report whole', 'and its report'],
    [
      'sweepline merge runs/nightly/* laptop --out whole --prefer laptop',
      'any runs of one sweep; where they disagree, what the laptop says',
    ],
  ],
  sections: [
    [
      'Exit codes',
      '  0    merged, and whole\n' +
        '  1    merged, but trials are missing; or the runs disagree about a trial: nothing was written\n' +
        '  2    the runs do not belong together: nothing was written',
    ],
  ],
  check: ({ options }) => (options.out === undefined ? ['no --out; expected a new or empty folder'] : []),
  async run({ arguments: runs, options, terminal, commandLine }) {
    const [{ findRun }, { mergeRuns }] = await Promise.all([
      import('../../run/find.js'),
      import('../../sweep/shards/merge.js'),
    ]);
    const folders = await Promise.all(runs.map((run) => findRun(run)));
    const twice = folders.find((folder, i) => folders.indexOf(folder) !== i);
    if (twice !== undefined) throw new SweeplineError('BAD_USAGE', `${twice} is given twice`);
    const prefer = await Promise.all((options.prefer ?? []).map((run) => findRun(run)));
    const stranger = prefer.find((folder) => !folders.includes(folder));
    if (stranger !== undefined)
      throw new SweeplineError('BAD_USAGE', `--prefer ${stranger}: it is none of the runs to merge`);
    const choices = { prefer, anyCode: options.anyCode ?? false };
    const merged = await mergeRuns(folders, options.out!, commandLine, choices);
    terminal.say(`${plural(folders.length, 'run')} merged, ${plural(merged.trials, 'trial')}`);
    for (const line of [...describeOverlaps(merged), ...merged.notes]) terminal.say(line);
    terminal.print(showPath(merged.folder));
    if (merged.isWhole) return EXIT.done;
    terminal.say(describeMissing(merged));
    return options.partial ? EXIT.done : EXIT.failed;
  },
});

function describeOverlaps({ repeated, replaced }: Merged): string[] {
  const those = (count: number) => `${plural(count, 'trial')} ${count === 1 ? 'is' : 'are'} in several runs`;
  return [
    ...(repeated > 0 ? [`${those(repeated)}, with the same rows, and counted once`] : []),
    ...(replaced > 0 ? [`${those(replaced)} with other rows: those count that are ok, or preferred`] : []),
  ];
}

function describeMissing({ left, leftTrials, missing, folder, isPrunedApart }: Merged): string {
  const shards = missing.length === 0 ? [] : [`shards ${list(missing)} are not among the runs`];
  const numbers = leftTrials.length === 0 ? '' : ` (${list(leftTrials)})`;
  const trials = left === null || left === 0 ? [] : [`${plural(left, 'trial')}${numbers} missing`];
  const facts = [...trials, ...shards];
  const what = facts.length === 0 ? 'some of the runs were cut short' : facts.join('; ');
  const here = isPrunedApart
    ? 'run the rest here, where it is held against the trials of all shards and others may be pruned'
    : 'run the rest here';
  return `not the whole run: ${what}. Merge again with what is missing, or ${here}: ${commandOn('resume', folder)}`;
}

function list(names: readonly (string | number)[]): string {
  return names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ', …' : '');
}
