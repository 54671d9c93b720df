// Pictures of the blur study: test images under each blur, and what autoencoders make of them, from the trials' sheets.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReportContext, type Row, renderImageRows } from 'sweepline';
import { dataName, digits, type Picture, percent, pickEvenly } from './autoencoders.js';
import { type Target, trialsOf } from './blur-trials.js';

/** Rows of a picture at most; the tables hold all. */
const MOST_ROWS = 30;
/** deblurred.png holds clear images, blurred ones and decoded ones, a third each. */
const PARTS = { clear: [0, 1 / 3], blurred: [1 / 3, 2 / 3], decoded: [2 / 3, 1] } as const;

interface Shown {
  readonly row: Row;
  readonly png: Uint8Array;
}

/** The first finished trial of each σ and setting whose pictures are here, by σ. */
async function shownTrials(context: ReportContext, target?: Target) {
  const { rows } = await context.query(await trialsOf(context, target));
  const found = rows.flatMap((row): Shown[] => {
    const path = join(context.folder, 'artifacts', String(row.trial), 'deblurred.png');
    return existsSync(path) ? [{ row, png: readFileSync(path) }] : [];
  });
  const sigmas = [...new Set(found.map(({ row }) => Number(row.sigma)))].sort((a, b) => a - b);
  return sigmas.map((sigma) => {
    const settings = new Map<string, Shown>();
    for (const shown of found) {
      const setting = String(shown.row.setting);
      if (shown.row.sigma === sigma && !settings.has(setting)) settings.set(setting, shown);
    }
    return { sigma, shown: [...settings.values()] };
  });
}

const clearRow = (png: Uint8Array) => ({ label: 'clear', png, part: PARTS.clear });

const blurredRow = (sigma: number, { row, png }: Shown) => ({
  label: `σ ${sigma}`,
  note: `discriminator accuracy ${percent(row.judge_accuracy)}`,
  png,
  part: PARTS.blurred,
});

export async function drawSamples(context: ReportContext): Promise<Picture> {
  const blurs = pickEvenly(await shownTrials(context), MOST_ROWS);
  if (blurs.length === 0) return null;
  const rows = [
    clearRow(blurs[0]!.shown[0]!.png),
    ...blurs.map(({ sigma, shown }) => blurredRow(sigma, shown[0]!)),
  ];
  return ({ isNarrow }) =>
    renderImageRows(rows, {
      isNarrow,
      name: 'blur-samples',
      title: `What does each blur width do to an image? (${dataName(context)})`,
      about: 'Rows of images: clear, then with increasing blur',
    });
}

export async function drawDecoded(
  context: ReportContext,
  name: string,
  target: Target,
  how: string,
): Promise<Picture> {
  const all = await shownTrials(context, target);
  if (all.length === 0) return null;
  const most = Math.max(...all.map(({ shown }) => shown.length));
  const blurs = pickEvenly(all, Math.max(2, Math.floor((MOST_ROWS - 1) / (most + 1))));
  const rows = [
    clearRow(all[0]!.shown[0]!.png),
    ...blurs.flatMap(({ sigma, shown }) => [
      blurredRow(sigma, shown[0]!),
      ...pickEvenly(shown, MOST_ROWS).map(({ row, png }) => ({
        label: `→ ${row.setting}`,
        note: `${percent(row.clear_rate_decoded)} sharp, L1 ${digits(row.test_l1_to_clear)}${row.collapsed === true ? ', collapsed' : ''}`,
        png,
        part: PARTS.decoded,
      })),
    ]),
  ];
  return ({ isNarrow }) =>
    renderImageRows(rows, {
      isNarrow,
      name,
      title: `What comes out of a blurred image? (${dataName(context)})`,
      subtitle: `${how}; sharp: share of all decoded test images that the discriminator classifies as sharp`,
      about:
        'Rows of images: for each blur width the blurred images, then the decoded images of each latent size',
      wide: 420,
    });
}
