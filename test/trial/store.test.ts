// Files of trials: whole or not there at all, each under its own trial, whoever else writes.
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { artifactFolder, createFolderStore, type TrialStore } from '../../src/trial/store.js';

function temporaryStore(): { readonly folder: string; readonly store: TrialStore } {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, store: createFolderStore(folder) };
}

/** Every file under a folder, by its path within. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe('artifacts', () => {
  it('lie under their trial, and are given back', () => {
    const { folder, store } = temporaryStore();
    const bytes = Uint8Array.of(0, 255, 10, 13);
    expect(store.putArtifact(12, 'weights.bin', bytes)).toBe(join('artifacts', '12', 'weights.bin'));
    expect(store.putArtifact(12, 'deep/er/é.txt', 'é')).toBe(join('artifacts', '12', 'deep', 'er', 'é.txt'));
    expect(store.getArtifact(12, 'weights.bin')).toEqual(bytes);
    expect(Buffer.from(store.getArtifact(12, 'deep/er/é.txt')!).toString()).toBe('é');
    expect(readFileSync(join(artifactFolder(folder, 12), 'weights.bin'))).toEqual(Buffer.from(bytes));
    expect(store.getArtifact(1, 'weights.bin')).toBeUndefined();
  });

  it('replace an older one of the same name, and leave nothing else', () => {
    const { folder, store } = temporaryStore();
    store.putArtifact(0, 'a.txt', 'a long first text');
    store.putArtifact(0, 'a.txt', 'short');
    store.putArtifact(0, './b/../a.txt', 'again');
    expect(Buffer.from(store.getArtifact(0, 'a.txt')!).toString()).toBe('again');
    expect(filesIn(folder)).toEqual([join('artifacts', '0', 'a.txt')]);
  });

  it.each(['', '.', '..', '../1/a.txt', '../a.txt', 'a/../../1/b.txt', '/tmp/outside.txt', '../0'])(
    'may not be called "%s", which leads out of the trial',
    (name) => {
      const { folder, store } = temporaryStore();
      store.putArtifact(1, 'a.txt', 'of trial 1');
      expect(() => store.putArtifact(0, name, 'x')).toThrow(
        expect.objectContaining({
          code: 'BAD_USAGE',
          message: `artifact "${name}" would lie outside its trial's folder`,
        }),
      );
      expect(store.getArtifact(0, name)).toBeUndefined();
      expect(filesIn(folder)).toEqual([join('artifacts', '1', 'a.txt')]);
    },
  );

  it('of a trial whose number begins like another’s stay apart', () => {
    const { store } = temporaryStore();
    store.putArtifact(12, 'a.txt', 'twelve');
    expect(() => store.putArtifact(1, '../12/a.txt', 'x')).toThrow('outside');
    expect(store.getArtifact(1, '../12/a.txt')).toBeUndefined();
  });

  it('are not there at all where they could not be written whole', () => {
    const { folder, store } = temporaryStore();
    mkdirSync(join(artifactFolder(folder, 0), 'taken'), { recursive: true });
    expect(() => store.putArtifact(0, 'taken', 'x')).toThrow();
    expect(filesIn(folder)).toEqual([]);
  });
});

describe('checkpoints', () => {
  it('are kept under their key until they are dropped', () => {
    const { folder, store } = temporaryStore();
    expect(store.getCheckpoint('abc')).toBeUndefined();
    store.putCheckpoint('abc', Uint8Array.of(1, 2));
    store.putCheckpoint('abc', Uint8Array.of(3));
    store.putCheckpoint('abd', new Uint8Array(0));
    expect(createFolderStore(folder).getCheckpoint('abc')).toEqual(Uint8Array.of(3));
    expect(store.getCheckpoint('abd')).toEqual(new Uint8Array(0));
    expect(['abc', 'abd', 'abe'].map((key) => store.hasCheckpoint(key))).toEqual([true, true, false]);
    store.dropCheckpoint('abc');
    store.dropCheckpoint('abc');
    store.dropCheckpoint('never');
    expect(store.getCheckpoint('abc')).toBeUndefined();
    expect(filesIn(folder)).toEqual([join('checkpoints', 'abd.bin')]);
  });
});

it.each([0, 4, 100_000])('what is read, %i bytes, has a buffer of its own', (size) => {
  const { store } = temporaryStore();
  store.putCheckpoint('a', Buffer.alloc(size, 7));
  const bytes = store.getCheckpoint('a')!;
  expect([bytes.constructor, bytes.byteLength, bytes.buffer.byteLength]).toEqual([Uint8Array, size, size]);
  bytes.fill(8);
  expect(store.getCheckpoint('a')).toEqual(new Uint8Array(size).fill(7));
});

describe('two threads', () => {
  it('write at once, and whoever reads finds one of the two whole', async () => {
    const { folder, store } = temporaryStore();
    const entry = new URL('../../dist/test/trial/store-thread.js', import.meta.url);
    const [times, size] = [40, 20_000];
    const threads = ['a', 'b'].map(
      (letter) => new Worker(entry, { workerData: { folder, letter, times, size } }),
    );
    let running = threads.length;
    const done = threads.map((thread) => once(thread, 'exit').finally(() => running--));
    const seen = new Set<string>();
    const look = () => {
      for (const bytes of [store.getArtifact(0, 'shared.txt'), store.getCheckpoint('key')])
        if (bytes !== undefined) seen.add(Buffer.from(bytes).toString());
    };
    while (running > 0) {
      look();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(done);
    look();
    const whole = ['a', 'b'].map((letter) => letter.repeat(size));
    expect(seen.size).toBeGreaterThan(0);
    expect([...seen].every((text) => whole.includes(text))).toBe(true);
    expect(filesIn(join(folder, 'artifacts', '1'))).toHaveLength(2 * times);
    expect(filesIn(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
    expect(existsSync(join(folder, 'checkpoints', 'key.bin'))).toBe(true);
  });
});
