// One look for one name on a whole page: a series that several figures have is the same colour in all of them, and in
// Explore where it is a value of the run's first axis of text.
import type { Manifest } from '../run/manifest.js';
import { quoteName, trialColumns } from './columns.js';
import type { RunDatabase } from './database.js';
import { compareLabels } from './explore/pack.js';
import { CATEGORY_COLOURS, type SeriesStyle, seriesStyle } from './theme.js';

const COLOURS = CATEGORY_COLOURS.length;

export class PageStyles {
  readonly #places = new Map<string, number>();

  constructor(names: readonly string[] = []) {
    for (const [i, name] of names.entries()) this.#places.set(name, i);
  }

  /** Looks for the names of one figure: two names of it never share one. */
  of(names: readonly string[]): readonly SeriesStyle[] {
    if (names.length === 1 && names[0] === '') return [seriesStyle(0)];
    const taken = new Set<number>();
    const known = names.map((name) => {
      const place = this.#places.get(name);
      if (place === undefined || taken.has(place)) return undefined;
      taken.add(place);
      return place;
    });
    return names.map((name, i) => {
      const place = known[i] ?? this.#free(taken);
      taken.add(place);
      if (!this.#places.has(name)) this.#places.set(name, place);
      return seriesStyle(place);
    });
  }

  /** A colour that no name of the page has; else one that this figure does not have; else one with another dash. */
  #free(taken: ReadonlySet<number>): number {
    const used = new Set(this.#places.values());
    const colours = Array.from({ length: COLOURS }, (_, i) => i);
    const found = colours.find((i) => !used.has(i) && !taken.has(i)) ?? colours.find((i) => !taken.has(i));
    if (found !== undefined) return found;
    let place = COLOURS;
    while (taken.has(place)) place++;
    return place;
  }
}

/** The page's looks, begun with those that Explore gives to the values of the first axis of text. */
export async function createPageStyles(
  database: Pick<RunDatabase, 'query'>,
  manifest: Manifest,
): Promise<PageStyles> {
  const texts = trialColumns(manifest).filter(({ role, type }) => role === 'axis' && type === 'string');
  for (const { sql: name } of texts) {
    const column = quoteName(name);
    const sql = `SELECT DISTINCT ${column} AS value FROM trials WHERE ${column} IS NOT NULL LIMIT ${COLOURS + 1}`;
    const { rows } = await database.query(sql);
    if (rows.length > 1 && rows.length <= COLOURS)
      return new PageStyles(rows.map(({ value }) => String(value)).sort(compareLabels));
  }
  return new PageStyles();
}
