// The keys in the journal of a run folder from somebody else become names of folders when its grid is edited: none of them
// leads out, and nothing there is removed.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setArtifactsAside } from '../../src/run/artifacts.js';
import { openJournal } from '../../src/run/journal.js';
import { spaceRecord } from '../../src/run/records.js';
import { sampleManifest, sampleRows, temporaryFolder } from './samples.js';

test.each(['../../../victim', '..', '.', '/victim', 'a/b', ''])('the key %j', async (key) => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'victim/deep'), { recursive: true });
  writeFileSync(join(home, 'victim/deep/file'), 'mine');
  const folder = join(home, 'run');
  mkdirSync(join(folder, 'artifacts/0'), { recursive: true });
  const manifest = sampleManifest();
  const { record, rows, series } = sampleRows(manifest, { first: 0, count: 1 }, { epoch: 0 });
  const cells = Buffer.from(rows).toString().split(',');
  const journal = await openJournal(folder);
  await journal.append(spaceRecord(manifest));
  await journal.appendRows(record, Buffer.from([cells[0], key, ...cells.slice(2)].join(',')), series);
  const before = readdirSync(home, { recursive: true, encoding: 'utf8' }).sort();
  expect(() => setArtifactsAside(folder, journal.state.epoch)).toThrow(
    expect.objectContaining({
      code: 'BAD_RUN_FOLDER',
      message: expect.stringContaining(`trial 0 under the key ${JSON.stringify(key)}, which is none`),
    }),
  );
  await journal.close();
  expect(existsSync(join(home, 'victim/deep/file'))).toBe(true);
  expect(
    readdirSync(home, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.endsWith('by-key'))
      .sort(),
  ).toEqual(before);
});
