// How much memory a process really holds, and a watch over it.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

const LOOK_MS = 250;

/** Resident memory of a process in bytes; undefined where there is no such process. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return process.platform === 'linux' ? undefined : askPs(pid);
  }
}

/** Where there is no /proc (macOS). */
function askPs(pid: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, text) => {
      const kilobytes = Number.parseInt(text, 10);
      resolve(error === null && Number.isFinite(kilobytes) ? kilobytes * 1024 : undefined);
    });
  });
}

/** Calls `onOver` with what the process holds each time that it is more than `most`; the result ends the watch. */
export function watchMemory(pid: number, most: number, onOver: (bytes: number) => void): () => void {
  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    const bytes = await residentBytes(pid);
    isLooking = false;
    if (bytes !== undefined && bytes > most) onOver(bytes);
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
