// Every writer, against a file system whose calls are recorded and fail where a test says so.
import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createFile,
  FileBatch,
  isTemporaryName,
  makeFolder,
  replaceFile,
  replaceFileSync,
  settleFile,
  temporaryName,
} from '../../src/ground/durable.js';

const root = mkdtempSync(join(tmpdir(), 'sweepline-durable-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'a-'));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const OPERATIONS = ['open', 'write', 'fsync', 'close', 'rename', 'link', 'mkdir'] as const;

/** Notes each call with what it was about, its descriptors by their paths. `fails` ends one with ENOSPC instead. */
function watch(fails?: (call: string) => boolean): string[] {
  const calls: string[] = [];
  const opened = new Map<unknown, string>();
  const nameOf = (target: unknown) => {
    const path = typeof target === 'number' ? (opened.get(target) ?? '?') : String(target);
    return isTemporaryName(basename(path)) ? 'temporary' : path.replace(folder, '.');
  };
  const full = () => Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' });
  for (const operation of OPERATIONS) {
    const note = (args: readonly unknown[]) => {
      const call = `${operation} ${nameOf(args[0])}`;
      calls.push(call);
      return fails?.(call) === true;
    };
    const later = fs[operation] as (...args: unknown[]) => void;
    vi.spyOn(fs, operation as 'open').mockImplementation(((...args: unknown[]) => {
      const done = args.pop() as (error: Error | null, result?: unknown) => void;
      if (note(args)) return done(full());
      later(...args, (error: Error | null, result: unknown) => {
        if (operation === 'open' && error === null) opened.set(result, String(args[0]));
        done(error, result);
      });
    }) as never);
    const now = fs[`${operation}Sync`] as (...args: unknown[]) => unknown;
    vi.spyOn(fs, `${operation}Sync` as 'openSync').mockImplementation(((...args: unknown[]) => {
      if (note(args)) throw full();
      const result = now(...args);
      if (operation === 'open') opened.set(result, String(args[0]));
      return result;
    }) as never);
  }
  return calls;
}

async function writeBatch(path: string, content: string | Uint8Array): Promise<void> {
  const batch = new FileBatch();
  try {
    await batch.write(path, content);
    await batch.commit();
  } finally {
    await batch.discard();
  }
}

async function writeStream(path: string, content: string | Uint8Array): Promise<void> {
  const batch = new FileBatch();
  try {
    await makeFolder(dirname(path));
    const stream = batch.stream(path);
    if (typeof content === 'string') stream.appendText(content);
    else stream.append(content);
    await batch.commit();
  } finally {
    await batch.discard();
  }
}

type Writer = (path: string, content: string | Uint8Array) => void | Promise<void>;
const REPLACERS: readonly (readonly [string, Writer])[] = [
  ['replaceFile', replaceFile],
  ['replaceFileSync', replaceFileSync],
  ['FileBatch.write', writeBatch],
  ['FileBatch.stream', writeStream],
];

/** A writer's promise, also where it throws at once. */
const attempt = async (write: Writer, path: string, content: string | Uint8Array) => write(path, content);

describe.each(REPLACERS)('%s', (_name, write) => {
  it('replaces what is there, by text or bytes, and leaves nothing else', async () => {
    const path = join(folder, 'a.txt');
    await write(path, 'old and long');
    await write(path, 'nü\n');
    expect(readFileSync(path, 'utf8')).toBe('nü\n');
    await write(path, new Uint8Array([0, 255, 10]));
    expect([...readFileSync(path)]).toEqual([0, 255, 10]);
    await write(path, '');
    expect(readFileSync(path).length).toBe(0);
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('flushes the file before it gets its name, and the folder after', async () => {
    const calls = watch();
    await write(join(folder, 'a.txt'), 'text');
    const order = ['fsync temporary', 'rename temporary', 'fsync .'];
    expect(calls.filter((call) => order.includes(call))).toEqual(order);
    expect(calls.filter((call) => call.startsWith('close')).length).toBeGreaterThanOrEqual(1);
  });

  it('makes the folders above, and flushes each in the one above it', async () => {
    const calls = watch();
    const path = join(folder, 'b', 'c', 'd', 'a.txt');
    await write(path, 'text');
    expect(readFileSync(path, 'utf8')).toBe('text');
    const flushed = calls.filter((call) => call.startsWith('fsync .'));
    expect(flushed).toEqual(['fsync .', 'fsync ./b', 'fsync ./b/c', 'fsync ./b/c/d']);
  });

  it.each(['write temporary', 'fsync temporary', 'rename temporary'])(
    'leaves the old file, and no other, where the disk is full at: %s',
    async (fault) => {
      const path = join(folder, 'a.txt');
      writeFileSync(path, 'old');
      const calls = watch((call) => call === fault);
      await expect(attempt(write, path, 'new')).rejects.toMatchObject({ code: 'ENOSPC' });
      vi.restoreAllMocks();
      expect(calls).toContain(fault);
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(folder)).toEqual(['a.txt']);
    },
  );

  it('says why where a folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(attempt(write, join(folder, 'file', 'a.txt'), 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('createFile', () => {
  it('makes a file once, flushed with its folder', async () => {
    const path = join(folder, 'a.txt');
    const calls = watch();
    expect(await createFile(path, 'first')).toBe(true);
    const order = ['fsync temporary', 'link temporary', 'fsync .'];
    expect(calls.filter((call) => order.includes(call))).toEqual(order);
    expect(await createFile(path, 'second')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('makes no folder, and leaves nothing where it fails', async () => {
    await expect(createFile(join(folder, 'b', 'a.txt'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    watch((call) => call === 'link temporary');
    await expect(createFile(join(folder, 'a.txt'), 'x')).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lets one of many win', async () => {
    const path = join(folder, 'a.txt');
    const won = await Promise.all(Array.from({ length: 20 }, (_, i) => createFile(path, String(i))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toBe(String(won.indexOf(true)));
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });
});

describe('FileBatch', () => {
  it('names its files together and flushes each folder once', async () => {
    const batch = new FileBatch();
    mkdirSync(join(folder, 'b'));
    const calls = watch();
    const stream = batch.stream(join(folder, 's.csv'));
    for (const name of ['a.txt', 'c.txt', 'b/d.txt']) await batch.write(join(folder, name), name);
    stream.appendText('a,b\n');
    expect(readdirSync(folder).filter((each) => !isTemporaryName(each))).toEqual(['b']);
    await batch.commit();
    const named = calls.slice(calls.indexOf('rename temporary'));
    expect(named.filter((call) => call.startsWith('fsync .'))).toEqual(['fsync .', 'fsync ./b']);
    expect(calls.lastIndexOf('fsync temporary')).toBeLessThan(calls.indexOf('rename temporary'));
    await batch.discard();
    expect(readdirSync(folder)).toEqual(['a.txt', 'b', 'c.txt', 's.csv']);
    expect(readFileSync(join(folder, 's.csv'), 'utf8')).toBe('a,b\n');
  });

  it('removes what has no name where it is given up', async () => {
    const batch = new FileBatch();
    batch.stream(join(folder, 's.csv')).appendText('x'.repeat(3_000_000));
    await batch.write(join(folder, 'a.txt'), 'a');
    await batch.discard();
    await batch.discard();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('FileStream', () => {
  it('keeps the order of small, large and copied pieces across its buffer', async () => {
    const source = join(folder, 'source');
    const bytes = Buffer.from(Array.from({ length: 2_500_000 }, (_, i) => i % 251));
    writeFileSync(source, bytes);
    const fd = fs.openSync(source, 'r');
    const batch = new FileBatch();
    const stream = batch.stream(join(folder, 'whole'));
    const large = 'ü'.repeat(700_000);
    stream.appendText('a');
    stream.copy(fd, 7, 2_400_000);
    stream.appendText(large);
    stream.append(bytes);
    stream.append(bytes.subarray(0, 5));
    await batch.commit();
    const expected = ['a', bytes.subarray(7, 2_400_007), large, bytes, bytes.subarray(0, 5)];
    const whole = Buffer.concat(expected.map((part) => Buffer.from(part as Uint8Array)));
    expect(readFileSync(join(folder, 'whole')).equals(whole)).toBe(true);
    expect(stream.bytes).toBe(whole.length);
    const short = new FileBatch();
    expect(() => short.stream(join(folder, 'short')).copy(fd, 2_499_999, 3)).toThrow('2 bytes before');
    await short.discard();
    fs.closeSync(fd);
    expect(readdirSync(folder)).toEqual(['source', 'whole']);
  });
});

describe('settleFile', () => {
  it('flushes a file of others and gives it its name', async () => {
    writeFileSync(join(folder, 'a.part'), 'new');
    writeFileSync(join(folder, 'a'), 'old');
    const calls = watch();
    await settleFile(join(folder, 'a.part'), join(folder, 'a'));
    expect(calls.filter((call) => /fsync|rename/.test(call))).toEqual([
      ...['fsync ./a.part', 'rename ./a.part', 'fsync .'],
    ]);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
    expect(existsSync(join(folder, 'a.part'))).toBe(false);
  });
});

describe('temporaryName', () => {
  it('lies beside the file, is known for what it is, fits, and never repeats', () => {
    const long = join(folder, '漢'.repeat(80));
    for (const path of [join(folder, 'a.txt'), long]) {
      const names = new Set(Array.from({ length: 100 }, () => temporaryName(path)));
      expect(names.size).toBe(100);
      for (const each of names) {
        expect(dirname(each)).toBe(folder);
        expect(isTemporaryName(basename(each))).toBe(true);
        expect(Buffer.byteLength(basename(each))).toBeLessThan(256);
      }
    }
    replaceFileSync(long, 'x');
    expect(readFileSync(long, 'utf8')).toBe('x');
    expect(['a.txt', '.hidden', 'a.tmp'].filter(isTemporaryName)).toEqual([]);
  });

  it('does not repeat across threads that replace one file at once', async () => {
    const path = join(folder, 'a.txt');
    const module = new URL('../../dist/src/ground/durable.js', import.meta.url).href;
    const code = `
      const { workerData: { path, module, text } } = require('node:worker_threads');
      import(module).then(({ replaceFileSync }) => { for (let i = 0; i < 100; i++) replaceFileSync(path, text); });`;
    const texts = Array.from({ length: 4 }, (_, i) => String(i).repeat(100_000));
    const threads = texts.map((text) => new Worker(code, { eval: true, workerData: { path, module, text } }));
    const codes = await Promise.all(
      threads.map((thread) => new Promise((done, fail) => thread.on('exit', done).on('error', fail))),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(texts).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });
});
