// MNIST (LeCun, Cortes and Burges): its published SHA-256 sums, and loading a folder in its layout. Another set in
// the same layout (Fashion-MNIST, one's own) is taken as it is and named by its sum; MNIST with a damaged file is not.
import { SweeplineError } from '../ground/errors.js';
import { type Dataset, FILES, type FileName, loadFiles, sumOfFiles } from './dataset.js';

/** SHA-256 of the uncompressed files. */
export const MNIST_SUMS: Readonly<Record<FileName, string>> = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

/**
 * Loads the four IDX files of a folder.
 *
 * @param expect `mnist` refuses any other data; otherwise only a mixture of MNIST's files and others is refused.
 * @throws SweeplineError BAD_DATA as `loadFiles` does, and where sums say that files are damaged or mixed up.
 */
export function loadFolder(folder: string, expect?: 'mnist'): Dataset {
  const { sums, ...parts } = loadFiles(folder);
  const foreign = FILES.filter((file, i) => MNIST_SUMS[file] !== sums[i]);
  if (foreign.length > 0 && (expect === 'mnist' || foreign.length < FILES.length)) {
    throw new SweeplineError(
      'BAD_DATA',
      `${folder}: ${foreign.join(', ')} ${foreign.length === 1 ? 'is' : 'are'} not MNIST's (SHA-256 differs)`,
      {
        hint: "fetch MNIST again with 'sweepline data fetch mnist', or keep other data in a folder of its own",
      },
    );
  }
  const sha256 = sumOfFiles(sums);
  return { ...parts, name: foreign.length === 0 ? 'mnist' : `idx-${sha256.slice(0, 8)}`, sha256 };
}
