// `sweepline compare`: runs or suites against a baseline, cell by cell. Reads only, and writes nothing but what --out names.
import type { ToleranceParts } from '../../trial/tolerance.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import {
  anyText,
  listOption,
  option,
  readLevel,
  readMetricTolerance,
  switchOption,
  wholeNumber,
} from '../options.js';
import { showPath } from '../paths.js';
import { OUTPUT } from '../run-options.js';

const WHAT = 'What counts';
const SHOWN = 20;
/** B to Z. */
const MOST = 26;

const VERDICTS = `  same     no difference, none beyond the tolerance, or none beyond noise
  better   it moved towards its goal; worse: away from it; moved: it has no goal
  noisy    it moved by more than its tolerance, and nothing tells that from noise
  failing  a trial that ended ok in A did not in B; fixed: the other way round
  new      only B has the configuration; gone: only A has it`;

const METHOD = `  Configurations are the same where all parameters are equal; trials of one that have the
  same seed in both runs are pairs. With two replicates or more: Student's test of the pairs,
  else Welch's; of booleans McNemar's or Fisher's exact test. p-values are adjusted over all
  cells of two runs (Benjamini and Hochberg), times by themselves. A difference counts where
  p < --level and it is larger than the tolerance. With single replicates the tolerance alone
  decides (0 is one: then any difference counts); without one the cell is noisy. A metric
  whose replicates never differ does not depend on the seed: any difference counts.
  Effects are Hedges' g. Times count on the same machine only, beyond 10 % (--tolerance run_ms=20%).`;

export default defineCommand({
  name: 'compare',
  about:
    'Compares runs with the first of them, the baseline: which metrics moved beyond noise and tolerance, which trials ' +
    'newly fail, which configurations are new or gone, and whether it became slower. Of suites and folders of runs, ' +
    'those of the same name are compared. Every other argument is compared with the first.',
  arguments: [
    {
      name: 'baseline',
      about: 'a run folder, a run id, a sweep for its newest run, a suite, or a folder of runs',
    },
    { name: 'other', about: 'what to compare with it; may be several', many: true },
  ],
  options: {
    tolerance: listOption(
      WHAT,
      '--tolerance <metric=x>',
      "how far a metric may move: an amount (accuracy=0.01) or a percentage of the baseline (loss=5%), the larger of both where both are given; may be repeated (default: the worker's declaration)",
      readMetricTolerance,
    ),
    objective: listOption(
      WHAT,
      '--objective <metric:goal>',
      "a metric and min or max, in place of the worker's goal; may be repeated",
      anyText,
    ),
    ignore: listOption(
      WHAT,
      '--ignore <parameter>',
      'a parameter that may differ, where it has a single value in each run; may be repeated',
      anyText,
    ),
    level: option(
      WHAT,
      '--level <p>',
      'the rate of false discoveries that is put up with (default: 0.05)',
      readLevel,
    ),
    number: option(
      OUTPUT,
      '-n, --number <N>',
      `how many changes to show (default: ${SHOWN})`,
      wholeNumber(1),
    ),
    out: option(
      OUTPUT,
      '--out <folder>',
      'write compare.csv, compare.md, compare.json and the page compare.html into a folder that is new, empty, or holds an earlier comparison',
      anyText,
    ),
    json: switchOption(OUTPUT, '--json', 'one JSON object on stdout'),
    csv: switchOption(OUTPUT, '--csv', 'compare.csv of two runs on stdout'),
  },
  sections: [
    ['Verdicts', VERDICTS],
    ['Method', METHOD],
    [
      'Exit codes',
      '  0   same as the baseline, or better\n  2   wrong use, or runs that have nothing in common: nothing was written\n  3   worse: a metric, newly failing trials, or slower',
    ],
  ],
  examples: [
    [
      'sweepline compare runs/latent/20261123-221530-ab12 latent',
      'the newest latent run against an earlier one',
    ],
    ['sweepline compare old new --tolerance accuracy=0.01 --tolerance loss=5%', 'what may be put up with'],
    ['sweepline compare runs/tour/20261123-220000-aaaa tour --out night', 'suites, as files and a page'],
  ],
  check: ({ arguments: typed, options }) => [
    ...(typed.length > MOST ? [`${typed.length} arguments; expected at most ${MOST}`] : []),
    ...(options.json && options.csv ? ['--json and --csv: expected one of both'] : []),
  ],
  async run({ arguments: typed, options, terminal }) {
    const [{ compareRuns }, { checkCompareFolder, writeComparison }, { toJson }, { renderCompared }] =
      await Promise.all([
        import('../../compare/compare.js'),
        import('../../compare/files.js'),
        import('../../compare/json.js'),
        import('../compare-table.js'),
      ]);
    const { tolerance = [], objective, ignore, level, number = SHOWN, out } = options;
    if (out !== undefined) await checkCompareFolder(out);
    const comparison = await compareRuns(typed, {
      tolerances: joinTolerances(tolerance),
      ...(objective === undefined ? {} : { objectives: objective }),
      ...(ignore === undefined ? {} : { ignore }),
      ...(level === undefined ? {} : { level }),
    });
    if (options.csv) {
      const { singleRun } = await import('../../compare/rows.js');
      for (const row of singleRun(comparison)) terminal.print(row);
    } else if (options.json) terminal.print(JSON.stringify(toJson(comparison)));
    else terminal.print(renderCompared(comparison, { number, width: terminal.width }));
    if (out !== undefined) {
      const written = await writeComparison(out, comparison);
      terminal.say(`comparison: ${showPath(written.at(-1)!)}`);
    }
    return comparison.isWorse ? EXIT.regression : EXIT.done;
  },
});

function joinTolerances(given: readonly (readonly [string, ToleranceParts])[]): Map<string, ToleranceParts> {
  const joined = new Map<string, ToleranceParts>();
  for (const [metric, parts] of given) joined.set(metric, { ...joined.get(metric), ...parts });
  return joined;
}
