// The journal's promises: replay gives the live state, a torn end costs one record, damage is told with its place.
import fs, { closeSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { SweeplineError } from '../../src/ground/errors.js';
import { encodeFrame } from '../../src/run/frames.js';
import { openJournal } from '../../src/run/journal.js';
import { readJournal } from '../../src/run/read-journal.js';
import { spaceRecord } from '../../src/run/records.js';
import type { RunState } from '../../src/run/state.js';
import type { TrialNumbers } from '../../src/trial/selection.js';
import { sampleManifest, sampleRows, temporaryFolder } from './samples.js';

const manifest = sampleManifest();

/** Everything a state knows, as plain data. */
function describeState(state: RunState): unknown {
  return {
    stopped: state.stopped,
    epochs: state.epochs.map((epoch) => ({
      record: epoch.record,
      counts: epoch.counts(),
      sets: [epoch.done, epoch.failed, epoch.timeout, epoch.skipped, epoch.orphaned].map((set) => [...set]),
      attempts: Array.from({ length: 20 }, (_, trial) => epoch.lastAttempt(trial)),
      failures: Array.from({ length: 20 }, (_, trial) => epoch.failedAttempts(trial)),
      reports: epoch.reports.all(),
      proposals: epoch.proposals,
      extents: Array.from({ length: epoch.extents.size }, (_, i) => epoch.extents.at(i)),
      mean: [epoch.runMs, epoch.timed],
    })),
  };
}

async function makeJournal(folder: string): Promise<void> {
  const journal = await openJournal(folder);
  await journal.append(spaceRecord(manifest));
  for (const trials of [{ first: 0, count: 4 }, [7, 5, 9], { first: 10, count: 3 }]) {
    const { record, rows, series } = sampleRows(manifest, trials);
    await journal.appendRows(record, rows, series);
  }
  await journal.close();
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof SweeplineError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

/** Frame starts of a healthy journal. */
function frameStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32LE(at)) starts.push(at);
  return starts;
}

