// `sweepline suite`: several sweeps, one after another, as a nightly job runs them.
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { switchOption } from '../options.js';
import { EXIT_CODES, limitOptions, OUTPUT, outputOptions, runOptions, splitLimits } from '../run-options.js';

const { replicates, seed, data, workers, engine, device, out } = runOptions;

export default defineCommand({
  name: 'suite',
  about:
    'Runs the sweeps of a suite one after another, each into a folder of its own, and writes an index page that ' +
    'links to their reports. With --out on the folder of an interrupted suite it continues: finished trials are kept.',
  arguments: [
    {
      name: 'suite',
      about: 'tour, nightly, or the path of your own suite file (default: list them)',
      optional: true,
    },
  ],
  options: {
    ...{ replicates, seed, data, workers, engine, device },
    out: { ...out, about: "the suite's folder (default: runs/<suite>/<id>); each sweep is a folder in it" },
    ...limitOptions,
    plan: switchOption(OUTPUT, '--plan', 'show what would run, and run nothing'),
    ...outputOptions,
  },
  sections: [['Exit codes', EXIT_CODES]],
  examples: [
    ['sweepline suite', 'the suites there are'],
    ['sweepline suite tour', 'all three sweeps of the study, small'],
    ['sweepline suite nightly --workers 16 --out last-night', 'the study at full size'],
    ['sweepline suite nightly --out last-night', 'the same, continued after an interruption'],
  ],
  async run({ arguments: [typed], options, terminal, commandLine }) {
    const { plan, json = false, quiet = false, report = true, out: folder, ...others } = options;
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
    const where = folder === undefined ? {} : { out: folder };
    return conductSuite({ suite, typed, common, ...where, terminal, json, quiet, report });
  },
});
