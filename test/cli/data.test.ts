import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { newFolder, runProgram, startProgram } from './program.js';

const MNIST = resolve('../shared/data/mnist');

/** A mirror on loopback: what `find` gives for a file's name, 404 for the rest. */
async function serve(find: (name: string) => Buffer | undefined): Promise<string> {
  const server = createServer((request, response) => {
    const body = find(request.url!.split('/').at(-1)!);
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mnist`;
}

test('data sets are listed, with what is here and what is not', async () => {
  const cwd = newFolder();
  const { finished } = startProgram(cwd, ['data', 'list', '--json'], {
    XDG_CACHE_HOME: cwd,
    SWEEPLINE_DATA: '',
  });
  const { code, stdout } = await finished;
  expect(code).toBe(0);
  const sets = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; present: boolean });
  expect(sets.map(({ name, present }) => [name, present])).toEqual([
    ['mnist', false],
    ['digits', false],
  ]);
  const text = await startProgram(cwd, ['data'], { XDG_CACHE_HOME: cwd, SWEEPLINE_DATA: '' }).finished;
  expect(text.stdout).toContain('`sweepline data fetch mnist` gets it');
});

test.each([
  ['an unknown action', ['data', 'fecth'], 'did you mean "fetch"?'],
  ['nothing named', ['data', 'fetch'], 'expected mnist'],
  ['an unknown data set', ['data', 'fetch', 'mnits'], 'did you mean "mnist"?'],
  ['digits', ['data', 'fetch', 'digits'], 'generated on first use'],
  ['a mirror that is no address', ['data', 'fetch', 'mnist', '--mirror', 'here'], '--mirror here'],
])('wrong use, %s: exit 2', async (_, argv, message) => {
  const cwd = newFolder();
  const { code, stderr, stdout } = await runProgram(cwd, ...argv);
  expect(stderr).toContain(message);
  expect({ code, stdout, files: readdirSync(cwd) }).toEqual({ code: 2, stdout: '', files: [] });
});

test('a mirror with other bytes: exit 2, the mirror is named, and no file is kept', async () => {
  const cwd = newFolder();
  const mirror = await serve(() => gzipSync('not MNIST'));
  const { code, stderr } = await runProgram(cwd, 'data', 'fetch', 'mnist', 'here', '--mirror', mirror);
  expect(code).toBe(2);
  expect(stderr).toContain(`${mirror}/: not MNIST's train-images-idx3-ubyte (SHA-256 differs)`);
  expect(readdirSync(join(cwd, 'here'))).toEqual([]);
});

test.skipIf(!existsSync(MNIST))(
  'MNIST is fetched into a folder, once, and found there (skipped where ../shared/data/mnist is absent)',
  async () => {
    const cwd = newFolder();
    const mirror = await serve((name) => {
      const packed = join(MNIST, name);
      if (existsSync(packed)) return readFileSync(packed);
      const plain = packed.replace(/\.gz$/, '');
      return existsSync(plain) ? gzipSync(readFileSync(plain), { level: 1 }) : undefined;
    });
    const fetch = ['data', 'fetch', 'mnist', 'data/mnist', '--mirror', mirror];
    const first = await runProgram(cwd, ...fetch);
    expect(first.stderr).toContain('mnist: 4 files fetched, every SHA-256 right');
    expect(first).toMatchObject({ code: 0, stdout: `${join(cwd, 'data/mnist')}\n` });
    expect((await runProgram(cwd, ...fetch)).stderr).toContain('mnist: 4 files there already');
    expect((await runProgram(cwd, 'data')).stdout).toContain('data/mnist');
    // Damaged since: told before anything starts, and mended by the same command.
    const labels = join(cwd, 'data/mnist/t10k-labels-idx1-ubyte.gz');
    writeFileSync(labels, readFileSync(labels).subarray(0, 2000));
    const run = await runProgram(cwd, 'run', 'latent', '--set', 'latent=2', '--out', 'run');
    expect(run.stderr).toContain('t10k-labels-idx1-ubyte');
    expect({ code: run.code, made: existsSync(join(cwd, 'run')) }).toEqual({ code: 2, made: false });
    expect((await runProgram(cwd, ...fetch)).stderr).toContain('1 file fetched, 3 files there already');
  },
);
