// `sweepline status`: how far a run is. Takes no lock and disturbs no one, so it may be asked while the run goes on.

import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { switchOption } from '../options.js';
import { OUTPUT } from '../run-options.js';

export default defineCommand({
  name: 'status',
  about:
    'Shows the progress of a run and whether a process is working on it. It can be called during the run.',
  arguments: [
    {
      name: 'run',
      about: 'a run folder, a run id, or a sweep for its newest run (default: the newest of all)',
      optional: true,
    },
  ],
  options: { json: switchOption(OUTPUT, '--json', 'one JSON object on stdout') },
  examples: [
    ['sweepline status', 'the newest run'],
    ['sweepline status escape --json', 'the newest run of escape, for a program'],
  ],
  async run({ arguments: [run], options, terminal }) {
    const [{ findNewestRun, findRun }, { readRunStatus }, { renderStatus, statusToJson }] = await Promise.all(
      [import('../../run/find.js'), import('../../run/status.js'), import('../plan-table.js')],
    );
    const status = await readRunStatus(run === undefined ? await findNewestRun() : await findRun(run));
    terminal.print(options.json ? JSON.stringify(statusToJson(status)) : renderStatus(status));
    return EXIT.done;
  },
});
