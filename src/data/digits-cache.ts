// Keeps the drawn digits on disk, in MNIST's layout, so that they are drawn once a machine. A cache that is cut short
// or altered is drawn again; one that cannot be written costs the seconds of drawing and nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { replaceFileSync } from '../ground/durable.js';
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
    files.forEach((bytes, i) => {
      replaceFileSync(join(folder, FILES[i]!), bytes);
    });
    // Last: files without their sum, or with another's, are drawn again.
    replaceFileSync(join(folder, SUM_FILE), `${sha256}\n`);
  } catch (error) {
    // A read-only home, a full disk.
    if (!isFileError(error)) throw error;
  }
  return { name: 'digits', sha256, train, test, classes: 10 };
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
