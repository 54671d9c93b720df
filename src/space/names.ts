// Names that no parameter, axis or metric may have: columns of trials.csv and of the other files of a run that are
// Sweepline's own, so that tables which are joined by trial never hold one name twice.

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
    if (other === undefined) {
      // What every object has is read where nothing was written.
      return name in Object.prototype ? [`${kind} "${name}": every JavaScript object has that name`] : [];
    }
    const why = other === name ? '' : ` ("${other}": SQL does not tell upper from lower case)`;
    return [`${kind} "${name}": the name is taken by another column of ${table}${why}`];
  });
}
