// `sweepline explain`: why a trial has the point that it has, and why it was stopped early. Reads only; it computes again
// what the sampler computed then, so it may be asked while the run goes on.
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { CODE_RULE, sweepOf } from '../named-code.js';
import { commandOption, sweepOption, switchOption, wholeNumber } from '../options.js';
import { OUTPUT } from '../run-options.js';

const readTrialNumber = wholeNumber(0);

export default defineCommand({
  name: 'explain',
  about:
    'Tells why a trial has its point: its place in the grid, its draw, the bracket of a bisection, or what a search ' +
    'method knew and how it chose. The method is asked again with the results that it had then, and must propose the ' +
    'same point. Of a pruned trial: the rung, what it had to reach, and against whom; of one that paused, how it went on: ' +
    'rung by rung, or whose weights and parameters it took over (pbt). Nothing is run and nothing written.',
  arguments: [
    { name: 'run', about: 'a run folder, a run id, or a sweep for its newest run' },
    { name: 'trial', about: "the trial's number in trials.csv" },
  ],
  options: {
    sweep: sweepOption,
    command: commandOption,
    json: switchOption(OUTPUT, '--json', 'one JSON object on stdout'),
  },
  sections: [
    [
      'Code',
      `  The sweep's file is loaded only where the sweep has a constraint (where) that the search had to keep to.\n${CODE_RULE}`,
    ],
    [
      'Exit codes',
      '  0    explained\n  1    a search proposes another point today than the run has: its version or the sweep differs\n  2    wrong use',
    ],
  ],
  examples: [
    ['sweepline explain latent 40', 'trial 40 of the newest latent run'],
    ['sweepline explain latent 40 --json', 'the same for a program'],
  ],
  check: ({ arguments: [, trial] }) => {
    try {
      readTrialNumber(trial!);
      return [];
    } catch (error) {
      return [`trial "${trial}": ${(error as Error).message}`];
    }
  },
  async run({ arguments: [run, trial], options, terminal }) {
    const [{ findRun }, { explainTrial }, { renderExplanation }] = await Promise.all([
      import('../../run/find.js'),
      import('../../sweep/explain/explain.js'),
      import('../explain-words.js'),
    ]);
    const folder = await findRun(run!);
    const told = await explainTrial(folder, Number(trial), {
      sweep: () => sweepOf(folder, options),
      forStudy: options.sweep,
    });
    terminal.print(options.json ? JSON.stringify(told) : renderExplanation(told));
    const { origin } = told;
    const isAnother = origin.kind === 'search' && origin.other !== null && !origin.isUnconstrained;
    return isAnother ? EXIT.failed : EXIT.done;
  },
});
