// `sweepline plan`: what a sweep would run, or what a run still has to. Starts and writes nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SweeplineError } from '../../ground/errors.js';
import { describeUnknown } from '../../ground/text.js';
import { findRun } from '../../run/find.js';
import { MANIFEST_FILE } from '../../run/folder.js';
import type { Plan } from '../../sweep/contract.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { CODE_RULE, sweepOf } from '../named-code.js';
import { sweepOption, switchOption } from '../options.js';
import {
  AXIS_VALUES,
  findRunFaults,
  OUTPUT,
  type RunOptionValues,
  runOptions,
  toRunRequest,
} from '../run-options.js';
import { SAMPLERS_HELP } from '../search-options.js';

const JSON_OPTION = switchOption(OUTPUT, '--json', 'one JSON object on stdout');

export default defineCommand({
  name: 'plan',
  about:
    'Shows what would run, and why: new, done, failed and orphaned trials, the axes, the predicted time and disk. Without ' +
    'an argument it lists the shipped sweeps. Nothing is started and nothing is written.',
  arguments: [
    { name: 'sweep|run', about: 'a shipped sweep, a sweep file, a run folder or a run id', optional: true },
  ],
  options: { ...runOptions, sweep: sweepOption, json: JSON_OPTION },
  sections: [
    ['Axis values', AXIS_VALUES],
    ['Samplers', SAMPLERS_HELP],
    ['Code', CODE_RULE],
  ],
  examples: [
    ['sweepline plan', 'the shipped sweeps'],
    ["sweepline plan escape --set 'alpha=log(1e-3,1,1000)'", 'how much a finer grid would cost'],
    ['sweepline plan runs/escape/20261123-221530-ab12', 'what remains of a run'],
  ],
  check: ({ arguments: [target], options }) => findRunFaults(options, target),
  async run({ arguments: [target], options: { json = false, ...options }, terminal, commandLine }) {
    if (target === undefined && options.command === undefined) {
      const { shippedSweeps } = await import('../../sweep/definition/load.js');
      for (const { name, title, about } of await shippedSweeps()) {
        terminal.print(json ? JSON.stringify({ name, title, about }) : `${name}: ${title}\n  ${about}`);
      }
      return EXIT.done;
    }
    const plan = await planTarget(target, options, commandLine);
    const { renderPlan } = await import('../plan-table.js');
    terminal.print(json ? JSON.stringify(plan) : renderPlan(plan));
    return EXIT.done;
  },
});

/** A name that is both a sweep's and a run's means the sweep. */
async function planTarget(
  target: string | undefined,
  { sweep, ...options }: RunOptionValues & { readonly sweep?: string },
  commandLine: readonly string[],
): Promise<Plan> {
  const [{ planResume, planRun }, { shippedSweeps }] = await Promise.all([
    import('../../sweep/plan/plan.js'),
    import('../../sweep/definition/load.js'),
  ]);
  if (target === undefined) return planRun(toRunRequest(target, options, commandLine));
  const isRun = existsSync(join(target, MANIFEST_FILE));
  const names = isRun ? [] : (await shippedSweeps()).map(({ name }) => name);
  if (!isRun && (names.includes(target) || /\.[cm]?[jt]s$/.test(target))) {
    if (sweep !== undefined)
      throw new SweeplineError('BAD_USAGE', `--sweep names the sweep of a run; ${target} is a sweep itself`);
    return planRun(toRunRequest(target, options, commandLine));
  }
  const folder = await findRun(target).catch((cause: unknown) => {
    if (!(cause instanceof SweeplineError)) throw cause;
    throw new SweeplineError(
      'BAD_USAGE',
      `neither a run nor a sweep: ${describeUnknown('sweep', target, names)}`,
      {
        cause,
        hint: 'name a shipped sweep, a sweep file (.ts or .js), a run folder or a run id',
      },
    );
  });
  const { command, ...others } = options;
  const given = Object.keys(others);
  if (given.length > 0) {
    throw new SweeplineError(
      'BAD_USAGE',
      `${target} is a run, whose trials are fixed by its manifest; it takes no --${given.join(', --')}`,
      {
        hint: 'plan the sweep instead, or leave the options out',
      },
    );
  }
  return planResume(folder, await sweepOf(folder, { sweep, command }));
}
