// Data folders: all faults at once, names by sums, and which set is used when nothing is said.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { fetchFolder, findDataset, listDatasets } from '../../src/data/catalogue.js';
import { FILES, hasFiles } from '../../src/data/dataset.js';
import { DIGITS_FOLDER, loadDigits } from '../../src/data/digits-cache.js';
import { formatIdx } from '../../src/data/idx.js';
import { loadFolder } from '../../src/data/mnist.js';
import { makeFolder, tinyFiles, writeFiles } from './folders.js';

const tinyDigits = { train: 30, test: 20 };

test('another set in the layout is named by its sum, the same gzipped or not', () => {
  const plain = loadFolder(writeFiles(makeFolder()));
  const zipped = loadFolder(writeFiles(makeFolder(), {}, true));
  expect(plain.name).toBe(`idx-${plain.sha256.slice(0, 8)}`);
  expect(zipped.sha256).toBe(plain.sha256);
  expect(plain.train).toMatchObject({ count: 30, rows: 4, columns: 5 });
  expect(plain.test.count).toBe(20);
  expect(plain.classes).toBe(10);
  expect(Array.from(plain.test.images)).toEqual(Array.from(tinyFiles()[FILES[2]].subarray(16)));
});

test('all faults of a folder are told together', () => {
  const folder = writeFiles(makeFolder(), {
    [FILES[0]]: tinyFiles()[FILES[1]],
    [FILES[1]]: undefined,
    [FILES[3]]: formatIdx([7], new Uint8Array(7)),
  });
  const fault = catchMessage(() => loadFolder(folder));
  expect(fault).toContain('holds labels');
  expect(fault).toContain('train-labels-idx1-ubyte[.gz] is missing');
  expect(fault).toContain('20 test images and 7 test labels');
});

test('train and test images of different sizes, and none at all, are refused', () => {
  const other = writeFiles(makeFolder(), { [FILES[2]]: formatIdx([20, 5, 4], new Uint8Array(400)) });
  expect(() => loadFolder(other)).toThrow('train images are 4 × 5 pixels and test images 5 × 4');
  const none = writeFiles(makeFolder(), {
    [FILES[2]]: formatIdx([0, 4, 5], new Uint8Array(0)),
    [FILES[3]]: formatIdx([0], new Uint8Array(0)),
  });
  expect(() => loadFolder(none)).toThrow('the test images are none');
});

test('other data is no MNIST when MNIST is asked for', () => {
  expect(() => loadFolder(writeFiles(makeFolder()), 'mnist')).toThrow("are not MNIST's (SHA-256 differs)");
});

describe('what is used', () => {
  test('a folder that is named, from the working folder', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'mine'));
    writeFiles(join(folder, 'mine'));
    expect(findDataset('mine', { folder, env: {} }).name).toMatch(/^idx-/);
    expect(() => findDataset('nowhere', { folder, env: {} })).toThrow('no data at "nowhere"');
  });

  test('with nothing said: SWEEPLINE_DATA, then data/mnist, then the cache, then digits', () => {
    const folder = makeFolder();
    const env = { XDG_CACHE_HOME: join(folder, 'cache') };
    const here = { folder, env, digitSizes: tinyDigits };
    expect(findDataset(undefined, here).name).toBe('digits');
    expect(() => findDataset('mnist', here)).toThrow('MNIST is in none of');
    expect(listDatasets(here).map((d) => [d.name, d.present])).toEqual([
      ['mnist', false],
      ['digits', true],
    ]);
    const places = [fetchFolder(here), join(folder, 'data', 'mnist'), join(folder, 'set')];
    for (const [i, place] of places.entries()) {
      mkdirSync(place, { recursive: true });
      writeFiles(place, { [FILES[1]]: formatIdx([30], new Uint8Array(30).fill(i)) });
    }
    const used = (surroundings: typeof here) => findDataset(undefined, surroundings).train.labels[0];
    expect(used({ ...here, env: { ...env, SWEEPLINE_DATA: 'set' } as typeof env })).toBe(2);
    expect(used(here)).toBe(1);
    expect(used({ ...here, folder: join(folder, 'elsewhere') })).toBe(0);
    expect(findDataset('digits', here).name).toBe('digits');
  });
});

describe('the cache of digits', () => {
  test('is written whole, read back the same, and drawn again when altered', () => {
    const folder = join(makeFolder(), 'a', DIGITS_FOLDER);
    const drawn = loadDigits(folder, tinyDigits);
    expect(hasFiles(folder)).toBe(true);
    // Other sizes asked for and the old ones given: this came from the cache.
    expect(loadDigits(folder, { train: 10, test: 10 })).toEqual(drawn);
    const path = join(folder, FILES[0]);
    const bytes = readFileSync(path);
    bytes[500]! ^= 1;
    writeFileSync(path, bytes);
    expect(loadDigits(folder, tinyDigits)).toEqual(drawn);
    expect(readFileSync(path)[500]).toBe(bytes[500]! ^ 1);
    writeFileSync(path, bytes.subarray(0, 100));
    expect(loadDigits(folder, tinyDigits)).toEqual(drawn);
    expect(readFileSync(path).length).toBe(bytes.length);
    expect(readdirSync(folder).sort()).toEqual([...FILES, 'sha256'].sort());
  });

  test('a place that cannot be written costs the drawing only', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(loadDigits(join(folder, 'file', 'digits'), tinyDigits).test.count).toBe(20);
  });
});

const mnist = join(process.cwd(), '../shared/data/mnist');

test.skipIf(!existsSync(mnist))('MNIST itself (skipped where ../shared/data/mnist is absent)', () => {
  const data = loadFolder(mnist, 'mnist');
  expect(data.name).toBe('mnist');
  expect(data.train).toMatchObject({ count: 60_000, rows: 28, columns: 28 });
  expect(Array.from(data.test.labels.subarray(0, 5))).toEqual([7, 2, 1, 0, 4]);
  // One file of another set among MNIST's own: a mixture is refused even where any data would do.
  const mixed = makeFolder();
  for (const file of FILES) writeFileSync(join(mixed, `${file}.gz`), readFileSync(join(mnist, `${file}.gz`)));
  writeFileSync(join(mixed, FILES[3]), formatIdx([10_000], new Uint8Array(10_000)));
  expect(() => loadFolder(mixed)).toThrow("t10k-labels-idx1-ubyte is not MNIST's");
});

function catchMessage(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}
