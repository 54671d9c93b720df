// `sweepline verify`: a sample of a run's trials once more, elsewhere or otherwise, and every cell compared.
import { formatCount, plural } from '../../ground/text.js';
import type { Verification } from '../../sweep/verify/verify.js';
import { renderColumns } from '../columns.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { watchInterrupts } from '../interrupts.js';
import { CODE_RULE, sweepOf } from '../named-code.js';
import {
  commandOption,
  listOption,
  oneOf,
  option,
  readDevice,
  readSampleSize,
  readTolerance,
  sweepOption,
  switchOption,
  wholeNumber,
} from '../options.js';
import { showPath } from '../paths.js';
import { OUTPUT } from '../run-options.js';

const WHAT = 'What is compared';
const HOW = 'How they run again';
const SHOWN = 20;

export default defineCommand({
  name: 'verify',
  about:
    'Runs a sample of the finished trials of a run again, with another number of workers and in other blocks, and ' +
    'compares every cell of trials.csv and metrics.csv. The sample is the same each time. Failed trials must fail again; ' +
    'those that timed out, were pruned or skipped, or went on from the weights of others (pbt) are left out. The run ' +
    'itself is not changed.',
  arguments: [{ name: 'run', about: 'a run folder, a run id, or a sweep for its newest run' }],
  options: {
    sample: option(
      WHAT,
      '--sample <N|P%>',
      'how many trials, or a percentage of them (default: 20)',
      readSampleSize,
    ),
    tolerance: listOption(
      WHAT,
      '--tolerance <metric=x>',
      'how far apart the numbers of a metric or series may be, in parts of the larger one; may be repeated (default: 0, and 1e-3 on another engine or device)',
      readTolerance,
    ),
    workers: option(
      HOW,
      '--workers <N>',
      'worker threads (default: another number than the run had)',
      wholeNumber(1),
    ),
    engine: option(HOW, '--engine <name>', 'another training engine: onnx or tfjs', oneOf('onnx', 'tfjs')),
    device: option(HOW, '--device <name>', 'another device: auto, cpu, webgpu, cuda or cuda:<i>', readDevice),
    sweep: sweepOption,
    command: commandOption,
    json: switchOption(OUTPUT, '--json', 'one JSON object on stdout'),
  },
  sections: [
    ['Code', CODE_RULE],
    [
      'Exit codes',
      '  0    every cell is the same\n  1    cells differ\n  2    wrong use: nothing was started\n  130  interrupted',
    ],
  ],
  examples: [
    ['sweepline verify latent', '20 trials of the newest latent run'],
    ['sweepline verify escape --sample 5% --workers 8', 'a twentieth of them on eight threads'],
    ['sweepline verify latent --engine tfjs --tolerance loss=1e-4', 'the same on another engine'],
  ],
  async run({ arguments: [run], options, terminal }) {
    const [{ findRun }, { verifyRun }, { createProgressView }] = await Promise.all([
      import('../../run/find.js'),
      import('../../sweep/verify/verify.js'),
      import('../watch.js'),
    ]);
    const { json = false, tolerance = [], command, ...rest } = options;
    const folder = await findRun(run!);
    const sweep = await sweepOf(folder, { sweep: rest.sweep, command });
    const stop = new AbortController();
    const unwatch = watchInterrupts(() => stop.abort());
    const view = await createProgressView(terminal);
    try {
      const made = await verifyRun(
        folder,
        { ...rest, sweep, tolerance: Object.fromEntries(tolerance) },
        {
          signal: stop.signal,
          onLine: terminal.say,
          onProgress: ({ total, done, running, differing }) =>
            view.show({
              ...{ total, done, running, failed: 0, rate: 0, etaMs: null, elapsedMs: 0 },
              metric: `${formatCount(differing)} different`,
            }),
        },
      );
      view.close();
      terminal.print(json ? JSON.stringify(made) : renderVerification(made));
      if (made.interrupted) return EXIT.interrupted;
      return made.differingCells === 0 ? EXIT.done : EXIT.failed;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      terminal.say('Interrupted before a trial was compared');
      return EXIT.interrupted;
    } finally {
      view.close();
      unwatch();
    }
  },
});

function renderVerification(made: Verification): string {
  const { sweep, folder, trials, of, cells, differingTrials, differingCells, differences } = made;
  const { workers, engine, device, tolerance, leftOut, interrupted } = made;
  const where = engine === 'none' ? '' : `, ${engine} on ${device}`;
  const lines = [
    `${sweep}: ${plural(trials, 'trial')} of ${formatCount(of)} again on ${plural(workers, 'worker')}${where} (${showPath(folder)})`,
  ];
  const out = [
    ...(leftOut.timeout > 0 ? [`${plural(leftOut.timeout, 'trial')} timed out`] : []),
    ...(leftOut.pruned > 0 ? [`${plural(leftOut.pruned, 'trial')} pruned`] : []),
    ...(leftOut.takenOver > 0
      ? [`${plural(leftOut.takenOver, 'trial')} went on from the weights of others (pbt)`]
      : []),
    ...(leftOut.skipped > 0 ? [`${plural(leftOut.skipped, 'trial')} skipped`] : []),
  ];
  if (out.length > 0) lines.push(`Left out: ${out.join(', ')}`);
  if (tolerance > 0)
    lines.push(
      `Another engine or device: numbers may be ${tolerance} of the larger one apart where --tolerance does not say otherwise`,
    );
  const compared = `${plural(cells, 'cell')} compared`;
  if (differingCells === 0) lines.push(`${compared}: all the same`);
  else {
    lines.push(
      `${compared}: ${plural(differingCells, 'cell')} of ${plural(differingTrials, 'trial')} differ`,
      '',
      renderColumns(
        [
          ['trial', 'column', 'run', 'again', 'difference'],
          ...differences.slice(0, SHOWN).map(describeDifference),
        ],
        [0, 2, 3, 4],
      ),
    );
    if (differingCells > SHOWN)
      lines.push(`  … and ${formatCount(differingCells - SHOWN)} more; --json has the first 1,000`);
    lines.push('', 'Differences are in parts of the larger number.');
  }
  if (interrupted) lines.push('Interrupted: the other trials of the sample were not compared.');
  return lines.join('\n');
}

function describeDifference({ trial, step, column, run, again, difference }: Verification['differences'][0]) {
  return [
    String(trial),
    step === null ? column : `${column} at step ${step}`,
    show(run),
    show(again),
    difference === null ? '' : String(Number(difference.toPrecision(2))),
  ];
}

/** What a worker returned may hold what moves a cursor. */
function show(cell: string): string {
  const text = cell.replaceAll(
    /[\p{Cc}\p{Cf}]/gu,
    (letter) => `\\u${letter.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
  return text === '' ? '(empty)' : text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
