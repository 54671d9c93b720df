// A journal read as it grows gives what reading it at once gives.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveRun } from '../../src/dashboard/live-run.js';
import { unpackData } from '../../src/explore/unpack.js';
import { writeRunReport } from '../../src/report/load.js';
import { writeDerived } from '../../src/run/derive.js';
import { readJournal } from '../../src/run/read-journal.js';
import { addTrials, beginRun, makeTrials, newRoot } from './runs.js';

const open = (folder: string) => new LiveRun({ folder, root: folder, shown: folder, path: '' });

test('in whatever pieces it came, trials tried again and reported before they end included', async () => {
  const pieces = fc.array(
    fc.record({
      first: fc.nat(40),
      count: fc.integer({ min: 1, max: 9 }),
      reports: fc.nat(2),
      attempt: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(pieces, async (list) => {
      const folder = newRoot();
      const journal = await beginRun(folder);
      const growing = open(folder);
      for (const { first, count, reports, attempt } of list) {
        for (let step = 1; step <= reports; step++)
          await journal.append(
            { t: 'report', epoch: 0, trial: first + 50, attempt },
            Buffer.from(`${first + 50},${step},${step / 2}\n`),
          );
        await addTrials(journal, makeTrials(count, first), attempt);
        await growing.refresh();
      }
      await journal.close();
      const whole = open(folder);
      await whole.refresh();
      expect(Buffer.from(growing.data()).equals(Buffer.from(whole.data()))).toBe(true);
      rmSync(folder, { recursive: true });
    }),
    { seed: 26, numRuns: 25 },
  );
});

test('is the data that report.html has of the same run', async () => {
  const folder = newRoot();
  const journal = await beginRun(folder);
  await addTrials(journal, makeTrials(30));
  await addTrials(journal, makeTrials(5, 10), 2);
  await journal.close();
  const live = open(folder);
  await live.refresh();
  expect([await live.explain(), await live.explain()]).toEqual([true, false]);
  const { facts, trials, curves, attempts } = unpackData(Uint8Array.from(live.data()));
  await writeDerived(folder, readJournal(folder).state);
  const { html } = await writeRunReport(folder);
  const page = readFileSync(join(folder, html), 'utf8');
  const [, packed] = /id="sweepline-data">([\w+/=]*)</.exec(page)!;
  const { inflateRawSync } = await import('node:zlib');
  const report = unpackData(Uint8Array.from(inflateRawSync(Buffer.from(packed!, 'base64'))));
  expect(trials).toEqual(report.trials);
  expect(curves).toEqual(report.curves);
  expect(attempts).toEqual(report.attempts);
  expect({ ...facts, run: '' }).toEqual({ ...report.facts, run: '' });
});

test('half a record at its end is waited for; another file of the same name is read from its start', async () => {
  const [folder, other] = [newRoot(), newRoot()];
  const journal = await beginRun(folder);
  await addTrials(journal, makeTrials(4));
  await journal.close();
  const path = join(folder, 'journal.bin');
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length - 5));
  const live = open(folder);
  await live.refresh();
  expect(live.view().counts.done).toBe(0);
  appendFileSync(path, bytes.subarray(bytes.length - 5));
  await live.refresh();
  expect([live.view().counts.done, live.version]).toEqual([4, 2]);
  await live.refresh();
  expect(live.version).toBe(2);
  const shorter = await beginRun(other);
  await addTrials(shorter, makeTrials(2));
  await shorter.close();
  rmSync(path);
  writeFileSync(path, readFileSync(join(other, 'journal.bin')));
  await live.refresh();
  expect(live.view().counts.done).toBe(2);
  expect(unpackData(Uint8Array.from(live.data())).trials.rows).toBe(2);
});

test('curves of many trials are thinned, and the last point of a long one is kept', async () => {
  const folder = newRoot();
  const journal = await beginRun(folder);
  const long = Array.from({ length: 5001 }, (_, i) => i);
  await addTrials(journal, [{ ...makeTrials(1)[0]!, series: long }]);
  for (let first = 1; first < 9001; first += 3000) await addTrials(journal, makeTrials(3000, first));
  await journal.close();
  const live = open(folder);
  await live.refresh();
  const { curves, facts } = unpackData(Uint8Array.from(live.data()));
  expect(facts.notes[0]).toMatch(/^curves of 4,\d{3} of 9,001 trials \(one in 2\)$/);
  const [trial, step] = curves!.columns;
  const last = new Map(Array.from(trial!.values, (each, i) => [each, step!.values[i]]));
  expect(last.get(0) ?? 5001).toBe(5001);
});
