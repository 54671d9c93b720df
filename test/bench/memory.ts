// Memory of a process and all its descendants, from Linux's /proc; 0 elsewhere.
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Resident: what each process has in memory, shared pages counted in each. Proportional: shared pages are divided among
 * those that share them, which is what a whole tree of processes costs.
 */
export type MemoryKind = 'resident' | 'proportional';

/** The most memory, in bytes, that `root` and its descendants had while `work` went on; sampled. */
export async function peakMemory(
  work: Promise<unknown>,
  kind: MemoryKind = 'resident',
  root = process.pid,
): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(
      peak,
      descendantsOf(root).reduce((sum, pid) => sum + memoryOf(pid, kind), 0),
    );
  }, 250);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
  return peak;
}

function memoryOf(pid: number, kind: MemoryKind): number {
  const found =
    kind === 'resident'
      ? /VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))
      : /^Pss:\s+(\d+)/m.exec(readProc(pid, 'smaps_rollup'));
  return Number(found?.[1] ?? 0) * 1024;
}

function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of listProcesses()) {
    const stat = readProc(name, 'stat');
    parents.set(name, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (parents.has(pid) && parents.get(pid)! > 1 && isBelow(parents.get(pid)!));
  return [...parents.keys()].filter((pid) => isBelow(pid));
}

function listProcesses(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty where the process has ended meanwhile. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
