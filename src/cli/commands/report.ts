// `sweepline report`: writes a run's tables, figures and page (again). It reads the run's CSVs only.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SweeplineError } from '../../ground/errors.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { CODE_RULE, reportOfRun } from '../named-code.js';
import { anyText, listOption, option, requireNew, sweepOption, switchOption } from '../options.js';
import { showPath } from '../paths.js';

export default defineCommand({
  name: 'report',
  about:
    "Writes a run's tables (summary/), figures (figures/), report.md and report.html from its CSVs. This can " +
    'be repeated: the same run gives the same bytes. The paths of the tables are printed. Where the sweep has no ' +
    'report of its own, the page has how the trials ended, and views over all of them.',
  arguments: [{ name: 'run', about: 'a run folder, a run id, or a sweep for its newest run' }],
  options: {
    sweep: sweepOption,
    report: option('Which report', '--report <file>', "a report file (default: the sweep's own)", anyText),
    choose: listOption(
      'Which report',
      '--choose <name=value>',
      'a choice that the report offers (latent: plane=umap)',
      (text, before: readonly (readonly [string, string])[]) => {
        const [name, value] = text.split(/=(.*)/s);
        if (name && value) return [requireNew(name, before), value] as const;
        throw new SweeplineError('BAD_USAGE', 'expected name=value, such as plane=umap');
      },
    ),
    spreadsheetSafe: switchOption(
      'How it is written',
      '--spreadsheet-safe',
      "in summary/*.csv, put an apostrophe before text that a spreadsheet would run as a formula: text that begins with = + - @, a tab or a line end (default: the exact text; numbers stay numbers; the run's own CSVs are not changed)",
    ),
  },
  sections: [['Code', CODE_RULE]],
  examples: [
    ['sweepline report escape', 'the report of the newest escape run'],
    [
      'sweepline report runs/escape/20261123-221530-ab12 --report my-report.ts',
      'another report on the same run',
    ],
    ['sweepline report latent --choose plane=umap', 'codes embedded with UMAP instead of t-SNE'],
  ],
  async run({ arguments: [run], options, terminal }) {
    const [{ findRun }, { writeRunReport }, { formatFault }] = await Promise.all([
      import('../../run/find.js'),
      import('../../report/load.js'),
      import('../../report/faults.js'),
    ]);
    const path = await findRun(run!);
    const report = options.report === undefined ? await reportOf(path, options.sweep) : urlOf(options.report);
    const written = await writeRunReport(path, {
      ...(report === null ? {} : { report }),
      chosen: Object.fromEntries(options.choose ?? []),
      spreadsheetSafe: options.spreadsheetSafe ?? false,
    });
    for (const table of written.tables) terminal.print(showPath(join(path, table.path)));
    terminal.say(`report: ${showPath(join(path, written.html))}`);
    for (const fault of written.faults) terminal.say(formatFault(fault));
    return written.faults.length === 0 ? EXIT.done : EXIT.failed;
  },
});

function urlOf(file: string): string {
  return pathToFileURL(resolve(file)).href;
}

/** The report of the sweep that --sweep names, or of the run; null where it has none. */
async function reportOf(folder: string, sweep: string | undefined): Promise<string | null> {
  if (sweep === undefined) return reportOfRun(folder);
  const { loadSweep } = await import('../../sweep/definition/load.js');
  const { sweep: found, reportUrl } = await loadSweep(sweep);
  if (reportUrl !== null) return reportUrl;
  throw new SweeplineError('BAD_USAGE', `the sweep "${found.name}" (${sweep}) has no report of its own`, {
    hint: 'give it one (report: new URL(…)), or name one with --report',
  });
}
