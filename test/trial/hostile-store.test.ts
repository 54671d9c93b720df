// Artifacts of a run folder from somebody else, who may have put links in it; and names that are none.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stageFolder } from '../../src/run/folder.js';
import { createFolderStore } from '../../src/trial/store.js';

/** A run folder beside one whose files nobody may touch. */
function makeHome() {
  const home = mkdtempSync(join(tmpdir(), 'sweepline-links-'));
  const [run, other] = [join(home, 'run'), join(home, 'other')];
  mkdirSync(join(run, 'artifacts/1/deep'), { recursive: true });
  mkdirSync(other);
  writeFileSync(join(other, 'secret.txt'), 'secret');
  return { home, run, other, store: createFolderStore(run) };
}

describe.skipIf(process.platform === 'win32')(
  'a link that leads out of the run folder is not followed',
  () => {
    test.each([
      ['the folder of all artifacts', 'artifacts', 0],
      ['the folder of a trial', 'artifacts/0', 0],
      ['a folder within it', 'artifacts/1/out', 1],
    ])('%s', (_, link, trial) => {
      const { run, other, store } = makeHome();
      if (link === 'artifacts') rmSync(join(run, link), { recursive: true });
      mkdirSync(join(other, '0'));
      writeFileSync(join(other, '0/secret.txt'), 'secret');
      symlinkSync(other, join(run, link));
      const before = readdirSync(other, { recursive: true });
      const name = trial === 1 ? 'out/secret.txt' : 'secret.txt';
      for (const touch of [
        () => store.getArtifact(trial, name),
        () => store.putArtifact(trial, name, 'x'),
        () => store.putArtifact(trial, name.replace('secret', 'new'), 'x'),
      ])
        expect(touch).toThrow(
          expect.objectContaining({
            code: 'BAD_RUN_FOLDER',
            message: expect.stringContaining('leads out of the run folder: a link is on its way'),
          }),
        );
      expect(readdirSync(other, { recursive: true })).toEqual(before);
      expect(readFileSync(join(other, 'secret.txt'), 'utf8')).toBe('secret');
    });

    test('a file of a trial, or one that leads to nothing', () => {
      const { run, other, store } = makeHome();
      symlinkSync(join(other, 'secret.txt'), join(run, 'artifacts/1/file.txt'));
      symlinkSync(join(other, 'none'), join(run, 'artifacts/1/nothing'));
      for (const name of ['file.txt', 'nothing', 'nothing/x'])
        for (const touch of [() => store.getArtifact(1, name), () => store.putArtifact(1, name, 'x')])
          expect(touch).toThrow('leads out of the run folder');
      expect(readdirSync(other)).toEqual(['secret.txt']);
    });

    test('one that stays in it is, and so is one above it', () => {
      const { home, run, store } = makeHome();
      store.putArtifact(1, 'a.txt', 'a');
      symlinkSync(join(run, 'artifacts/1'), join(run, 'artifacts/2'));
      expect(Buffer.from(store.getArtifact(2, 'a.txt')!).toString()).toBe('a');
      symlinkSync(run, join(home, 'linked'));
      const linked = createFolderStore(join(home, 'linked'));
      linked.putArtifact(3, 'b.txt', 'b');
      expect(existsSync(join(run, 'artifacts/3/b.txt'))).toBe(true);
      expect(Buffer.from(linked.getArtifact(2, 'a.txt')!).toString()).toBe('a');
    });
  },
);

test('a name with a NUL is refused in words', () => {
  const { store } = makeHome();
  expect(() => store.putArtifact(1, 'a\0b', 'x')).toThrow(
    expect.objectContaining({ code: 'BAD_USAGE', message: expect.stringContaining('a\\u0000b') }),
  );
  expect(store.getArtifact(1, 'a\0b')).toBeUndefined();
});

test.each(['../..', '/etc', 'a/b', '..', '', 'a\0', 'a b', undefined, { a: 1 }])(
  'a manifest’s stage %j is no folder',
  (stage) => {
    expect(() => stageFolder('/runs/1', stage as string)).toThrow(
      expect.objectContaining({ code: 'BAD_RUN_FOLDER', message: expect.stringContaining('names a stage') }),
    );
    expect(stageFolder('/runs/1', 'judge')).toBe(join('/runs/1', 'stages', 'judge'));
  },
);