describe('journal', () => {
  it('replays to the state it had live, whatever was appended', async () => {
    const trials: fc.Arbitrary<TrialNumbers> = fc.oneof(
      fc.record({ first: fc.nat(15), count: fc.integer({ min: 1, max: 5 }) }),
      fc.uniqueArray(fc.nat(19), { minLength: 1, maxLength: 6 }),
    );
    const step = fc.oneof(
      fc.record({
        t: fc.constant('rows' as const),
        trials,
        attempt: fc.integer({ min: 1, max: 3 }),
        fails: fc.boolean(),
      }),
      fc.record({
        t: fc.constant('attempt' as const),
        trials,
        attempt: fc.integer({ min: 1, max: 3 }),
        status: fc.constantFrom('lost', 'stopped', 'failed', 'timeout'),
      }),
      fc.record({
        t: fc.constant('report' as const),
        trial: fc.nat(19),
        attempt: fc.integer({ min: 1, max: 3 }),
      }),
      fc.record({ t: fc.constant('propose' as const), trial: fc.nat(19) }),
      fc.record({ t: fc.constant('space' as const) }),
      fc.record({ t: fc.constant('stop' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const folder = temporaryFolder();
        const journal = await openJournal(folder);
        const appends = [journal.append(spaceRecord(manifest))];
        let epoch = 0;
        for (const one of steps) {
          if (one.t === 'space') {
            epoch++;
            appends.push(journal.append(spaceRecord(sampleManifest({ seed: epoch }))));
          } else if (one.t === 'stop') appends.push(journal.append({ t: 'stop', reason: 'interrupted' }));
          else if (one.t === 'report')
            appends.push(journal.append({ ...one, epoch }, Buffer.from(`${one.trial},1,0.5\n`)));
          else if (one.t === 'propose')
            appends.push(
              journal.append({
                t: 'propose',
                epoch,
                points: [{ trial: one.trial, replicate: 0, point: {} }],
              }),
            );
          else {
            const numbers = 'first' in one.trials ? [one.trials.first] : one.trials;
            const failed = one.t === 'rows' && one.fails ? numbers.slice(0, 1) : [];
            const { record, rows, series } = sampleRows(manifest, one.trials, {
              epoch,
              attempt: one.attempt,
              failed,
            });
            if (one.t === 'rows') appends.push(journal.appendRows(record, rows, series));
            else appends.push(journal.append({ ...record, t: 'attempt', status: one.status }));
          }
        }
        await Promise.all(appends);
        await journal.close();
        expect(describeState(readJournal(folder).state)).toEqual(describeState(journal.state));
        const reopened = await openJournal(folder);
        expect(reopened.warnings).toEqual([]);
        expect(describeState(reopened.state)).toEqual(describeState(journal.state));
        await reopened.close();
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('drops a last record that was cut at any byte, and goes on from there', async () => {
    const folder = temporaryFolder();
    await makeJournal(folder);
    const path = join(folder, 'journal.bin');
    const whole = readFileSync(path);
    const last = frameStarts(whole).at(-1)!;
    for (let cut = last; cut < whole.length; cut++) {
      writeFileSync(path, whole.subarray(0, cut));
      const journal = await openJournal(folder);
      expect(journal.warnings).toHaveLength(cut === last ? 0 : 1);
      expect([...journal.state.epoch.done]).toEqual([0, 1, 2, 3, 5, 7, 9]);
      const { record, rows, series } = sampleRows(manifest, { first: 10, count: 3 });
      await journal.appendRows(record, rows, series);
      await journal.close();
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
  });

  it('drops a last record of which any bit is flipped, and goes on to the same state', async () => {
    const folder = temporaryFolder();
    await makeJournal(folder);
    const path = join(folder, 'journal.bin');
    const whole = readFileSync(path);
    const last = frameStarts(whole).at(-1)!;
    for (let at = last; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at] = flipped[at]! ^ (1 << (at % 8));
      writeFileSync(path, flipped);
      const journal = await openJournal(folder);
      expect(journal.warnings).toHaveLength(1);
      expect([...journal.state.epoch.done]).toEqual([0, 1, 2, 3, 5, 7, 9]);
      const { record, rows, series } = sampleRows(manifest, { first: 10, count: 3 });
      await journal.appendRows(record, rows, series);
      await journal.close();
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
  });

  it('drops records that were written in one go from the first one that is broken, whichever parts are there', async () => {
    const folder = temporaryFolder();
    await makeJournal(folder);
    const path = join(folder, 'journal.bin');
    const before = readFileSync(path).length;
    const journal = await openJournal(folder);
    const appends = [0, 1, 2, 3].map((trial) => {
      const { record, rows, series } = sampleRows(manifest, { first: 13 + trial, count: 1 });
      return journal.appendRows(record, rows, series);
    });
    await Promise.all(appends);
    expect(journal.flushes).toBe(1);
    const together = readFileSync(path).length;
    const { record, rows, series } = sampleRows(manifest, { first: 18, count: 1 });
    await journal.appendRows(record, rows, series);
    await journal.close();
    const whole = readFileSync(path);
    const starts = frameStarts(whole).filter((start) => start >= before && start < together);
    expect(starts).toHaveLength(4);
    for (let at = before; at < together; at += 7) {
      const hole = Buffer.from(whole.subarray(0, together));
      hole.fill(0, at, Math.min(at + 100, together));
      const first = starts.findLast((start) => start <= at)!;
      writeFileSync(path, hole);
      expect(readJournal(folder)).toMatchObject({ end: first, torn: together - first });
      // What was written after it shows that they were safe.
      const damaged = Buffer.from(whole);
      damaged.fill(0, at, Math.min(at + 100, together));
      writeFileSync(path, damaged);
      expect(messageOf(() => readJournal(folder))).toContain(`is damaged at byte ${first}`);
    }
  });

  it('drops a last record of which only the length reached the disk, zeros after it', async () => {
    const folder = temporaryFolder();
    await makeJournal(folder);
    const path = join(folder, 'journal.bin');
    const whole = readFileSync(path);
    const last = frameStarts(whole).at(-1)!;
    for (const kept of [0, 4, 8, 40]) {
      const torn = Buffer.from(whole);
      torn.fill(0, last + kept);
      writeFileSync(path, Buffer.concat([torn, Buffer.alloc(4096)]));
      const journal = await openJournal(folder);
      expect(journal.warnings[0]).toContain(`cut short at byte ${last}`);
      expect(journal.state.epoch.doneCount).toBe(7);
      await journal.close();
      expect(readFileSync(path).length).toBe(last);
    }
  });

  it('refuses damage at any byte before the last record, with its position, and changes nothing', async () => {
    const folder = temporaryFolder();
    await makeJournal(folder);
    const path = join(folder, 'journal.bin');
    const whole = readFileSync(path);
    const starts = frameStarts(whole);
    for (let at = starts[2]!; at < starts[4]!; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = damaged[at]! ^ 0x41;
      writeFileSync(path, damaged);
      const frame = starts.findLast((start) => start <= at)!;
      expect(messageOf(() => readJournal(folder))).toContain(`is damaged at byte ${frame}`);
    }
    const damaged = readFileSync(path);
    await expect(openJournal(folder)).rejects.toMatchObject({
      code: 'BAD_RUN_FOLDER',
      hint: expect.stringContaining(`\`sweepline repair ${folder}\``),
    });
    expect(readFileSync(path).equals(damaged)).toBe(true);
  });

  it('refuses a file that is no journal, and a format that it does not know', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'journal.bin');
    const foreign = Buffer.from('trial,key,replicate\n'.repeat(20));
    writeFileSync(path, foreign);
    await expect(openJournal(folder)).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    expect(readFileSync(path).equals(foreign)).toBe(true);
    writeFileSync(path, Buffer.concat(encodeFrame({ t: 'open', format: 4 }, []).buffers));
    expect(messageOf(() => readJournal(folder))).toMatch(/format 4.*reads up to 3/);
    writeFileSync(path, Buffer.concat(encodeFrame({ t: 'stop', reason: '' }, []).buffers));
    expect(messageOf(() => readJournal(folder))).toContain('no journal of Sweepline');
    expect(messageOf(() => readJournal(join(folder, 'nowhere')))).toContain('cannot read');
  });

  it('starts anew where a kill left an empty file or a torn first record', async () => {
    for (const left of [0, 1, 11, 20]) {
      const folder = temporaryFolder();
      writeFileSync(
        join(folder, 'journal.bin'),
        encodeFrame({ t: 'open', format: 1 }, []).buffers[0]!.subarray(0, left),
      );
      const journal = await openJournal(folder);
      await journal.append(spaceRecord(manifest));
      await journal.close();
      expect(readJournal(folder).state.epochs).toHaveLength(1);
    }
  });

  it('writes what gathers while the disk is busy in one go, and acknowledges only what is on disk', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(spaceRecord(manifest));
    const before = journal.flushes;
    let acknowledged = 0;
    const appends = Array.from({ length: 500 }, async (_, trial) => {
      const { record, rows } = sampleRows(manifest, { first: trial % 20, count: 1 });
      await journal.appendRows({ ...record, trials: { first: trial, count: 1 } }, rows);
      acknowledged++;
      if (trial % 50 === 0)
        expect(readJournal(folder).state.epoch.doneCount).toBeGreaterThanOrEqual(acknowledged);
    });
    expect(journal.pendingBytes).toBeGreaterThan(500 * 50);
    await journal.drained();
    await Promise.all(appends);
    expect(journal.pendingBytes).toBe(0);
    expect(journal.flushes - before).toBeLessThan(10);
    expect(readJournal(folder).state.epoch.doneCount).toBe(500);
    await journal.close();
    await expect(journal.append({ t: 'stop', reason: '' })).rejects.toThrow('closed');
  });

  it('sums up empty bodies of every make, such as those that came in a message', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(spaceRecord(manifest));
    const { record, rows } = sampleRows(manifest, { first: 0, count: 4 });
    for (const nothing of [new Uint8Array(), structuredClone(new Uint8Array()), new TextEncoder().encode('')])
      await journal.appendRows(record, rows, nothing);
    await journal.close();
    expect(readJournal(folder)).toMatchObject({ torn: 0 });
  });

  it('waits for the disk, not only for the write, before it acknowledges or counts a trial', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(spaceRecord(manifest));
    const sync = fs.fdatasync;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isAcknowledged = false;
    const reached = new Promise<void>((resolve) => {
      const spy = vi.spyOn(fs, 'fdatasync').mockImplementation((fd, done) => {
        resolve();
        void held.then(() => sync(fd, done));
      });
      onTestFinished(() => spy.mockRestore());
    });
    const { record, rows, series } = sampleRows(manifest, { first: 0, count: 4 });
    const append = journal.appendRows(record, rows, series).then(() => {
      isAcknowledged = true;
    });
    await reached;
    expect(readJournal(folder).state.epoch.doneCount).toBe(4);
    expect([isAcknowledged, journal.state.epoch.doneCount]).toEqual([false, 0]);
    release();
    await append;
    expect(journal.state.epoch.doneCount).toBe(4);
    await journal.close();
  });

  it('rejects everything after a write that failed', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(spaceRecord(manifest));
    closeSync((journal as unknown as { file: { fd: number } }).file.fd);
    const first = journal.append({ t: 'stop', reason: 'one' });
    const second = journal.append({ t: 'stop', reason: 'two' });
    await expect(first).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    await expect(second).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    await expect(journal.append({ t: 'stop', reason: 'three' })).rejects.toMatchObject({
      code: 'BAD_RUN_FOLDER',
    });
    expect(journal.state.stopped).toBeNull();
    expect(journal.pendingBytes).toBe(0);
  });

  it('reads on from where an earlier replay ended, beside the writer', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(spaceRecord(manifest));
    let seen = readJournal(folder);
    const { record, rows, series } = sampleRows(manifest, { first: 0, count: 4 });
    await journal.appendRows(record, rows, series);
    seen = readJournal(folder, seen.state, seen.end);
    expect(describeState(seen.state)).toEqual(describeState(journal.state));
    await journal.close();
  });
});
