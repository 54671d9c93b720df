// Turns of nights: never two at once; what a night has left that was killed, or had no room, is kept by the next one.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/ground/clock.js';
import { disk, type FileSystem, useFileSystem } from '../../src/ground/file-system.js';
import { addNight, readHistory } from '../../src/nights/history.js';
import { closeNight } from '../../src/nights/tonight.js';
import { takeTurn } from '../../src/nights/turn.js';
import { defineSuite } from '../../src/suite/define.js';
import { runSuite } from '../../src/suite/run.js';
import { makeProject } from '../sweep/project.js';
import { newFolder } from '../sweep/session.js';
import { nightOf, runOf } from './nights.js';

const SUITE = { suite: 'small', runs: ['mine'], clock: systemClock };
let whole: string;
beforeAll(async () => {
  const { sweep } = makeProject(
    "params: { a: z.number().default(0) }, metrics: { loss: { type: 'number', goal: 'min' } }, run: ({ params }) => ({ loss: params.a })",
    'axes: { a: [1, 2] }',
  );
  const suite = defineSuite({ name: 'small', runs: [{ sweep, name: 'mine' }] });
  whole = join(newFolder(), '20260105-030000-0000');
  await runSuite({ suite, out: whole, common: { workers: 1 } });
});

let copies = 0;

/** A folder in which the suite has run, as a run of its own. */
function runAs(name: string): string {
  const folder = join(newFolder(), name);
  cpSync(whole, folder, { recursive: true });
  const manifest = join(folder, 'mine/manifest.json');
  const record = JSON.parse(readFileSync(manifest, 'utf8')) as object;
  writeFileSync(manifest, JSON.stringify({ ...record, runId: `copy-${copies++}` }));
  return folder;
}

/** Of a night of January. */
const folderOf = (day: number) => runAs(`2026010${day}-030000-0000`);

/** A history of three nights. */
async function newHistory(): Promise<string> {
  const history = join(newFolder(), 'hist');
  for (const day of [0, 1, 2]) await addNight(history, nightOf(day, [runOf([])]));
  return history;
}

/** A night of which nothing runs any more; `end`: how far it comes. */
async function spend(
  history: string,
  folder: string,
  end: 'begun' | 'kept' = 'kept',
): Promise<readonly string[]> {
  const turn = await takeTurn({ ...SUITE, history, folder });
  try {
    await turn.begin();
    if (end === 'begun') return turn.notes;
    const { night, notes } = turn;
    await closeNight({ ...SUITE, history, folder, night, notes, last: 60 });
    await turn.kept();
    return notes;
  } finally {
    await turn.release();
  }
}

const namesIn = async (history: string) => {
  const { nights, faults } = await readHistory(history, 'small');
  expect(faults).toEqual([]);
  return nights.map(({ night }) => night);
};
const marksIn = (history: string) =>
  existsSync(join(history, 'small/begun')) ? readdirSync(join(history, 'small/begun')) : [];
const isMarked = (history: string) => marksIn(history).some((name) => /^\d.*json$/.test(name));

describe('a turn', () => {
  test('is taken by one night at a time', async () => {
    const [history, folder] = [await newHistory(), folderOf(5)];
    const first = await takeTurn({ ...SUITE, history, folder });
    await first.begin();
    await expect(takeTurn({ ...SUITE, history, folder: folderOf(6) })).rejects.toMatchObject({
      code: 'LOCKED',
      message: expect.stringMatching(
        /^night 20260105-030000-0000, which began at .* of the suite small is still under way: .* pid \d+/,
      ),
      hint: expect.stringContaining('has not started'),
    });
    await first.release();
    await (await takeTurn({ ...SUITE, history, folder })).release();
  });

  test('of a night that goes on is that of the same night, whatever its folder is called', async () => {
    const [history, folder] = [await newHistory(), runAs('last-night')];
    await spend(history, folder, 'begun');
    await spend(history, folder);
    await spend(history, folder);
    const [, , , name, ...others] = await namesIn(history);
    expect(name).toMatch(/^\d{8}-\d{6}-last-night$/);
    expect(others).toEqual([]);
    expect(marksIn(history)).toEqual([]);
  });
});

