// `sweepline accept`: a change in the nights of a suite is as it should be.
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, option } from '../options.js';

const WHICH = 'Which nights';

export default defineCommand({
  name: 'accept',
  about:
    'Accepts what a metric has done in the nights of a suite: from the night of its change on, what it gives is the ' +
    'baseline. The nights before are kept, and no longer count for it.',
  arguments: [
    {
      name: 'metric',
      about:
        'loss, or of one run latent/loss, or of one configuration "latent/loss/latent=16"; may be several',
      many: true,
    },
  ],
  options: {
    why: option('Why', '--why <text>', 'the reason, which is kept', anyText),
    baseline: option(WHICH, '--baseline <folder>', 'the folder of the history (default: nights)', anyText),
    suite: option(WHICH, '--suite <name>', 'the suite (default: the only one of the history)', anyText),
    since: option(
      WHICH,
      '--since <night>',
      'the first night that counts (default: the one in which the metric changed)',
      anyText,
    ),
  },
  examples: [
    ['sweepline accept latent/kmeans_accuracy --why "new initialisation, see the paper"', 'of one run'],
    ['sweepline accept run_ms --why "slower on purpose: more epochs" --baseline history', 'of all runs'],
  ],
  check: ({ options: { why } }) =>
    why === undefined || why.trim() === ''
      ? ['--why: expected the reason; whoever reads it later asks for it']
      : [],
  async run({ arguments: metrics, options: { why, baseline, suite, since }, terminal }) {
    const [{ acceptChanges }, { systemClock }] = await Promise.all([
      import('../../nights/accept.js'),
      import('../../ground/clock.js'),
    ]);
    const history = baseline ?? 'nights';
    const changes = await acceptChanges({ history, suite, metrics, why: why!, since }, systemClock);
    for (const { metric, since: from } of changes) terminal.say(`${metric}: accepted from night ${from} on`);
    return EXIT.done;
  },
});
