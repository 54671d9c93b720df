// The finished trials of a blur run as its report reads them: each with the name of its setting and of its judge.
import { type ReportContext, varyingAxes } from 'sweepline';
import { nameSetting } from './autoencoders.js';

/** What an autoencoder is held to. */
export type Target = 'clear' | 'blurred';

/** What a judge depends on besides σ: parameters of the worker's stage. */
const JUDGE = ['judge_epochs', 'judge_images', 'test'];

/**
 * SQL for finished trials: all columns, `setting` (what varies but σ and the target) and `judge` (what tells judges of
 * one blur apart in this run; mostly nothing).
 */
export async function trialsOf(context: ReportContext, target?: Target): Promise<string> {
  const setting = await nameSetting(context, 'latent', ['sigma', 'target']);
  const varying = (await varyingAxes(context, [])).filter((axis) => JUDGE.includes(axis));
  const judge =
    varying.length === 0
      ? "''"
      : `concat_ws(', ', ${varying.map((axis) => `'${axis} ' || ${axis}`).join(', ')})`;
  return `SELECT concat('latent ', ${setting}) AS setting, ${judge} AS judge, * FROM trials
    WHERE status = 'ok'${target === undefined ? '' : ` AND target = '${target}'`}
    ORDER BY latent, setting, sigma, replicate, trial`;
}
