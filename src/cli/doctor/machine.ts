// The machine: Node, cores, memory, how long the disk takes to keep a record, GPUs, data.
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listDatasets } from '../../data/catalogue.js';
import { hasFiles } from '../../data/dataset.js';
import { type Clock, systemClock } from '../../ground/clock.js';
import { formatBytes, plural, quoteArgument } from '../../ground/text.js';
import { showPath } from '../paths.js';
import type { Check } from './check.js';

const LEAST_NODE = [20, 19] as const;
const SYNCS = 20;
/** Slower than any disk that one would keep results on, network file systems aside. */
const SLOW_SYNC_MS = 50;

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (isRecent) return { name: 'Node.js', state: 'ok', found: version };
  return {
    name: 'Node.js',
    state: 'missing',
    found: version,
    hint: `install Node ${LEAST_NODE.join('.')} or later`,
  };
}

export function checkProcessor(): Check {
  const model = cpus()[0]?.model.trim() ?? '';
  return {
    name: 'processor',
    state: 'ok',
    found: `${plural(availableParallelism(), 'core')}${model === '' ? '' : `, ${model}`}`,
  };
}

export function checkMemory(): Check {
  return {
    name: 'memory',
    state: 'ok',
    found: `${formatBytes(freemem())} free of ${formatBytes(totalmem())}`,
  };
}

/** How long one flushed append takes in `folder`: what every finished task costs at least. */
export async function checkDisk(folder = '.', clock: Clock = systemClock): Promise<Check> {
  const name = 'disk';
  try {
    const ms = await measureSync(folder, clock);
    const found = `${ms.toPrecision(2)} ms to flush (median of ${SYNCS}) in ${showPath(folder)}`;
    if (ms < SLOW_SYNC_MS) return { name, state: 'ok', found };
    return {
      name,
      state: 'absent',
      found: `slow: ${found}`,
      hint: 'put runs on a local disk: `sweepline run <sweep> --out <folder>`',
    };
  } catch (error) {
    const found = `cannot write in ${showPath(folder)}: ${(error as Error).message}`;
    return {
      name,
      state: 'missing',
      found,
      hint: 'work in a folder that you may write, or name one: `sweepline run <sweep> --out <folder>`',
    };
  }
}

async function measureSync(folder: string, clock: Clock): Promise<number> {
  const place = await mkdtemp(join(folder, '.sweepline-doctor-'));
  try {
    const file = await open(join(place, 'sync'), 'w');
    const times: number[] = [];
    for (let i = 0; i < SYNCS; i++) {
      const start = clock.elapsed();
      await file.write('record\n');
      await file.datasync();
      times.push(clock.elapsed() - start);
    }
    await file.close();
    times.sort((a, b) => a - b);
    return (times[SYNCS / 2 - 1]! + times[SYNCS / 2]!) / 2;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

export async function checkGpus(): Promise<Check> {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 20_000 });
    const gpus = stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    if (gpus.length > 0)
      return { name: 'GPU', state: 'ok', found: gpus.map((gpu, i) => `cuda:${i} ${gpu}`).join('; ') };
    return { name: 'GPU', state: 'absent', found: 'nvidia-smi lists none' };
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== 'ENOENT';
    const found = isThere
      ? `nvidia-smi failed: ${(error as Error).message.trim().split('\n').at(-1)}`
      : 'no NVIDIA driver found';
    return { name: 'GPU', state: 'absent', found };
  }
}

/** MNIST, in the folder that is named or where sweeps look for it. */
export function checkMnist(named: string | undefined): Check {
  const name = 'MNIST';
  const listed = listDatasets().find((set) => set.name === 'mnist')!;
  const folder = named ?? listed.folder;
  if (named === undefined ? listed.present : hasFiles(named))
    return { name, state: 'ok', found: showPath(folder) };
  return {
    name,
    state: 'absent',
    found: named === undefined ? 'not found: sweeps use synthetic digits' : `not in ${showPath(folder)}`,
    hint: `sweepline data fetch mnist${named === undefined ? '' : ` ${quoteArgument(named)}`}`,
  };
}
