// What reports of trained autoencoders have in common: how they call a setting, which trials stand for the others in a
// picture, and the paragraph that names the trials that died or collapsed.
import { formatNumber, type ReportContext, type Row, settingSql, varyingAxes } from 'sweepline';

/** A picture in its two forms, for a desk and for a phone; null where the run has nothing for it. */
export type Picture = ((form: { readonly isNarrow: boolean }) => string) | null;

/** What a setting is called in this run: the values of `lead`, and of each other axis that varies (but for `told`). */
export async function nameSetting(
  context: ReportContext,
  lead: string,
  told: readonly string[] = [],
): Promise<string> {
  return settingSql(lead, await varyingAxes(context, [lead, ...told]));
}

/** At most `most` of the items, evenly from the first to the last. */
export function pickEvenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]!);
}

/** Three digits of a number; other cells as they are. */
export const digits = (cell: unknown) => (typeof cell === 'number' ? formatNumber(cell, 3) : String(cell));

/** A share as percent, three digits of it. */
export const percent = (cell: unknown) =>
  typeof cell === 'number' ? `${formatNumber(100 * cell, 3)} %` : String(cell);

export function dataName({ manifest }: ReportContext): string {
  return `data set ${manifest.data?.name ?? 'not named'}`;
}

/** Trials that a sentence names before it only counts them. */
const MOST_NAMED = 12;

/**
 * Sentences on trials that collapsed or died. Rows have `trial`, `latent`, `dead_units` and `collapsed`; `describe` says
 * of one what it is and how it fared.
 */
export function describeTrouble(rows: readonly Row[], describe: (row: Row) => string): readonly string[] {
  const list = (members: readonly Row[], tell = describe) => {
    const named = members.slice(0, MOST_NAMED).map((row) => `trial ${row.trial} (${tell(row)})`);
    const rest = members.length - named.length;
    return named.join(', ') + (rest > 0 ? `, and ${rest} more: see trials.csv` : '');
  };
  const collapsed = rows.filter((row) => row.collapsed === true);
  const dead = rows.filter((row) => row.dead_units === row.latent);
  const partly = rows.filter((row) => Number(row.dead_units) > 0 && row.dead_units !== row.latent);
  return [
    collapsed.length === 0
      ? 'No trial collapsed.'
      : `**Collapsed: ${collapsed.length} of ${rows.length}** give the same image for every input (decoded variance under 1 % of the originals'): ${list(collapsed)}.`,
    dead.length === 0
      ? 'No trial is dead (the same code for every image).'
      : `**Dead: ${dead.length} of ${rows.length}** give every test image the same code: ${list(dead)}.`,
    ...(partly.length === 0
      ? []
      : [
          `Some code units are constant in ${partly.length} more: ${list(partly, (row) => `${row.dead_units} of ${row.latent}`)}.`,
        ]),
    'All of them are included in the means above: leaving them out would make their settings look better than they are.',
  ];
}

/** A section of trouble as a list. */
export function troubleSection(lines: readonly string[]): string {
  return `## Dead and collapsed trials\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}
