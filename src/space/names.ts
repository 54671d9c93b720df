// Names of parameters, axes, metrics and series: how they may be spelt, and the ones that none may have: columns of
// trials.csv and of the other files of a run that are Sweepline's own, so that tables which are joined by trial never
// hold one name twice.

/** `alpha`, `optimizer.lr`, `val/loss`, `β1`: letters of any script. */
const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_./-]*$/u;

/** What is wrong with how a name is spelt, in words; undefined where nothing is. */
export function findSpellingFault(name: string): string | undefined {
  if (!NAME.test(name))
    return 'expected a name of letters, digits, "_", ".", "/" and "-" that starts with a letter or "_"';
  // What every object has is read where nothing was written.
  if (name in Object.prototype) return 'every JavaScript object has that name';
  const composed = name.normalize('NFC');
  // Two texts that look the same would be two columns.
  return composed === name
    ? undefined
    : `expected it in Unicode's composed form (NFC): ${JSON.stringify(composed)}`;
}

export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'trial',
  'key',
  'replicate',
  'seed',
  'status',
  'attempt',
  'step',
  // Of every view of a report: whose rows these are.
  'run',
]);

/** As SQL compares names. */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** What is wrong with some names as columns of one table. `taken`: folded, to which the names are added. */
export function findColumnFaults(
  kind: string,
  names: readonly string[],
  table: string,
  taken: Map<string, string>,
): string[] {
  return names.flatMap((name) => {
    const other = RESERVED_NAMES.has(foldName(name)) ? foldName(name) : taken.get(foldName(name));
    taken.set(foldName(name), name);
    if (other === undefined) return [];
    const why = other === name ? '' : ` ("${other}": SQL does not tell upper from lower case)`;
    return [`${kind} "${name}": the name is taken by another column of ${table}${why}`];
  });
}
