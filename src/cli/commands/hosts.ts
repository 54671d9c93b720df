// `sweepline hosts`: who is there on a queue, what each runs and since when, and which runs there are.
import { SweeplineError } from '../../ground/errors.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, option, switchOption } from '../options.js';
import { findQueue, QUEUE_SECRETS, queueOption } from '../queue-options.js';
import { OUTPUT } from '../run-options.js';

export default defineCommand({
  name: 'hosts',
  about: 'Lists the hosts of a queue, what each runs and since when, and the runs on the queue.',
  arguments: [],
  options: {
    queue: queueOption,
    forget: option(
      'What is there',
      '--forget <run>',
      'remove a run whose coordinator is gone for good, with what waits of it',
      anyText,
    ),
    json: switchOption(OUTPUT, '--json', 'one JSON object on stdout'),
  },
  sections: [['Environment', QUEUE_SECRETS]],
  examples: [
    ['sweepline hosts --queue redis://10.0.0.5:6379', 'who is there'],
    ['sweepline hosts --queue env --json', 'the same for a program'],
  ],
  async run({ options: { queue, forget, json = false }, terminal }) {
    const { address } = findQueue(queue);
    if (address === undefined)
      throw new SweeplineError('BAD_USAGE', 'no queue; expected --queue or SWEEPLINE_QUEUE', {
        hint: 'sweepline hosts --queue redis://host:6379',
      });
    const [{ forgetRun, readQueueState }, { renderHosts, toJson }, { systemClock }] = await Promise.all([
      import('../../queue/state.js'),
      import('../host-table.js'),
      import('../../ground/clock.js'),
    ]);
    if (forget !== undefined) await forgetRun(address, forget);
    const state = await readQueueState(address);
    terminal.print(json ? JSON.stringify(toJson(state)) : renderHosts(state, systemClock.now()));
    return EXIT.done;
  },
});
