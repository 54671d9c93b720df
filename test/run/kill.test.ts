// A process that appends is killed with -9: whatever it had acknowledged is there, and the next one goes on.
import { describe, expect, it } from 'vitest';
import { writeDerived } from '../../src/run/derive.js';
import { openJournal } from '../../src/run/journal.js';
import { spaceRecord } from '../../src/run/records.js';
import { startChild } from './children/start.js';
import { sampleManifest, temporaryFolder } from './samples.js';

describe('a killed writer', () => {
  it('leaves every trial that it acknowledged, again and again', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(spaceRecord(sampleManifest()));
    await journal.close();
    const acknowledged = new Set<number>();
    for (const lines of [1, 30, 150, 400]) {
      const child = startChild('append', folder);
      for (let i = 0; i < lines; i++) acknowledged.add(Number(await child.nextLine()));
      await child.kill();
      // What it had said before it died, but nobody had read yet, counts too; its last line may be cut.
      for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) {
        if (line !== '') acknowledged.add(Number(line));
      }
      const reopened = await openJournal(folder);
      const { epoch } = reopened.state;
      expect([...acknowledged].filter((trial) => !epoch.isDone(trial))).toEqual([]);
      expect(epoch.extents.size).toBe(epoch.doneCount);
      expect((await writeDerived(folder, reopened.state)).trials).toBe(epoch.doneCount);
      await reopened.close();
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(581);
  });
});
