// Data files that lie: headers that promise what the file has not, and gzip streams that become gigabytes. What is
// refused is refused before it takes the memory.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FILES } from '../../src/data/dataset.js';
import { fetchMnist } from '../../src/data/fetch.js';
import { formatIdx } from '../../src/data/idx.js';
import { readIdx } from '../../src/data/idx-file.js';
import { loadFolder } from '../../src/data/mnist.js';
import { SweeplineError } from '../../src/ground/errors.js';
import { makeFolder, writeFiles } from './folders.js';

/** A header that announces `shape`, and `values` bytes behind it. */
function lie(shape: readonly number[], values = 0): Uint8Array {
  return formatIdx(shape, new Uint8Array(values));
}

function write(bytes: Uint8Array, name = 'x.gz'): string {
  const path = join(makeFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

const MILLION = 2 ** 20;
/** 64 MB of zeros; members of a gzip file are unpacked as one. */
const ZEROS = gzipSync(new Uint8Array(64 * MILLION));
const bomb = (head: Uint8Array, members: number) =>
  Buffer.concat([gzipSync(head), ...Array.from({ length: members }, () => ZEROS)]);

/** What reading a file in a process of its own ends with, and the most memory that the process took. */
async function readApart(path: string, dims: 1 | 3): Promise<{ message: string; megabytes: number }> {
  const module = resolve('dist/src/data/idx-file.js');
  const code = `import { readIdx } from ${JSON.stringify(module)};
let message = 'read';
try { readIdx(${JSON.stringify(path)}, ${dims}); } catch (error) { message = error.name + ': ' + error.message; }
console.log(JSON.stringify({ message, megabytes: process.resourceUsage().maxRSS / 1024 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(stdout) as { message: string; megabytes: number };
}

describe('gzip files of a few megabytes that hold gigabytes take none of them', () => {
  test.each([
    [
      'behind a header of few values',
      () => bomb(lie([10, 28, 28]), 64),
      'announces 10 × 28 × 28 = 7,840 values, and has 4.2 MB, which is more than they take gzipped',
    ],
    [
      'behind a header of as many as the file could have',
      () => bomb(lie([60_000, 28, 28]), 64),
      'announces 60000 × 28 × 28 = 47,040,000 values and holds more than that, unpacked',
    ],
    [
      'as their header says',
      () => bomb(lie([4096, 1024, 1024]), 64),
      'gzipped files of more than 2.1 GB are not read',
    ],
    [
      'that the file cannot hold',
      () => gzipSync(lie([4096, 1024, 1024], 1000)),
      'bytes cannot hold: cut short, or no such file',
    ],
    ['before any header', () => bomb(new Uint8Array(0), 64), 'not an IDX file (magic 0x00000000)'],
  ])('%s', async (_, make, expected) => {
    const path = write(make());
    const { message, megabytes } = await readApart(path, 3);
    expect(message).toContain(expected);
    expect(message).toMatch(/^SweeplineError: /);
    expect(message).toContain(path);
    // Node itself takes 50; the second case may unpack what it was promised.
    expect(megabytes).toBeLessThan(300);
  });
});

describe('headers that promise what the file has not', () => {
  const most = 2 ** 32 - 1;
  test.each([
    ['more values than there are', lie([3, 28, 28], 28), '3 × 28 × 28 = 2,352 values and holds 28'],
    ['negative sizes', lie([-1, 28, 28], 28), '4294967295 × 28 × 28 = 3,367,254,359,280 values and holds 28'],
    ['a product above 2^53', lie([most, most, most], 9), 'more than 2^53 values and holds 9'],
    ['no values, and has some', lie([0, 28, 28], 5), '5 bytes too long: announces 0 × 28 × 28 = 0 values'],
  ])('%s', (_, bytes, expected) => {
    expect(() => readIdx(write(bytes, 'x'), 3)).toThrow(expected);
    expect(() => readIdx(write(gzipSync(bytes)), 3)).toThrow(SweeplineError);
  });

  test('no size at all is no fault of the file, but of the data set', () => {
    expect(readIdx(write(lie([0, 28, 28]), 'x'), 3).values).toHaveLength(0);
    const folder = writeFiles(makeFolder(), { [FILES[0]]: lie([0, 4, 5]), [FILES[1]]: lie([0]) });
    expect(() => loadFolder(folder)).toThrow('the train images are none (0 × 4 × 5)');
  });

  test('whatever they say, gzipped or not, it is read whole or refused in words', () => {
    const size = fc.oneof(fc.nat(4), fc.nat(300), fc.nat(most));
    fc.assert(
      fc.property(fc.tuple(size, size, size), fc.nat(200), fc.boolean(), ([a, b, c], values, zipped) => {
        const bytes = lie([a, b, c], values);
        const path = write(zipped ? gzipSync(bytes) : bytes);
        if (a * b * c === values) expect(readIdx(path, 3).shape).toEqual([a, b, c]);
        else expect(() => readIdx(path, 3)).toThrow(SweeplineError);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

test('a header far behind the start of a gzip stream is found, if not too far', () => {
  const bytes = lie([2, 2, 2], 8);
  const empty = gzipSync(new Uint8Array(0));
  const padded = (members: number) =>
    Buffer.concat([...Array.from({ length: members }, () => empty), gzipSync(bytes)]);
  expect(readIdx(write(padded(1000)), 3).shape).toEqual([2, 2, 2]);
  expect(() => readIdx(write(padded(20_000)), 3)).toThrow('an empty file');
});

test.skipIf(process.platform === 'win32')('what is no file is not waited for', () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  for (const name of ['folder', 'pipe'])
    expect(() => readIdx(join(folder, name), 3)).toThrow(`${name}: it is no file`);
});

test.each([
  ['says so', true],
  ['does not say', false],
])('a mirror that sends without end does not fill the disk: it %s', async (_, says) => {
  const chunk = Buffer.alloc(MILLION);
  let sent = 0;
  const server = createServer((_request, response) => {
    if (says) response.setHeader('content-length', 1e12);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      if (!response.destroyed) sent += chunk.length;
    };
    response.on('drain', more);
    more();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await expect(fetchMnist(makeFolder(), { mirrors: [url] })).rejects.toThrow(
    /sends .* or more; no file of MNIST is longer than 64 MB/,
  );
  expect(sent).toBeLessThan(200 * MILLION);
});
