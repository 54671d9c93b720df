// Which trials a worker thread runs at this moment.

/** A thread with trials in its hands. */
export interface BusyThread {
  readonly host: string;
  /** Number of its process on that machine. */
  readonly process: number;
  /** Thread number within its host process, from 0. */
  readonly thread: number;
  /** The first of its trials, and how many it has: more than one where they are so short that they run in blocks. */
  readonly trial: number;
  readonly trials: number;
  /** Milliseconds that it has had them, as near as the pool knows. */
  readonly ms: number;
}
