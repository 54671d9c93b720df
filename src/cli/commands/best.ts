// `sweepline best`: the best configurations of a run, and which parameters matter. Reads only, so it may be asked while
// the run goes on, of one that was stopped, and of a shard.
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, listOption, option, switchOption, wholeNumber } from '../options.js';
import { commandOn } from '../paths.js';
import { OUTPUT } from '../run-options.js';

const ASKED = 'What is best';
const SHOWN = 10;

export default defineCommand({
  name: 'best',
  about:
    'Shows the best configurations of a run: the mean over replicates with its 95 % interval, whether the best differs ' +
    'from the next beyond noise (Welch’s t-test), and which parameters matter. It can be called during the run.',
  arguments: [
    {
      name: 'run',
      about: 'a run folder, a run id, or a sweep for its newest run (default: the newest of all)',
      optional: true,
    },
  ],
  options: {
    objective: listOption(
      ASKED,
      '--objective <metric[:goal]>',
      'a metric and min or max; several give Pareto fronts (default: what the sweep declares, else the first metric with a goal)',
      anyText,
    ),
    where: listOption(
      ASKED,
      '--where <condition>',
      "what a metric must hold, such as 'memory <= 2e9'; configurations that do not come last; may be repeated",
      anyText,
    ),
    number: option(
      OUTPUT,
      '-n, --number <N>',
      `how many to show (default: ${SHOWN}; with --csv: all)`,
      wholeNumber(1),
    ),
    json: switchOption(OUTPUT, '--json', 'one JSON object on stdout'),
    csv: switchOption(OUTPUT, '--csv', 'the columns of summary/best.csv on stdout'),
  },
  examples: [
    ['sweepline best', 'of the newest run'],
    ['sweepline best escape --objective peak:max -n 3', 'the three highest peaks'],
    ['sweepline best latent --objective test_loss --objective seconds:min --csv', 'Pareto fronts, as CSV'],
  ],
  check: ({ options }) => (options.json && options.csv ? ['--json and --csv: expected one of both'] : []),
  async run({ arguments: [run], options, terminal }) {
    const [{ findNewestRun, findRun }, { askRun, requireObjective }, { bestRows }, { renderBest }] =
      await Promise.all([
        import('../../run/find.js'),
        import('../../answer/answer.js'),
        import('../../answer/tables.js'),
        import('../best-table.js'),
      ]);
    const limit = options.number ?? (options.csv ? Number.POSITIVE_INFINITY : SHOWN);
    const folder = run === undefined ? await findNewestRun() : await findRun(run);
    const { objective: objectives = [], where = [] } = options;
    const asked = await askRun(folder, { objectives, where, limit });
    requireObjective(asked);
    const replay = commandOn('replay', folder);
    // One that has gone on from another one cannot be run alone.
    const { parked } = asked.status.state.epoch;
    const replayOf = (trial: number) => (parked.hasTakenOver(trial) ? null : `${replay} ${trial}`);
    const best = asked.answer.best.map((each) => ({ ...each, replay: replayOf(each.trial) }));
    if (options.json) terminal.print(JSON.stringify({ ...asked.answer, best }));
    else if (options.csv) for (const row of bestRows(asked, limit)) terminal.print(row);
    else {
      terminal.print(renderBest(asked, terminal.width));
      const alone = best.find((each) => each.replay !== null);
      if (alone !== undefined) terminal.print(`Replay one by its trial: ${alone.replay}`);
      const other = best.find((each) => each.replay === null);
      if (other !== undefined)
        terminal.print(`Whose weights a trial has: ${commandOn('explain', folder)} ${other.trial}`);
    }
    return asked.answer.first > 0 ? EXIT.done : EXIT.failed;
  },
});
