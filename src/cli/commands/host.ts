// `sweepline host`: runs trials of the runs on a queue, on this machine, until it is told to leave.
import { SweeplineError } from '../../ground/errors.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, duration, option, readDevices, switchOption, wholeNumber } from '../options.js';
import { findQueue, QUEUE_SECRETS, queueOption } from '../queue-options.js';

const WHAT = 'What it runs';

export default defineCommand({
  name: 'host',
  about:
    'Runs trials of the runs on a queue on this machine: any number of hosts may come and go. The sweep’s files ' +
    'must be here too, with the same code; the coordinator (`sweepline run … --queue`) keeps all results. SIGTERM or Ctrl-C: it ' +
    'finishes what it runs, and leaves; once more: it gives back what it runs.',
  arguments: [],
  options: {
    queue: queueOption,
    threads: option(
      WHAT,
      '--threads <N>',
      'worker threads, on each device (default: one per core)',
      wholeNumber(1),
    ),
    devices: option(
      WHAT,
      '--devices <list>',
      'GPUs to train on, each in a process of its own: cuda:0,cuda:1, or auto for all of this machine',
      readDevices,
    ),
    name: option(WHAT, '--name <text>', 'name of the host in tables (default: that of the machine)', anyText),
    sweeps: option(
      WHAT,
      '--sweeps <folder>',
      'where the sweeps’ files are, as they are in the coordinator’s working directory (default: the working directory)',
      anyText,
    ),
    data: option(WHAT, '--data <folder|name>', 'the data set (default: the one that the run names)', anyText),
    share: option(
      WHAT,
      '--share <folder>',
      'a folder that the coordinator sees too, for artifacts and checkpoints that are too large for the queue',
      anyText,
    ),
    acceptShipped: switchOption(
      WHAT,
      '--accept-shipped',
      'run code and command lines that come through the queue (`sweepline run … --ship`, --command): whoever can write to it can then run anything here',
    ),
    drain: option(WHAT, '--drain <time>', 'give back what still runs this long after SIGTERM', duration),
  },
  sections: [['Environment', QUEUE_SECRETS]],
  examples: [
    ['sweepline host --queue redis://10.0.0.5:6379', 'all cores of this machine'],
    ['sweepline host --queue env --threads 2 --devices auto', 'two threads on each GPU'],
    ['sweepline host --queue env --sweeps /srv/project --drain 20s', 'the project is elsewhere here'],
  ],
  async run({ options, terminal }) {
    const { queue, drain, threads, devices = [], name, acceptShipped = false, ...folders } = options;
    const { address, secret } = findQueue(queue);
    if (address === undefined)
      throw new SweeplineError('BAD_USAGE', 'no queue; expected --queue or SWEEPLINE_QUEUE', {
        hint: 'sweepline host --queue redis://host:6379',
      });
    const [
      { availableParallelism, hostname },
      { openQueueHost },
      { findDevices },
      { systemClock },
      { watchInterrupts },
    ] = await Promise.all([
      import('node:os'),
      import('../../queue/host.js'),
      import('../../queue/devices.js'),
      import('../../ground/clock.js'),
      import('../interrupts.js'),
    ]);
    const { sweeps, data, share } = folders;
    const host = await openQueueHost({
      ...{ address, secret, sweeps, data, share, acceptShipped },
      name: name ?? hostname(),
      threads: threads ?? availableParallelism(),
      devices: await findDevices(devices),
      say: terminal.say,
      onLine: terminal.say,
      now: () => systemClock.now(),
    });
    terminal.say(`host ${host.name} takes trials from ${address.shown}; Ctrl-C ends it`);
    let timer: NodeJS.Timeout | undefined;
    const unwatch = watchInterrupts((times) => {
      if (times > 2) process.exit(EXIT.interrupted);
      terminal.say(
        times > 1
          ? 'Leaving: what runs is given back.'
          : 'Leaving: what runs is finished, nothing new is taken (once more gives it back).',
      );
      host.leave();
      if (drain !== undefined && timer === undefined) timer = setTimeout(() => host.leave(), drain);
    });
    await host.done;
    clearTimeout(timer);
    unwatch();
    return EXIT.done;
  },
});
