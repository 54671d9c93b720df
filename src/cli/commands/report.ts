// `sweepline report`: writes a run's tables, figures and page (again). It reads the run's CSVs only.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SweeplineError } from '../../ground/errors.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, listOption, option } from '../options.js';
import { showPath } from '../paths.js';

export default defineCommand({
  name: 'report',
  about:
    "Writes a run's tables (summary/), figures (figures/), report.md and report.html from its CSVs. It may be written as " +
    'often as one likes: the same run gives the same bytes. The paths of the tables are printed.',
  arguments: [{ name: 'run', about: 'a run folder, a run id, or a sweep for its newest run' }],
  options: {
    report: option('Which report', '--report <file>', "a report file (default: the sweep's own)", anyText),
    choose: listOption(
      'Which report',
      '--choose <name=value>',
      "one of the report's choices (latent: plane=umap)",
      (text) => {
        const [name, value] = text.split(/=(.*)/s);
        if (name && value) return [name, value] as const;
        throw new SweeplineError('BAD_USAGE', 'expected name=value, such as plane=umap');
      },
    ),
  },
  examples: [
    ['sweepline report escape', 'the report of the newest escape run'],
    [
      'sweepline report runs/escape/20261123-221530-ab12 --report my-report.ts',
      'another report on the same run',
    ],
    ['sweepline report latent --choose plane=umap', 'codes placed by UMAP in place of t-SNE'],
  ],
  async run({ arguments: [run], options, terminal }) {
    const [{ findRun }, { openRunFolder }, { loadReport }, { writeReport }] = await Promise.all([
      import('../../run/find.js'),
      import('../../run/folder.js'),
      import('../load-report.js'),
      import('../../report/write.js'),
    ]);
    const { path, manifest } = await openRunFolder(await findRun(run!));
    const url =
      options.report === undefined ? manifest.reportUrl : pathToFileURL(resolve(options.report)).href;
    if (url === null) {
      throw new SweeplineError('BAD_USAGE', `the sweep "${manifest.sweep}" has no report of its own`, {
        hint: 'name a report file with --report, or give the sweep one (report: new URL(…))',
      });
    }
    const written = await writeReport(path, await loadReport(url), Object.fromEntries(options.choose ?? []));
    for (const table of written.tables) terminal.print(showPath(join(path, table.path)));
    terminal.say(`report: ${showPath(join(path, written.html))}`);
    return EXIT.done;
  },
});
