// `sweepline sql`: a query over the tables of any number of runs. Reads only, so it may be asked while a run goes on.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SweeplineError } from '../../ground/errors.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { watchInterrupts } from '../interrupts.js';
import { anyText, option, switchOption, wholeNumber } from '../options.js';
import { OUTPUT } from '../run-options.js';
import type { Asking } from '../sql-output.js';

const SHOWN = 40;

const TABLES = `  trials        a trial: run, sweep, trial, key, replicate, seed, <axes…>, status, <metrics…>,
                and the parameters that are no axis
  trials_long   a metric of a trial: run, sweep, trial, key, replicate, status, metric, value, text
  metrics       a step that a trial reported: run, sweep, trial, step, <series…>
  metrics_long  a value that a trial reported: run, sweep, trial, step, series, value
  timings       an attempt: run, sweep, trial, attempt, worker, host, device, queue_ms, run_ms,
                status, error
  schedules     parameters that pbt changes: run, sweep, trial, step, "from", <mutated axes…>
  artifacts     a file that a trial has kept: run, sweep, trial, name, path, bytes
  stages        a trial of a stage: run, sweep, stage, trial, key, replicate, seed, <parameters…>,
                status, <metrics…>
  Runs of several sweeps have all their columns; those that a run lacks are NULL. NaN is NULL,
  because SQL takes it for greater than any number; trials_raw and metrics_raw have it as such.
  Lists and objects are JSON text. Names with other characters than letters, digits and _ stand in
  double quotes: "optimizer.lr".`;

const RULES = `  One statement that reads (SELECT, WITH, FROM, PIVOT, DESCRIBE, SUMMARIZE), in DuckDB's SQL. It
  reaches these tables alone: no file, no network, no extension, no setting. A run that goes on is
  seen as it is at this moment. The table shows ${SHOWN} rows at most, whether or not it is printed on a
  terminal; --csv, --json and --parquet have all of them, with every digit.`;

export default defineCommand({
  name: 'sql',
  about: 'Asks one run or several in SQL. The run folders are not changed.',
  arguments: [
    {
      name: 'runs-and-sql',
      about:
        'run folders, run ids, or sweeps for their newest runs (default: the newest of all); last the SQL, in quotes',
      many: true,
    },
  ],
  options: {
    csv: switchOption(OUTPUT, '--csv', 'all rows as CSV on stdout'),
    json: switchOption(OUTPUT, '--json', 'all rows on stdout, one JSON object a line'),
    parquet: option(OUTPUT, '--parquet <file>', 'all rows into a Parquet file', anyText),
    number: option(
      OUTPUT,
      '-n, --number <N>',
      `most rows that the table shows (default: ${SHOWN})`,
      wholeNumber(1),
    ),
  },
  sections: [
    ['Tables', TABLES],
    ['SQL', RULES],
  ],
  examples: [
    [
      'sweepline sql latent "SELECT latent, avg(test_l1) FROM trials GROUP BY latent ORDER BY latent"',
      'means over replicates, of the newest run of latent',
    ],
    [
      'sweepline sql runs/escape/* "SELECT run, status, count(*) AS n FROM trials GROUP BY ALL" --csv',
      'how trials ended, of every run of escape',
    ],
    ['sweepline sql "DESCRIBE trials"', 'the columns of the newest run'],
    ['sweepline sql latent "FROM metrics" --parquet curves.parquet', 'all curves, for pandas or Polars'],
  ],
  check: ({ arguments: given, options }) => [
    ...findWays(options),
    ...(/[\s(]/.test(given.at(-1)!)
      ? []
      : [`no SQL; expected it last, in quotes: sweepline sql ${given.join(' ')} "SELECT * FROM trials"`]),
  ],
  async run({ arguments: given, options, terminal }) {
    const [{ findNewestRun, findRun }, { mayReadArtifacts, explain, withQuery }, output] = await Promise.all([
      import('../../run/find.js'),
      import('../../export/query.js'),
      import('../sql-output.js'),
    ]);
    const sql = given.at(-1)!;
    const runs = given.slice(0, -1);
    const folders =
      runs.length === 0 ? [await findNewestRun()] : await Promise.all(runs.map((run) => findRun(run)));
    const twice = folders.find((folder, i) => folders.indexOf(folder) !== i);
    if (twice !== undefined) throw new SweeplineError('BAD_USAGE', `${twice} is given twice`);
    let isInterrupted = false;
    let interrupt: () => void = () => undefined;
    const interrupts: NodeJS.Timeout[] = [];
    const unwatch = watchInterrupts(() => {
      isInterrupted = true;
      interrupt();
      // It ends what runs at this moment, and that may be nothing yet.
      interrupts.push(setInterval(() => interrupt(), 50));
    });
    const ask = (writable: readonly string[], answer: (asking: Asking) => Promise<void>) =>
      withQuery(folders, { writable, withArtifacts: mayReadArtifacts(sql) }, async (database) => {
        interrupt = () => database.interrupt();
        try {
          await answer({ database, sql, terminal, isInterrupted: () => isInterrupted });
        } catch (error) {
          throw isInterrupted ? error : await explain(error, database, sql);
        }
      });
    try {
      if (options.parquet !== undefined) await output.writeParquet(options.parquet, ask);
      else if (options.csv) await ask([], output.printCsv);
      else if (options.json) await ask([], output.printJson);
      else await ask([], (asking) => output.printTable(asking, options.number ?? SHOWN));
    } catch (error) {
      if (!isInterrupted) throw error;
    } finally {
      unwatch();
      for (const each of interrupts) clearInterval(each);
    }
    if (!isInterrupted) return EXIT.done;
    terminal.say('interrupted');
    return EXIT.interrupted;
  },
});

interface Ways {
  readonly csv?: true;
  readonly json?: true;
  readonly parquet?: string;
  readonly number?: number;
}

function findWays({ csv, json, parquet, number }: Ways): string[] {
  const ways = [csv && '--csv', json && '--json', parquet !== undefined && '--parquet'].filter(
    (way) => typeof way === 'string',
  );
  return [
    ...(ways.length > 1 ? [`${ways.join(' and ')}: expected one of them`] : []),
    ...(ways.length > 0 && number !== undefined
      ? [`--number and ${ways[0]}: it has all rows; write LIMIT ${number} in the SQL`]
      : []),
    ...(parquet === undefined ? [] : findFileFaults(parquet)),
  ];
}

function findFileFaults(file: string): string[] {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    return [`--parquet ${file}: it is a folder; expected a file`];
  const folder = statSync(dirname(file), { throwIfNoEntry: false });
  return folder?.isDirectory() ? [] : [`--parquet ${file}: there is no folder ${dirname(file)}`];
}
