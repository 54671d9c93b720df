// What a program does with runs, behind the public entry: loaded with the first call. Every host and thread loads that
// entry with its worker and calls none of these, and they are more than half of all that there is to load.

/** Reads a run folder. Rejects with BAD_RUN_FOLDER where it is none, or was stopped before it began. */
export const readRun: typeof import('./answer/read.js').readRun = async (...given) =>
  (await import('./answer/read.js')).readRun(...given);

/**
 * Writes the tables (summary/), figures, report.md and report.html of a run, again as often as one likes. The report's
 * module is loaded, which is code: of a run folder from somebody else, name one of your own. A
 * table, figure or section that fails is named in its place and in `faults`; all others are written. Rejects with BAD_USAGE
 * for choices that the report does not offer, BAD_DEFINITION for a report that `defineReport` would refuse, BAD_RUN_FOLDER
 * for a folder that is none or is damaged: then the report before it stays.
 */
export const writeRunReport: typeof import('./report/load.js').writeRunReport = async (...given) =>
  (await import('./report/load.js')).writeRunReport(...given);

/** Loads a shipped suite by name, or a file by path. BAD_USAGE where there is none, BAD_DEFINITION where it is no suite. */
export const loadSuite: typeof import('./suite/load.js').loadSuite = async (...given) =>
  (await import('./suite/load.js')).loadSuite(...given);

/**
 * Runs a suite to its end. With `out` on the folder of a suite that was interrupted it continues: what is done is not run
 * again. A run that fails does not keep the next from starting. Rejects before anything has started where the folder
 * holds something else, or a plan is refused.
 */
export const runSuite: typeof import('./suite/run.js').runSuite = async (...given) =>
  (await import('./suite/run.js')).runSuite(...given);

/**
 * Merges runs of one sweep, such as the shards of several machines, into a new run folder. Rejects with BAD_USAGE, and
 * nothing written, where they do not belong together or disagree about a trial.
 */
export const mergeRuns: typeof import('./sweep/shards/merge.js').mergeRuns = async (...given) =>
  (await import('./sweep/shards/merge.js')).mergeRuns(...given);

/** What `run` with this request would do. Loads the worker in a host, to check values against its own types. */
export const planRun: typeof import('./sweep/plan/plan.js').planRun = async (...given) =>
  (await import('./sweep/plan/plan.js')).planRun(...given);

/** What `resume` would do with a run; `sweep` is its sweep's file, where the one that the manifest names is not to be loaded. */
export const planResume: typeof import('./sweep/plan/plan.js').planResume = async (...given) =>
  (await import('./sweep/plan/plan.js')).planResume(...given);

/** Throws BAD_USAGE where the run has no such trial, BAD_RUN_FOLDER where its worker has changed since. */
export const replayTrial: typeof import('./sweep/verify/replay.js').replayTrial = async (...given) =>
  (await import('./sweep/verify/replay.js')).replayTrial(...given);

/**
 * Starts a run in a new folder, or continues in `out` where it holds a run of the same sweep: points that are done there
 * are not run again. Rejects with a SweeplineError before anything is started or written.
 */
export const startRun: typeof import('./sweep/start.js').startRun = async (...given) =>
  (await import('./sweep/start.js')).startRun(...given);

/**
 * Continues a run as its manifest describes it. Its sweep's file, which the manifest names, is loaded: of a run folder from
 * somebody else, give your own as `sweep`.
 */
export const resumeRun: typeof import('./sweep/start.js').resumeRun = async (...given) =>
  (await import('./sweep/start.js')).resumeRun(...given);

/** Opens a study, or continues the one that lies in `folder`. Rejects with a SweeplineError with every fault. */
export const openStudy: typeof import('./sweep/ask-tell/study.js').openStudy = async (...given) =>
  (await import('./sweep/ask-tell/study.js')).openStudy(...given);

/** Compares runs, suites or folders of them with the first one: every metric of every configuration, and times. */
export const compareRuns: typeof import('./compare/compare.js').compareRuns = async (...given) =>
  (await import('./compare/compare.js')).compareRuns(...given);

/** Writes a comparison as compare.csv, Markdown, JSON and a page; resolves with the files. */
export const writeComparison: typeof import('./compare/files.js').writeComparison = async (...given) =>
  (await import('./compare/files.js')).writeComparison(...given);