describe('a night that was killed', () => {
  test('is kept by the next one, which says so', async () => {
    const history = await newHistory();
    await spend(history, folderOf(5), 'begun');
    expect(await namesIn(history)).toHaveLength(3);
    const notes = await spend(history, folderOf(6));
    expect(notes).toEqual([
      'night 20260105-030000-0000 did not come to its end, though all of its trials had: it is kept now',
    ]);
    expect((await namesIn(history)).slice(3)).toEqual(['20260105-030000-0000', '20260106-030000-0000']);
    expect(marksIn(history)).toEqual([]);
  });

  test('and cleared away has given its place to another one', async () => {
    const [history, folder] = [await newHistory(), runAs('night')];
    await spend(history, folder, 'begun');
    const name = marksIn(history)[0]!.replace('.json', '');
    rmSync(folder, { recursive: true });
    const later = { ...systemClock, now: () => Date.now() + 86_400_000 };
    const fresh = await takeTurn({ ...SUITE, history, folder, clock: later });
    expect(fresh.notes).toEqual([`night ${name} did not come to its end, and had no result`]);
    await fresh.release();
  });

  test('and goes on after others is the same night still', async () => {
    const [history, folder] = [await newHistory(), runAs('monday')];
    await spend(history, folder, 'begun');
    await spend(history, folderOf(6));
    const before = await namesIn(history);
    await spend(history, folder);
    expect(await namesIn(history)).toEqual(before);
  });

  test('between the manifest and the journal of a run is kept without it', async () => {
    const [history, folder] = [await newHistory(), folderOf(5)];
    mkdirSync(join(folder, 'other'));
    cpSync(join(folder, 'mine/manifest.json'), join(folder, 'other/manifest.json'));
    const turn = await takeTurn({ ...SUITE, history, folder, runs: ['mine', 'other'] });
    await turn.begin();
    await turn.release();
    expect((await spend(history, folderOf(6)))[0]).toContain('what it had done is kept');
    expect(marksIn(history)).toEqual([]);
  });

  test('before all had run is kept as far as it came, and can go on', async () => {
    const [history, folder] = [await newHistory(), folderOf(5)];
    const turn = { ...SUITE, history, folder, runs: ['mine', 'other'] };
    const first = await takeTurn(turn);
    await first.begin();
    await first.release();
    const [note] = await spend(history, folderOf(6));
    expect(note).toMatch(/: what it had done is kept; it goes on with: sweepline suite … --out .*20260105/);
    const { nights } = await readHistory(history, 'small');
    expect(nights.map(({ isComplete }) => isComplete)).toEqual([true, true, true, false, true]);
    const again = await takeTurn(turn);
    expect(again.night).toBe('20260105-030000-0000');
    await again.release();
  });

  test('with nothing to show, and marks of other machines', async () => {
    const history = await newHistory();
    await spend(history, join(newFolder(), '20260105-030000-0000'), 'begun');
    const foreign = {
      ...{ night: '20260105-040000-0000', at: '2026-01-05T04:00:00.000Z', host: 'elsewhere' },
      ...{ folder: folderOf(5), runs: ['mine'] },
    };
    writeFileSync(join(history, 'small/begun/20260105-040000-0000.json'), JSON.stringify(foreign));
    writeFileSync(join(history, 'small/begun/torn.json'), '{"night":');
    expect(await spend(history, folderOf(6))).toEqual([
      'night 20260105-030000-0000 did not come to its end, and had no result',
    ]);
    expect(await namesIn(history)).toHaveLength(4);
    expect(marksIn(history)).toEqual(['20260105-040000-0000.json', 'torn.json']);
  });
});

/** The machine's disk, of which changes fail: the one with this number alone, or those after it too. */
function failingAt(count: number, isLasting: boolean): FileSystem & { readonly seen: () => number } {
  let seen = 0;
  const changes = ['open', 'write', 'writev', 'fsync', 'fdatasync', 'rename', 'link', 'mkdir'];
  const guard = <T extends object>(calls: T): T =>
    new Proxy(calls, {
      get(target, name) {
        const call = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        if (!changes.includes(String(name))) return call;
        return (...args: unknown[]) => {
          const at = seen++;
          if (isLasting ? at < count : at !== count) return call(...args);
          throw Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write' });
        };
      },
    });
  return { now: guard(disk.now), later: guard(disk.later), seen: () => seen };
}

test.each([
  ['a full disk', true],
  ['a call that fails', false],
] as const)(
  'whatever change %s stops, no night is lost or there twice',
  async (_, isLasting) => {
    const [folder, next] = [folderOf(5), folderOf(6)];
    for (let count = 0; ; count++) {
      const history = await newHistory();
      const before = await namesIn(history);
      const failing = failingAt(count, isLasting);
      const restore = useFileSystem(failing);
      const failed = await spend(history, folder)
        .then(
          () => false,
          () => true,
        )
        .finally(restore);
      const hadBegun = isMarked(history) || (await namesIn(history)).length > before.length;
      // A lock that it has left is stale: its process would be gone.
      rmSync(join(history, 'small/coordinator.lock'), { force: true });
      const notes = await spend(history, next);
      const names = await namesIn(history);
      expect(names).toEqual([
        ...before,
        ...(hadBegun ? ['20260105-030000-0000'] : []),
        '20260106-030000-0000',
      ]);
      expect(notes.length).toBeLessThanOrEqual(1);
      expect(marksIn(history)).toEqual([]);
      for (const name of readdirSync(join(history, 'small')).filter((each) => each.endsWith('.json')))
        expect(() => JSON.parse(readFileSync(join(history, 'small', name), 'utf8'))).not.toThrow();
      rmSync(history, { recursive: true });
      if (!failed && failing.seen() <= count) break;
      expect(count).toBeLessThan(300);
    }
  },
  180_000,
);
