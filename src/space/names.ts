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
]);
