// Which trials are replicates of one another, for reports that average: a sweep may be started with more axes than its
// report knows of, and trials that differ in any of them are never averaged together.
import { quoteName, quoteText } from './columns.js';
import type { ReportContext, Row } from './define.js';

/** Axes of the run, other than `known`, that take more than one value in it; the order is the manifest's. */
export async function varyingAxes(
  { manifest, query }: Pick<ReportContext, 'manifest' | 'query'>,
  known: readonly string[],
): Promise<readonly string[]> {
  const axes = manifest.axes.filter((axis) => !known.includes(axis));
  if (axes.length === 0) return [];
  // An axis that does not exist at a point counts as a value.
  const counts = axes.map((axis) => {
    const name = quoteName(axis);
    return `count(DISTINCT ${name}) + (count(*) > count(${name}))::INT AS ${name}`;
  });
  const found = (await query(`SELECT ${counts.join(', ')} FROM trials`)).rows[0]!;
  return axes.filter((axis) => Number(found[axis]) > 1);
}

/** A SQL expression that names a setting for people: `16`, or `16, loss l2` where the run varies the loss too. */
export function settingSql(lead: string, varying: readonly string[]): string {
  const parts = varying.flatMap((axis) => [quoteText(`, ${axis} `), quoteName(axis)]);
  return `concat(${[quoteName(lead), ...parts].join(', ')})`;
}

/** Rows by the value of one column, in the order of first mention; all in one group, named '', without a column. */
export function groupRows(
  rows: readonly Row[],
  column: string | undefined,
): readonly (readonly [name: string, rows: readonly Row[]])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = column === undefined ? '' : String(row[column]);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [row]);
    else members.push(row);
  }
  return [...groups];
}
