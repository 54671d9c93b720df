// The processor time of a thread: how long it has computed, however many others wanted the processor meanwhile.
import { openSync, readSync } from 'node:fs';

/** Milliseconds; null where the system does not tell. */
export interface CpuClock {
  now(): number | null;
  /** Since `now` said so. */
  since(before: number | null): number | null;
}

let reader: CpuClock['now'] | undefined;

/** Of the thread that calls this, which opens what it needs once. */
export function openCpuClock(): CpuClock {
  reader ??= openReader();
  const now = reader;
  return {
    now,
    since(before) {
      const after = now();
      return after === null || before === null ? null : Math.max(0, after - before);
    },
  };
}

function openReader(): CpuClock['now'] {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
  if (threadCpuUsage !== undefined) {
    return () => {
      const { user, system } = threadCpuUsage.call(process);
      return (user + system) / 1000;
    };
  }
  // Before Node 23.9. Linux tells nanoseconds, of the thread that opens the file; reading takes some 2 µs.
  try {
    const fd = openSync('/proc/thread-self/schedstat', 'r');
    const text = Buffer.alloc(64);
    return () => {
      readSync(fd, text, 0, text.length, 0);
      return Number.parseInt(text.toString('latin1'), 10) / 1e6;
    };
  } catch {
    return () => null;
  }
}
