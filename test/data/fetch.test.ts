// Fetching from real servers on loopback: ranges, cut connections, wrong bytes, several mirrors.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';

import { FILES, type FileName } from '../../src/data/dataset.js';
import { fetchMnist } from '../../src/data/fetch.js';
import { formatIdx, hashBytes } from '../../src/data/idx.js';
import { loadFolder } from '../../src/data/mnist.js';
import { makeFolder, tinyFiles, writeFiles } from './folders.js';

const files = tinyFiles();
const zipped = Object.fromEntries(FILES.map((file) => [`/${file}.gz`, gzipSync(files[file])]));
const sums = Object.fromEntries(FILES.map((file) => [file, hashBytes(files[file])])) as Record<
  FileName,
  string
>;

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

interface Mirror {
  readonly url: string;
  readonly requests: string[];
}

async function serve(handle: Handler): Promise<Mirror> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? 'whole'}`);
    const body = zipped[request.url!];
    if (body === undefined) response.writeHead(404).end();
    else handle(request, response, body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

const whole: Handler = (_, response, body) => {
  response.writeHead(200, { 'content-length': body.length }).end(body);
};

const ranges: Handler = (request, response, body) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) whole(request, response, body);
  else if (from >= body.length) response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
  else {
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    response
      .writeHead(206, { 'content-range': range, 'content-length': body.length - from })
      .end(body.subarray(from));
  }
};

test('fetches the four files; a second call keeps them without a request', async () => {
  const mirror = await serve(ranges);
  const folder = join(makeFolder(), 'deep', 'mnist');
  const seen: number[] = [];
  const options = {
    mirrors: [mirror.url],
    sums,
    onProgress: (p: { receivedBytes: number }) => seen.push(p.receivedBytes),
  };
  expect(await fetchMnist(folder, options)).toEqual({ fetched: [...FILES], kept: [] });
  expect(loadFolder(folder).train.count).toBe(30);
  expect(seen.at(-1)).toBe(zipped[`/${FILES[3]}.gz`]!.length);
  expect(await fetchMnist(folder, options)).toEqual({ fetched: [], kept: [...FILES] });
  expect(mirror.requests.length).toBe(4);
});

test('a connection that breaks is an error that keeps the part, and the next call asks for the rest only', async () => {
  const folder = makeFolder();
  const first = `/${FILES[0]}.gz`;
  const half = zipped[first]!.length >> 1;
  let cut = true;
  let breakOff = () => {};
  const mirror = await serve((request, response, body) => {
    if (!cut) return ranges(request, response, body);
    response.writeHead(200, { 'content-length': body.length });
    response.write(body.subarray(0, half));
    breakOff = () => response.destroy();
  });
  const broken = fetchMnist(folder, {
    mirrors: [mirror.url],
    sums,
    onProgress: ({ receivedBytes }) => {
      if (receivedBytes === half) breakOff();
    },
  });
  await expect(broken).rejects.toThrow(`${FILES[0]}.gz could not be fetched`);
  expect(existsSync(join(folder, `${FILES[0]}.gz`))).toBe(false);
  expect(readFileSync(join(folder, `${FILES[0]}.gz.part`)).length).toBe(half);
  cut = false;
  await fetchMnist(folder, { mirrors: [mirror.url], sums });
  expect(mirror.requests.filter((r) => r.startsWith(first))).toEqual([
    `${first} whole`,
    `${first} bytes=${half}-`,
  ]);
  expect(readFileSync(join(folder, `${FILES[0]}.gz`))).toEqual(zipped[first]);
});

test.each<[string, Handler]>([
  ['a server that knows ranges', ranges],
  ['a server that always sends the whole file', whole],
])('a part that is wrong, or complete already: %s', async (_, handle) => {
  const mirror = await serve(handle);
  const folder = makeFolder();
  writeFileSync(join(folder, `${FILES[0]}.gz.part`), Buffer.from('no gzip at all'));
  writeFileSync(join(folder, `${FILES[1]}.gz.part`), zipped[`/${FILES[1]}.gz`]!);
  writeFileSync(join(folder, `${FILES[2]}.gz.part`), Buffer.alloc(5000));
  await fetchMnist(folder, { mirrors: [mirror.url], sums });
  for (const file of FILES) expect(readFileSync(join(folder, `${file}.gz`))).toEqual(zipped[`/${file}.gz`]);
});

test('wrong bytes from one mirror: the next one is tried', async () => {
  const lying = await serve((_, response) => response.end(gzipSync(formatIdx([1], Uint8Array.of(1)))));
  const missing = await serve((_, response) => response.writeHead(503).end());
  const good = await serve(ranges);
  const folder = makeFolder();
  await fetchMnist(folder, { mirrors: [lying.url, missing.url, good.url], sums });
  expect(loadFolder(folder).test.count).toBe(20);
  expect(good.requests.length).toBe(4);
});

test('no mirror serves: every one is named with what it did, and no wrong file is left', async () => {
  const lying = await serve((_, response) => response.end('<html>sign in</html>'));
  const missing = await serve((_, response) => response.writeHead(503).end());
  const folder = makeFolder();
  const failure = fetchMnist(folder, { mirrors: [lying.url, missing.url], sums });
  await expect(failure).rejects.toThrow(`${lying.url}: not MNIST's ${FILES[0]} (SHA-256 differs)`);
  await expect(failure).rejects.toThrow(`${missing.url}: answered 503`);
  expect(existsSync(join(folder, `${FILES[0]}.gz`))).toBe(false);
  expect(existsSync(join(folder, `${FILES[0]}.gz.part`))).toBe(false);
});

test('a damaged file that is there already is replaced, the old one set aside', async () => {
  const mirror = await serve(ranges);
  const folder = writeFiles(makeFolder(), { [FILES[1]]: formatIdx([30], new Uint8Array(30)) });
  expect(await fetchMnist(folder, { mirrors: [mirror.url], sums })).toMatchObject({ fetched: [FILES[1]] });
  expect(loadFolder(folder).train.labels[1]).toBe(files[FILES[1]][9]);
  expect(existsSync(join(folder, `${FILES[1]}.damaged`))).toBe(true);
});

test('stops when asked to', async () => {
  const stop = new AbortController();
  const mirror = await serve((_, response) => {
    response.writeHead(200);
    response.write('x', () => stop.abort());
  });
  const folder = makeFolder();
  await expect(fetchMnist(folder, { mirrors: [mirror.url], sums, signal: stop.signal })).rejects.toThrow(
    'abort',
  );
  expect(mirror.requests.length).toBe(1);
});
