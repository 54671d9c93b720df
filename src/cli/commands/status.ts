// `sweepline status`: how far a run is. Takes no lock and disturbs no one, so it may be asked while the run goes on.

import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { switchOption } from '../options.js';
import { findQueue, queueOption } from '../queue-options.js';
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
  options: {
    watch: switchOption(
      OUTPUT,
      '--watch',
      'show it every second until the run ends; one line at a time where stderr is no terminal',
    ),
    json: switchOption(OUTPUT, '--json', 'one JSON object on stdout; with --watch one a line'),
    queue: queueOption,
  },
  examples: [
    ['sweepline status', 'the newest run'],
    ['sweepline status --watch', 'until the run ends'],
    ['sweepline status escape --json', 'the newest run of escape, for a program'],
    ['sweepline status --queue redis://10.0.0.5:6379', 'and the hosts that it runs on'],
  ],
  async run({ arguments: [run], options, terminal }) {
    const [{ findNewestRun, findRun }, { showStatus }] = await Promise.all([
      import('../../run/find.js'),
      import('../watch-status.js'),
    ]);
    const { json = false, watch = false } = options;
    const { address: queue } = findQueue(options.queue, true);
    const folder = run === undefined ? await findNewestRun() : await findRun(run);
    await showStatus(folder, { terminal, json, watch, queue });
    return EXIT.done;
  },
});
