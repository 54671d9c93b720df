// `sweepline suite`: several sweeps, one after another, as a nightly job runs them.

import { type KeepRule, readKeepRule } from '../../nights/prune.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import type { NightCall } from '../nightly.js';
import { anyText, duration, option, switchOption } from '../options.js';
import { EXIT_CODES, limitOptions, OUTPUT, outputOptions, runOptions, splitLimits } from '../run-options.js';

const NIGHTS = 'Nights';

const HOW = `  With --baseline, what each night gave (mean, spread and number of trials of every metric
  of every configuration, and how long trials took) is kept in a folder of small files, which
  may be copied between machines. A metric has moved once nights beyond what those before
  lead to expect have lasted: two where 49 or more came before, three from 18 on, four from
  11 on; where every night gave the same number, as seeds make it, at once. Fewer than 8
  nights are too little history otherwise. Better is never a failure. Times are compared on
  machines of one kind, beyond 10 %. What got worse is run again first: numbers once, times
  until three of four repeats agree. The suite's folder has night.html, night.md, night.json,
  nights.csv and junit.xml.
  A change that is meant is accepted with \`sweepline accept\`.`;

const { replicates, seed, data, workers, engine, device, out } = runOptions;

export default defineCommand({
  name: 'suite',
  about:
    'Runs the sweeps of a suite one after another, each into a folder of its own, and writes an index page that ' +
    'links to their reports. With --out on the folder of an interrupted suite it continues: finished trials are kept.',
  arguments: [
    {
      name: 'suite',
      about: 'tour, nightly, nightly-small, or the path of your own suite file (default: list them)',
      optional: true,
    },
  ],
  options: {
    ...{ replicates, seed, data, workers, engine, device },
    out: { ...out, about: "the suite's folder (default: runs/<suite>/<id>); each sweep is a folder in it" },
    ...limitOptions,
    baseline: option(
      NIGHTS,
      '--baseline <folder|last:N>',
      'keep this night in the history in that folder and compare it with the nights there (last:N: with the last N of the folder nights)',
      anyText,
    ),
    keep: option(
      NIGHTS,
      '--keep <rule>',
      'which nights the history keeps: the last of so many days, weeks and months, such as 30d,12w,24m (default: all)',
      readKeepRule,
    ),
    notify: option(
      NIGHTS,
      '--notify <URL>',
      'tell a webhook what the night came to: JSON, or a text for Slack',
      anyText,
    ),
    budget: option(
      NIGHTS,
      '--budget <time>',
      'end after so long, such as 5h: what runs is asked to stop, what is done is judged',
      duration,
    ),
    confirm: option(
      NIGHTS,
      '--confirm <time|off>',
      'run what got worse again before the night fails, for at most so long (default: a quarter of the time its trials took, at least 2m)',
      (text) => (text === 'off' ? 0 : duration(text)),
    ),
    plan: switchOption(OUTPUT, '--plan', 'show what would run, and run nothing'),
    ...outputOptions,
  },
  sections: [
    ['Nights', HOW],
    ['Exit codes', `${EXIT_CODES}\n  3   worse than the nights before (with --baseline)`],
  ],
  examples: [
    ['sweepline suite', 'the suites there are'],
    ['sweepline suite tour', 'all three sweeps of the study, small'],
    ['sweepline suite nightly --workers 16 --out last-night', 'the study at full size'],
    ['sweepline suite nightly --out last-night', 'the same, continued after an interruption'],
    [
      'sweepline suite nightly --baseline nights --keep 30d,12w,24m',
      'a nightly job: exit code 3 when it got worse',
    ],
  ],
  check: ({ options: { baseline, keep, notify, confirm } }) => {
    const given = { '--keep': keep, '--notify': notify, '--confirm': confirm };
    const alone = Object.entries(given).filter(([, value]) => value !== undefined);
    return baseline === undefined
      ? alone.map(([name]) => `${name} needs --baseline: there is no history without it`)
      : [];
  },
  async run({ arguments: [typed], options, terminal, commandLine }) {
    const { plan, json = false, quiet = false, report = true, out: folder, ...rest } = options;
    const { baseline, keep, notify, confirm, budget, ...others } = rest;
    const [limits, given] = splitLimits(others);
    const { listShippedSuites, loadSuite } = await import('../../suite/load.js');
    if (typed === undefined) {
      const suites = await listShippedSuites();
      terminal.print(suites.map(({ name, title, about }) => `${name}: ${title}\n  ${about}`).join('\n'));
      return EXIT.done;
    }
    const suite = await loadSuite(typed);
    const common = {
      ...given,
      ...limits,
      command: commandLine,
    };
    if (plan) {
      const [{ renderPlan, renderTotal }, { planSuite, requestsOf }] = await Promise.all([
        import('../plan-table.js'),
        import('../../suite/run.js'),
      ]);
      const requests = requestsOf({ suite, common }, folder ?? '');
      const plans = await planSuite(
        folder === undefined ? requests.map(({ out: _, ...rest }) => rest) : requests,
      );
      terminal.print(
        json
          ? plans.map((each) => JSON.stringify(each)).join('\n')
          : [...plans.map(renderPlan), renderTotal(plans)].join('\n\n'),
      );
      return EXIT.done;
    }
    const { conductSuite } = await import('../suite.js');
    const night =
      baseline === undefined ? {} : { night: await readNight({ baseline, keep, notify, confirm }) };
    const where = folder === undefined ? {} : { out: folder };
    return conductSuite({
      suite,
      typed,
      common,
      ...where,
      ...night,
      ...(budget === undefined ? {} : { budgetMs: budget }),
      terminal,
      json,
      quiet,
      report,
    });
  },
});

interface NightOptions {
  readonly baseline: string;
  readonly keep: KeepRule | undefined;
  readonly notify: string | undefined;
  readonly confirm: number | undefined;
}

async function readNight({ baseline, keep, notify, confirm }: NightOptions): Promise<NightCall> {
  const [{ readBaseline }, { readWebhook }] = await Promise.all([
    import('../nightly.js'),
    import('../../nights/notify.js'),
  ]);
  const webhook = notify === undefined ? undefined : readWebhook(notify);
  return { baseline: readBaseline(baseline), keep, webhook, confirmMs: confirm };
}
