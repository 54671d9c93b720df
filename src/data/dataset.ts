// A data set of labelled grey images, as everything above this floor knows it, and the four IDX files it is kept in.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { SweeplineError, throwFaults } from '../ground/errors.js';
import { hashBytes, type IdxArray } from './idx.js';
import { readIdx } from './idx-file.js';

/** Labelled grey images: `images` holds count × rows × columns bytes (0 black), both arrays over shared memory. */
export interface ImageSet {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

export interface Dataset {
  /** What tables, titles and manifests call it: `mnist`, `digits`, or `idx-` and the start of its SHA-256. */
  readonly name: string;
  /** SHA-256 over the four files' own sums: see `sumOfFiles`. */
  readonly sha256: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Classes that labels may name: one more than the largest label of either part. */
  readonly classes: number;
}

/** The four files of MNIST's layout, in the order their sums are taken. */
export const FILES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const;
export type FileName = (typeof FILES)[number];

/** One sum for a data set: SHA-256 of the hex sums of its uncompressed files, each followed by a line end. */
export function sumOfFiles(sums: readonly string[]): string {
  return hashBytes(sums.map((sum) => `${sum}\n`).join(''));
}

/** Where a folder keeps one of the four files, gzipped or not; undefined where it does not. */
export function locateFile(folder: string, file: FileName): string | undefined {
  // Some archives name them `train-images.idx3-ubyte`.
  const dotted = file.replace('-idx', '.idx');
  return [file, `${file}.gz`, dotted, `${dotted}.gz`]
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
}

/** True where the folder keeps all four files. */
export function hasFiles(folder: string): boolean {
  return FILES.every((file) => locateFile(folder, file) !== undefined);
}

export interface LoadedFiles {
  readonly train: ImageSet;
  readonly test: ImageSet;
  readonly classes: number;
  readonly sums: readonly string[];
}

/**
 * Reads the four IDX files of a folder, each gzipped or not.
 *
 * @throws SweeplineError BAD_DATA with all faults: missing, damaged or foreign files, images and labels of different
 * counts, train and test images of different sizes.
 */
export function loadFiles(folder: string): LoadedFiles {
  const faults: string[] = [];
  const read = (file: FileName, dims: 1 | 3): IdxArray | undefined => {
    const path = locateFile(folder, file);
    if (path === undefined) {
      faults.push(`${file}[.gz] is missing`);
      return undefined;
    }
    try {
      return readIdx(path, dims);
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      faults.push(error.message);
      return undefined;
    }
  };
  const [trainImages, trainLabels, testImages, testLabels] = [
    read(FILES[0], 3),
    read(FILES[1], 1),
    read(FILES[2], 3),
    read(FILES[3], 1),
  ];
  checkPair('train', trainImages, trainLabels, faults);
  checkPair('test', testImages, testLabels, faults);
  if (trainImages && testImages && sizeOf(trainImages) !== sizeOf(testImages)) {
    faults.push(
      `train images are ${sizeOf(trainImages)} pixels and test images ${sizeOf(testImages)}; expected equal sizes`,
    );
  }
  throwFaults('BAD_DATA', `the data in ${folder} cannot be used`, faults, {
    hint: `expected the files ${FILES.join(', ')}, gzipped or not; 'sweepline data fetch mnist' gets MNIST`,
  });
  const train = joinPair(trainImages!, trainLabels!);
  const test = joinPair(testImages!, testLabels!);
  const classes = 1 + Math.max(largest(train.labels), largest(test.labels));
  const sums = [trainImages!, trainLabels!, testImages!, testLabels!].map((file) => file.sha256);
  return { train, test, classes, sums };
}

function checkPair(
  part: string,
  images: IdxArray | undefined,
  labels: IdxArray | undefined,
  faults: string[],
): void {
  if (images && images.values.length === 0)
    faults.push(`the ${part} images are none (${images.shape.join(' × ')})`);
  if (images && labels && images.shape[0] !== labels.shape[0]) {
    faults.push(`${images.shape[0]} ${part} images and ${labels.shape[0]} ${part} labels; expected as many`);
  }
}

function sizeOf(images: IdxArray): string {
  return images.shape.slice(1).join(' × ');
}

function joinPair(images: IdxArray, labels: IdxArray): ImageSet {
  const [count, rows, columns] = images.shape as [number, number, number];
  return { images: images.values, labels: labels.values, count, rows, columns };
}

function largest(labels: Uint8Array): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}
