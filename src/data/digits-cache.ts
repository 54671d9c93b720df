// Keeps the drawn digits on disk, in MNIST's layout, so that they are drawn once a machine. A cache that is cut short
// or altered is drawn again; one that cannot be written costs the seconds of drawing and nothing else.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { SweeplineError } from '../ground/errors.js';
import { type Dataset, FILES, hasFiles, loadFiles, sumOfFiles } from './dataset.js';
import { DIGITS_SIZES, DIGITS_VERSION, drawDigits } from './digits.js';
import { formatIdx, hashBytes } from './idx.js';

/** Name of the folder in the user's cache; the version in it keeps old drawings apart. */
export const DIGITS_FOLDER = `digits-${DIGITS_VERSION}`;
const SUM_FILE = 'sha256';

/** Images of each part. Only tests ask for other numbers than the whole set's. */
export type DigitSizes = { readonly [part in 'train' | 'test']: number };

/** The digits from `folder`, or drawn and kept there. */
export function loadDigits(folder: string, sizes: DigitSizes = DIGITS_SIZES): Dataset {
  return readCache(folder) ?? writeCache(folder, sizes);
}

/** Undefined where there is no cache, or not the one that was written. */
function readCache(folder: string): Dataset | undefined {
  if (!hasFiles(folder)) return undefined;
  try {
    const { sums, ...parts } = loadFiles(folder);
    const sha256 = sumOfFiles(sums);
    const written = readFileSync(join(folder, SUM_FILE), 'utf8').trim();
    return written === sha256 ? { ...parts, name: 'digits', sha256 } : undefined;
  } catch (error) {
    if (error instanceof SweeplineError || isFileError(error)) return undefined;
    throw error;
  }
}

function writeCache(folder: string, sizes: DigitSizes): Dataset {
  const train = drawDigits('train', sizes.train);
  const test = drawDigits('test', sizes.test);
  const files = [train, test].flatMap((set) => [
    formatIdx([set.count, set.rows, set.columns], set.images),
    formatIdx([set.count], set.labels),
  ]);
  const sha256 = sumOfFiles(files.map(hashBytes));
  try {
    replaceFolder(folder, files, sha256);
  } catch (error) {
    // A read-only home, a full disk, or another process that put the same drawing there first.
    if (!isFileError(error)) throw error;
  }
  return { name: 'digits', sha256, train, test, classes: 10 };
}

/** Writes the files beside the folder and renames: whoever looks sees the whole cache or none. */
function replaceFolder(folder: string, files: readonly Uint8Array[], sha256: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const made = mkdtempSync(`${folder}.new-`);
  try {
    files.forEach((bytes, i) => {
      writeFileSync(join(made, FILES[i]!), bytes);
    });
    writeFileSync(join(made, SUM_FILE), `${sha256}\n`);
    // A folder cannot be renamed over another that holds files: the damaged one steps aside first.
    if (existsSync(folder)) renameSync(folder, join(made, 'damaged'));
    renameSync(made, folder);
    rmSync(join(folder, 'damaged'), { recursive: true, force: true });
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
