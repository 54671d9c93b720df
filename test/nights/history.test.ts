// The folder of nights: written once, read whatever lies in it, pruned by rule.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addNight, pruneHistory, readHistory } from '../../src/nights/history.js';
import { findUnkept, readKeepRule } from '../../src/nights/prune.js';
import { parseNightRecord, renderNightRecord } from '../../src/nights/record.js';
import { newFolder } from '../sweep/session.js';
import { cellOf, nightOf, runOf } from './nights.js';

describe('a history', () => {
  test('gives back the nights that were added, in the order of time', async () => {
    const folder = join(newFolder(), 'nights');
    expect(await readHistory(folder, 'small')).toEqual({ nights: [], faults: [] });
    const nights = [2, 0, 1].map((day) =>
      nightOf(day, [runOf([cellOf('loss', day + 0.1, { sd: 0.5, n: 3 })])]),
    );
    for (const night of nights) await addNight(folder, night);
    const [second, , third] = [nights[0], nights[1], nights[2]];
    expect(await readHistory(folder, 'small')).toEqual({ nights: [nights[1], third, second], faults: [] });
    expect((await readHistory(folder, 'other')).nights).toEqual([]);
  });

  test('is merged by copying: the same night twice counts once', async () => {
    const [here, there] = [newFolder(), newFolder()];
    await addNight(here, nightOf(0));
    await addNight(there, nightOf(1, [], { host: 'there' }));
    cpSync(join(here, 'small'), join(there, 'small'), { recursive: true });
    const [file] = readdirSync(join(here, 'small'));
    cpSync(join(here, 'small', file!), join(there, 'small', `${file!.slice(0, -5)} (conflict copy).json`));
    expect((await readHistory(there, 'small')).nights.map(({ host }) => host)).toEqual(['here', 'there']);
  });

  test('tells files that are torn or no nights, and leaves them', async () => {
    const folder = newFolder();
    const path = await addNight(folder, nightOf(0, [runOf([cellOf('loss', 1)])]));
    await addNight(folder, nightOf(1));
    const own = join(folder, 'small');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -20));
    writeFileSync(join(own, '.20260101-030000-0000.json.x.tmp'), 'half');
    writeFileSync(join(own, 'notes.txt'), 'mine');
    writeFileSync(join(own, 'z.json'), JSON.stringify({ ...nightOf(2), runs: [{}] }));
    mkdirSync(join(own, 'folder.json'));
    symlinkSync('/dev/zero', join(own, 'zero.json'));
    writeFileSync(join(own, 'y.json'), renderNightRecord(nightOf(3, [], { suite: 'other' })));
    const before = readdirSync(own);
    const { nights, faults } = await readHistory(folder, 'small');
    expect(nights).toEqual([nightOf(1)]);
    expect(faults.map((fault) => fault.slice(own.length + 1))).toEqual([
      '20260101-030000-0000.json: it is cut off or damaged: it is no JSON',
      'folder.json: it is no file',
      'y.json: it is a night of the suite "other"',
      expect.stringMatching(/^z\.json: runs\.0\.name: /),
      'zero.json: it is no file',
    ]);
    expect(readdirSync(own)).toEqual(before);
  });

  test('survives any cut of a file: the night is whole or told', () => {
    const text = renderNightRecord(nightOf(0, [runOf([cellOf('loss', 1 / 3)])]));
    for (let length = 0; length < text.length - 1; length++)
      expect(parseNightRecord(text.slice(0, length))).toHaveProperty('fault');
    expect(parseNightRecord(text)).toEqual(nightOf(0, [runOf([cellOf('loss', 1 / 3)])]));
  });

  test('of which there are two copies counts as that which has more', async () => {
    const folder = newFolder();
    const half = nightOf(0, [runOf([], { trials: 3 })], { isComplete: false });
    const all = nightOf(0, [runOf([], { trials: 9 })]);
    await addNight(folder, all);
    writeFileSync(join(folder, 'small', `${half.night}.conflict.json`), renderNightRecord(half));
    expect((await readHistory(folder, 'small')).nights).toEqual([all]);
  });

  test('lies in folders of its own suites alone', async () => {
    const folder = newFolder();
    await expect(addNight(folder, nightOf(0, [], { suite: '../out' }))).rejects.toThrow(
      'no suite is called "../out"',
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a rule of what to keep', () => {
  test('keeps the last night of each day, week and month', async () => {
    const folder = newFolder();
    for (let day = 0; day < 100; day++) await addNight(folder, nightOf(day));
    const gone = await pruneHistory(folder, 'small', readKeepRule('3d, 2w,4m'));
    const { nights } = await readHistory(folder, 'small');
    // The hundredth day of 2026 is Friday, the 10th of April.
    expect(nights.map(({ at }) => at.slice(5, 10))).toEqual([
      '01-31',
      '02-28',
      '03-31',
      '04-05',
      '04-08',
      '04-09',
      '04-10',
    ]);
    expect(gone).toHaveLength(93);
  });

  test('keeps a night that was cut short only where its day, week or month has no other', () => {
    const at = (day: number, hour: number, isComplete: boolean) =>
      nightOf(day, [], { at: new Date(Date.UTC(2026, 0, 1 + day, hour)).toISOString(), isComplete });
    const nights = [at(0, 3, true), at(0, 14, false), at(1, 3, false), at(2, 3, true)];
    expect(findUnkept(nights, readKeepRule('30d'))).toEqual([nights[1]]);
  });

  test('is kept by each machine for itself', () => {
    const nights = [0, 0, 1, 1].map((day, i) => nightOf(day, [], { host: i % 2 === 0 ? 'a' : 'b' }));
    expect(findUnkept(nights, readKeepRule('1d'))).toEqual([nights[0], nights[1]]);
  });

  test('never removes the newest, nor more than it says', () => {
    const days = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 60 });
    const amounts = fc.record({ d: fc.nat(40), w: fc.nat(20), m: fc.nat(30) });
    fc.assert(
      fc.property(days, amounts, (list, rule) => {
        const nights = [...list].sort((a, b) => a - b).map((day) => nightOf(day));
        const gone = new Set(findUnkept(nights, rule));
        const kept = nights.filter((night) => !gone.has(night));
        expect(kept.at(-1)).toEqual(nights.at(-1));
        expect(kept.length).toBeLessThanOrEqual(Math.max(1, rule.d + rule.w + rule.m));
        const days = new Set(nights.map(({ at }) => at)).size;
        expect(new Set(kept.map(({ at }) => at)).size).toBeGreaterThanOrEqual(
          Math.max(1, Math.min(days, rule.d)),
        );
      }),
    );
  });

  test.each(['', '30', '30x', '30d,', '30d,2d', '0d', '-1d', '1d;rm'])('is not %j', (text) => {
    expect(() => readKeepRule(text)).toThrow('such as 30d,12w,24m');
  });
});
