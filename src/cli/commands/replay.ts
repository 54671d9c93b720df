// `sweepline replay`: one trial again, alone, for whoever wants to know why it failed.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { CODE_RULE, sweepOf } from '../named-code.js';
import { commandOption, sweepOption, wholeNumber } from '../options.js';

const readTrial = wholeNumber(0);

export default defineCommand({
  name: 'replay',
  about:
    'Runs one trial of a run again, alone and in this process: same parameters, same seed, same numbers. The run itself ' +
    'is not changed. The row of trials.csv is printed; an error is shown with its stack. A pruned trial runs to its end; one ' +
    'that went on from the weights of another (pbt) is refused.',
  arguments: [
    { name: 'run', about: 'a run folder, a run id, or a sweep for its newest run' },
    { name: 'trial', about: "the trial's number in trials.csv" },
  ],
  options: { sweep: sweepOption, command: commandOption },
  sections: [
    ['Code', CODE_RULE],
    ['Exit codes', '  0    the trial ended ok\n  1    it failed\n  2    wrong use: nothing was started'],
  ],
  examples: [['sweepline replay escape 4711', 'trial 4711 of the newest escape run']],
  check: ({ arguments: [, trial] }) => {
    try {
      readTrial(trial!);
      return [];
    } catch (error) {
      return [`trial "${trial}": ${(error as Error).message}`];
    }
  },
  async run({ arguments: [run, trial], options, terminal }) {
    const [{ findRun }, { replayTrial }] = await Promise.all([
      import('../../run/find.js'),
      import('../../sweep/verify/replay.js'),
    ]);
    const path = await findRun(run!);
    const { csv, note, folder } = await replayTrial(path, Number(trial), {
      sweep: await sweepOf(path, options),
      onLine: terminal.say,
    });
    terminal.print(csv);
    const artifacts = await readdir(join(folder, 'artifacts')).catch(() => []);
    if (artifacts.length > 0) terminal.say(`artifacts: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
    if (note === undefined) return EXIT.done;
    terminal.say(
      `trial ${trial} ${note.status}: ${note.error?.stack ?? note.error?.message ?? 'no error was kept'}`,
    );
    return EXIT.failed;
  },
});
