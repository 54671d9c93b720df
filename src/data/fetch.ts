// Downloads MNIST, and only when asked: nothing else in Sweepline opens a connection for data. Resumes a cut download,
// tries one mirror after the other, and keeps a file only once its SHA-256 is right.
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { settleFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { formatBytes } from '../ground/text.js';
import { FILES, type FileName, locateFile } from './dataset.js';
import { readIdx } from './idx-file.js';
import { MNIST_SUMS } from './mnist.js';

export const MNIST_MIRRORS: readonly string[] = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
];

/** The longest of them has 10 MB. A mirror that sends without end must not fill the disk. */
const MAX_BYTES = 64e6;

export interface FetchProgress {
  readonly file: string;
  readonly mirror: string;
  readonly receivedBytes: number;
  /** Null where the server does not say. */
  readonly totalBytes: number | null;
}

export interface FetchOptions {
  /** Base addresses, each ending in `/`, tried in order. */
  readonly mirrors?: readonly string[];
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal;
  /** SHA-256 of the uncompressed files; MNIST's by default (tests serve smaller ones). */
  readonly sums?: Readonly<Record<FileName, string>>;
}

/** What became of each file: fetched now, or there already. */
export interface FetchResult {
  readonly fetched: readonly FileName[];
  readonly kept: readonly FileName[];
}

/**
 * Fetches the four gzipped files into `folder` (made where missing). A half-loaded `*.gz.part` is continued; a file
 * whose sum is right is left alone.
 *
 * @throws SweeplineError BAD_DATA where no mirror gives a file with the right sum; what was loaded stays for next time.
 */
export async function fetchMnist(folder: string, options: FetchOptions = {}): Promise<FetchResult> {
  const { mirrors = MNIST_MIRRORS, sums = MNIST_SUMS } = options;
  mkdirSync(folder, { recursive: true });
  const fetched: FileName[] = [];
  const kept: FileName[] = [];
  for (const file of FILES) {
    const path = locateFile(folder, file);
    if (path !== undefined && hasSum(path, file, sums)) {
      kept.push(file);
      continue;
    }
    await fetchFile(file, folder, { ...options, mirrors, sums });
    fetched.push(file);
  }
  return { fetched, kept };
}

type Resolved = FetchOptions & Required<Pick<FetchOptions, 'mirrors' | 'sums'>>;

async function fetchFile(file: FileName, folder: string, options: Resolved): Promise<void> {
  const part = join(folder, `${file}.gz.part`);
  const failures: string[] = [];
  for (const mirror of options.mirrors) {
    try {
      // What an earlier, cut attempt left may be the start of something else: if the whole is wrong, once from zero.
      const resumed = existsSync(part);
      await download(mirror, file, part, options);
      if (resumed && !hasSum(part, file, options.sums)) {
        rmSync(part);
        await download(mirror, file, part, options);
      }
      if (hasSum(part, file, options.sums)) {
        // The same file under another name would be found first: it was looked at, and was not MNIST's.
        const other = locateFile(folder, file);
        if (other !== undefined && !other.endsWith(`${file}.gz`)) renameSync(other, `${other}.damaged`);
        await settleFile(part, join(folder, `${file}.gz`));
        return;
      }
      rmSync(part);
      failures.push(`${mirror}: not MNIST's ${file} (SHA-256 differs)`);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      failures.push(`${mirror}: ${describeFailure(error)}`);
    }
  }
  throw new SweeplineError('BAD_DATA', `${file}.gz could not be fetched:\n  - ${failures.join('\n  - ')}`, {
    hint: 'run the command again to continue, or copy the four files into the folder by hand',
  });
}

/** Appends to `part` from where it ends, or starts over where the server sends the whole file. */
async function download(mirror: string, file: FileName, part: string, options: Resolved): Promise<void> {
  const have = existsSync(part) ? statSync(part).size : 0;
  const response = await fetch(new URL(`${file}.gz`, mirror), {
    // Without `identity`, a server may announce gzip as transfer encoding, and what arrives is unpacked already.
    headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  // Nothing beyond what is there: the file was complete, as its sum will tell.
  if (response.status === 416 && have > 0) {
    await response.body?.cancel();
    return;
  }
  const resumes = response.status === 206 && rangeStart(response) === have;
  if (!(resumes || response.status === 200) || response.body === null) {
    await response.body?.cancel();
    throw new Error(`answered ${response.status} ${response.statusText}`.trim());
  }
  let receivedBytes = resumes ? have : 0;
  const announced = Number(response.headers.get('content-length') ?? Number.NaN);
  const totalBytes = Number.isFinite(announced) ? receivedBytes + announced : null;
  if (totalBytes !== null && totalBytes > MAX_BYTES) {
    await response.body.cancel();
    throw new Error(describeTooLong(totalBytes));
  }
  const output = await open(part, resumes ? 'a' : 'w');
  try {
    for await (const bytes of response.body) {
      if (receivedBytes + bytes.length > MAX_BYTES) {
        await output.truncate(0); // nothing to continue from
        throw new Error(describeTooLong(receivedBytes + bytes.length));
      }
      await output.write(bytes);
      receivedBytes += bytes.length;
      options.onProgress?.({ file, mirror, receivedBytes, totalBytes });
    }
  } finally {
    await output.close();
  }
}

function describeTooLong(bytes: number): string {
  return `sends ${formatBytes(bytes)} or more; no file of MNIST is longer than ${formatBytes(MAX_BYTES)}`;
}

function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
}

/** False too where it is no such file: it is read as what it has to be, so that nothing unpacks beyond its header. */
function hasSum(path: string, file: FileName, sums: Resolved['sums']): boolean {
  try {
    return readIdx(path, file.includes('idx3') ? 3 : 1).sha256 === sums[file];
  } catch (error) {
    if (error instanceof SweeplineError) return false;
    throw error;
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
