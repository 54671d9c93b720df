// `sweepline export`: the finished trials of a run for the programs of others. Reads only, so it may be asked while the run
// goes on.
import type { Format } from '../../export/export.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, listOption, option, switchOption } from '../options.js';
import { showPath } from '../paths.js';

const FORMAT = 'Format (one of them)';

const WHAT = `  --parquet        trials.parquet, metrics.parquet and timings.parquet: the columns of
                   \`sweepline sql\`'s tables, NaN as such, every digit; of pbt schedules.parquet too
  --optuna         journal.log for JournalStorage(JournalFileBackend(…)): a study with its
                   distributions; trials with parameters, objectives, intermediate values (of the
                   series that is called like the first objective, else of the first series), key,
                   replicate, seed and other metrics. A trial whose objective is NaN failed there
  --tensorboard    a folder per trial: series/… and metrics/… as scalars (32 bits, as TensorBoard
                   has them), parameters for HParams, where replicates are one group; texts are
                   left out
  --wandb-offline  an offline run per trial for \`wandb sync\`: the sweep is the project, the run
                   the group
  The journal keeps how long a trial ran, and no time of day: trials begin with their run there.
  Folders of trials: 10,000 at most.`;

export default defineCommand({
  name: 'export',
  about: 'Writes the finished trials of a run for other programs. The run folder is not changed.',
  arguments: [
    {
      name: 'run',
      about: 'a run folder, a run id, or a sweep for its newest run (default: the newest of all)',
      optional: true,
    },
  ],
  options: {
    parquet: switchOption(FORMAT, '--parquet', 'Parquet files, for pandas, Polars, DuckDB or R'),
    optuna: switchOption(FORMAT, '--optuna', 'a journal of Optuna'),
    tensorboard: switchOption(FORMAT, '--tensorboard', 'a log directory of TensorBoard'),
    wandbOffline: switchOption(FORMAT, '--wandb-offline', 'offline runs of Weights & Biases'),
    objective: listOption(
      'What is best',
      '--objective <metric[:goal]>',
      'for --optuna: a metric and min or max; may be repeated (default: what the sweep declares, else the first metric with a goal)',
      anyText,
    ),
    out: option(
      'Where to',
      '--out <folder>',
      'a new or empty folder (default: <run id>-<format> in the working directory)',
      anyText,
    ),
  },
  sections: [['What is written', WHAT]],
  examples: [
    [
      'sweepline export latent --parquet --out tables',
      'then in Python: pd.read_parquet("tables/trials.parquet")',
    ],
    ['sweepline export latent --optuna --objective test_l1:min', 'a study for Optuna and its dashboard'],
    ['sweepline export latent --tensorboard --out logs', 'then: tensorboard --logdir logs'],
  ],
  check: ({ options }) => {
    const formats = formatsOf(options);
    return [
      ...(formats.length === 1
        ? []
        : [
            `${formats.length === 0 ? 'no format' : formats.map((format) => FLAGS[format]).join(' and ')}; expected one of ${Object.values(FLAGS).join(', ')}`,
          ]),
      ...(options.objective !== undefined && !options.optuna
        ? ['--objective: of --optuna alone; other formats have every metric']
        : []),
    ];
  },
  async run({ arguments: [run], options, terminal }) {
    const [{ findNewestRun, findRun }, { exportRun }] = await Promise.all([
      import('../../run/find.js'),
      import('../../export/export.js'),
    ]);
    const exported = await exportRun(run === undefined ? await findNewestRun() : await findRun(run), {
      format: formatsOf(options)[0]!,
      ...(options.out === undefined ? {} : { out: options.out }),
      ...(options.objective === undefined ? {} : { objectives: options.objective }),
    });
    terminal.print(showPath(exported.folder));
    terminal.say(exported.what);
    return EXIT.done;
  },
});

const FLAGS: Readonly<Record<Format, string>> = {
  parquet: '--parquet',
  optuna: '--optuna',
  tensorboard: '--tensorboard',
  wandb: '--wandb-offline',
};

interface Formats {
  readonly parquet?: true;
  readonly optuna?: true;
  readonly tensorboard?: true;
  readonly wandbOffline?: true;
}

function formatsOf({ parquet, optuna, tensorboard, wandbOffline }: Formats): Format[] {
  const given = { parquet, optuna, tensorboard, wandb: wandbOffline };
  return (Object.keys(given) as Format[]).filter((format) => given[format]);
}
