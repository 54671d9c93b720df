// `sweepline merge`: puts runs of one sweep together (shards, above all) into a new run folder.
import { SweeplineError } from '../../ground/errors.js';
import { plural } from '../../ground/text.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, option, switchOption } from '../options.js';
import { showPath } from '../paths.js';

export default defineCommand({
  name: 'merge',
  about:
    'Merges runs of one sweep into a new run folder, such as the shards of several machines. The rows are the same ' +
    'bytes as those of a run in one piece. Runs that differ in anything that rows depend on are refused.',
  arguments: [{ name: 'runs', about: 'run folders or run ids', many: true }],
  options: {
    out: option('Where to', '--out <folder>', 'the new run folder (required)', anyText),
    partial: switchOption('Where to', '--partial', 'shards may be missing: exit 0 all the same'),
  },
  examples: [
    ['sweepline merge shard-1 shard-2 shard-3 --out whole', 'three shards made one run'],
    ['sweepline report whole', 'and its report'],
  ],
  sections: [
    [
      'Exit codes',
      '  0    merged\n  1    merged, but shards are missing\n  2    refused: nothing was written',
    ],
  ],
  check: ({ options }) => (options.out === undefined ? ['no --out; expected a new or empty folder'] : []),
  async run({ arguments: runs, options, terminal, commandLine }) {
    const [{ findRun }, { mergeRuns }] = await Promise.all([
      import('../../run/find.js'),
      import('../../sweep/merge.js'),
    ]);
    const folders = await Promise.all(runs.map((run) => findRun(run)));
    const twice = folders.find((folder, i) => folders.indexOf(folder) !== i);
    if (twice !== undefined) throw new SweeplineError('BAD_USAGE', `${twice} is given twice`);
    const merged = await mergeRuns(folders, options.out!, commandLine);
    terminal.say(`${plural(folders.length, 'run')} merged, ${plural(merged.trials, 'trial')}`);
    for (const note of merged.notes) terminal.say(note);
    terminal.print(showPath(merged.folder));
    if (merged.missing.length === 0 || options.partial) return EXIT.done;
    terminal.say(`shards are missing: ${merged.missing.join(', ')} (--partial: they may be)`);
    return EXIT.failed;
  },
});
