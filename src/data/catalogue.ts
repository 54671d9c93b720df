// Which data set a run uses: the one that is named, or with nothing said MNIST where it is found, else the drawn
// digits. It looks in a few folders and downloads nothing.
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { SweeplineError } from '../ground/errors.js';
import { homeFolder } from '../ground/home.js';
import { type Dataset, hasFiles } from './dataset.js';
import { DIGITS_FOLDER, type DigitSizes, loadDigits } from './digits-cache.js';
import { loadFolder } from './mnist.js';

/** Where to look. Tests hand in their own; users set SWEEPLINE_DATA. */
export interface Surroundings {
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly digitSizes?: DigitSizes;
}

/**
 * Loads a data set: `mnist`, `digits`, or a folder with four IDX files in MNIST's layout (Fashion-MNIST has it too).
 * Undefined: what SWEEPLINE_DATA, ./data/mnist or the user's cache holds (in that order), else digits.
 *
 * @throws SweeplineError BAD_DATA where the data named is not there, or damaged. MNIST that is found but damaged is an
 * error too, never a reason to use something else.
 */
export function findDataset(choice?: string, surroundings: Surroundings = {}): Dataset {
  const digits = () => loadDigits(join(cacheFolder(surroundings), DIGITS_FOLDER), surroundings.digitSizes);
  if (choice === 'digits') return digits();
  if (choice === undefined || choice === 'mnist') {
    const folder = findMnist(surroundings);
    if (folder !== undefined) return loadFolder(folder, choice);
    if (choice === undefined) return digits();
    throw new SweeplineError('BAD_DATA', `MNIST is in none of ${mnistFolders(surroundings).join(', ')}`, {
      hint: "get it with 'sweepline data fetch mnist', name its folder with --data, or use --data digits",
    });
  }
  const folder = resolve(surroundings.folder ?? process.cwd(), choice);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new SweeplineError(
      'BAD_DATA',
      `no data at "${choice}"; expected mnist, digits, or a folder of IDX files`,
      {
        hint: "'sweepline data list' shows what this machine has",
      },
    );
  }
  return loadFolder(folder);
}

export interface DatasetListing {
  readonly name: 'mnist' | 'digits';
  /** Where its files are, or would be put; for MNIST that is not here, where `data fetch` puts it. */
  readonly folder: string;
  readonly present: boolean;
  readonly about: string;
}

/** The data sets that have a name, and whether this machine has them; reads no data. */
export function listDatasets(surroundings: Surroundings = {}): readonly DatasetListing[] {
  const mnist = findMnist(surroundings);
  const digits = join(cacheFolder(surroundings), DIGITS_FOLDER);
  return [
    {
      name: 'mnist',
      folder: mnist ?? fetchFolder(surroundings),
      present: mnist !== undefined,
      about: 'handwritten digits (LeCun, Cortes, Burges), 60,000 + 10,000 images of 28 × 28',
    },
    {
      name: 'digits',
      folder: digits,
      present: hasFiles(digits),
      about: 'synthetic digits in place of MNIST, as many images; generated on first use',
    },
  ];
}

/** Where `data fetch mnist` puts MNIST when no folder is named: where `findDataset` will find it. */
export function fetchFolder(surroundings: Surroundings = {}): string {
  return join(cacheFolder(surroundings), 'mnist');
}

function findMnist(surroundings: Surroundings): string | undefined {
  return mnistFolders(surroundings).find(hasFiles);
}

function mnistFolders(surroundings: Surroundings): readonly string[] {
  const { folder = process.cwd(), env = process.env } = surroundings;
  const named = env.SWEEPLINE_DATA ? [resolve(folder, env.SWEEPLINE_DATA)] : [];
  return [
    ...named,
    ...named.map((path) => join(path, 'mnist')),
    join(folder, 'data', 'mnist'),
    fetchFolder(surroundings),
  ];
}

/** The user's cache folder by each system's custom. */
function cacheFolder({ env = process.env }: Surroundings): string {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'sweepline');
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homeFolder(env), 'AppData', 'Local'), 'sweepline', 'cache');
  if (process.platform === 'darwin') return join(homeFolder(env), 'Library', 'Caches', 'sweepline');
  return join(homeFolder(env), '.cache', 'sweepline');
}
