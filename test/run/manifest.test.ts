// Manifests that were cut short, edited or made up: each is refused with the file, the field and what was expected, or
// can be worked with.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/cli/plan-table.js';
import { SweeplineError } from '../../src/ground/errors.js';
import { createRunFolder, openRunFolder } from '../../src/run/folder.js';
import { openJournal } from '../../src/run/journal.js';
import type { Manifest } from '../../src/run/manifest.js';
import { spaceRecord } from '../../src/run/records.js';
import { readRunStatus } from '../../src/run/status.js';
import { createSpace } from '../../src/space/space.js';
import { sampleManifest, temporaryFolder } from './samples.js';

type Json = Record<string, unknown>;

/** With everything that a manifest may have. */
const FULL = {
  ...sampleManifest({
    fingerprint: { declaration: 'd', accepts: null, sources: 's' },
    shard: { index: 2, count: 3 },
    data: { name: 'digits', sha256: 'abc' },
    dataChoice: 'digits',
    where: '(p) => true',
    packages: { piscina: '5.0.0' },
    git: 'abc',
    trials: 7,
    machine: { processor: 'Some processor', cores: 4, system: 'linux 6.1 x64' },
    worker: {
      ...sampleManifest().worker,
      metrics: [
        { name: 'value', type: 'number', goal: 'min', tolerance: { absolute: 0.1, relative: 0.05 } },
        { name: 'label', type: 'string' },
      ],
    },
  }),
  space: {
    grids: [
      {
        axes: [
          { names: ['kind'], values: [{ kind: 'list', values: ['a', 'b', null, [1, { x: 2 }]] }] },
          {
            names: ['alpha'],
            values: [{ kind: 'lin', from: 0, to: 1, count: 5 }],
            when: { kind: ['a', 'b'] },
          },
        ],
      },
      { axes: [{ names: ['alpha'], values: [{ kind: 'log', from: 1, to: 2, count: 2 }] }] },
    ],
    replicates: 2,
    seeds: [3, 4],
  },
} as unknown as Manifest;

const DRAWN = {
  ...sampleManifest({ space: { grids: [{ axes: [] }], replicates: 1 } }),
  sampler: {
    name: 'random',
    proposes: true,
    trials: 9,
    grids: [{ axes: [{ names: ['alpha'], values: [{ kind: 'uniform', from: 0, to: 1 }] }] }],
  },
} as Manifest;

const EARLIER = JSON.parse(
  readFileSync(fileURLToPath(new URL('../fixtures/earlier/bisect-1/manifest.json', import.meta.url)), 'utf8'),
) as Json;

/** One run for all: only its manifest changes. */
let run = '';

beforeAll(async () => {
  const manifest = sampleManifest();
  run = mkdtempSync(join(tmpdir(), 'sweepline-manifest-'));
  await createRunFolder(run, manifest);
  const journal = await openJournal(run);
  await journal.append(spaceRecord(manifest));
  await journal.close();
});

afterAll(() => rmSync(run, { recursive: true }));

/** A run folder that holds this manifest. */
function holding(content: unknown): string {
  writeFileSync(join(run, 'manifest.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return run;
}

/** Every place of some JSON, as keys from the top. */
function placesOf(value: unknown, above: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => {
    const here = [...above, key];
    return [here, ...placesOf((value as Json)[key], here)];
  });
}

/** A copy with something else at a place; `undefined` takes it away. */
function damage(whole: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  const copy = (Array.isArray(whole) ? [...whole] : { ...(whole as Json) }) as Json;
  if (rest.length > 0) copy[key!] = damage(copy[key!], rest, by);
  else if (by === undefined) delete copy[key!];
  else Object.defineProperty(copy, key!, { value: by, enumerable: true, configurable: true, writable: true });
  return copy;
}

describe('manifest.json', () => {
  it('is read as it was written', async () => {
    for (const manifest of [sampleManifest(), FULL, DRAWN])
      expect((await openRunFolder(holding(manifest))).manifest).toEqual(manifest);
    expect((await openRunFolder(holding(EARLIER))).manifest.sweep).toBe('noisy');
  });

  it.each([
    ['format alone', { format: 1 }, /is damaged:\n {2}- sweepline is missing; expected a text\n/],
    ['null', null, /is no manifest of Sweepline: it holds null/],
    ['a list', [1], /is no manifest of Sweepline: it holds \[1\]/],
    ['no format', {}, /it holds an object without `format`/],
    ['another format', { ...FULL, format: '1' }, /has format "1"; this Sweepline reads 1/],
    ['nothing', '', /it is no JSON, or was cut short \(it is empty\)/],
    ['half of it', JSON.stringify(FULL).slice(0, 400), /it is no JSON, or was cut short/],
    ['zeros', '\0'.repeat(99), /it is no JSON, or was cut short/],
    ['negative replicates', { ...FULL, space: { ...FULL.space, replicates: -1 } }, /space.replicates is -1/],
    [
      'a type that is none',
      damage(FULL, ['worker', 'params', '1', 'type'], 'word'),
      /worker.params\[1\].type is "word"; expected "number" or/,
    ],
    ['an axis that is no parameter', { ...FULL, axes: ['beta'] }, /unknown parameter "beta"/],
    ['a shard that there is not', { ...FULL, shard: { index: 4, count: 3 } }, /shard: index is 4/],
    [
      'a stage outside',
      damage(FULL, ['worker', 'stages'], ['../..']),
      /worker.stages\[0\] is "..\/.."; expected a word/,
    ],
    ['a sweep outside', { ...FULL, sweep: '../x' }, /sweep is "..\/x"; expected a word/],
    [
      'a prototype',
      JSON.stringify(FULL).replace('{', '{"__proto__":{"isAdmin":true},'),
      /__proto__: no field has that name/,
    ],
    ['a prototype further in', damage(FULL, ['fixed', '__proto__'], 1), /fixed.__proto__/],
    [
      'a parameter that every object has',
      damage(FULL, ['worker', 'params', '0', 'name'], '__proto__'),
      /every JavaScript object has that name/,
    ],
    [
      'a domain',
      damage(FULL, ['space', 'grids', '1', 'axes', '0', 'values', '0'], { kind: 'uniform', from: 0, to: 1 }),
      /its values are uniform; expected list/,
    ],
    [
      'very many values',
      damage(FULL, ['space', 'grids', '1', 'axes', '0', 'values', '0'], {
        kind: 'range',
        from: 0,
        to: 1,
        step: 1e-300,
      }),
      /step 1e-300 is too small/,
    ],
    [
      'another scheme',
      { ...EARLIER, sweepUrl: 'https://example.org/x.js' },
      /sweepUrl is "https:.*; expected a file: URL/,
    ],
  ])('is refused where it holds %s', async (_, content, message) => {
    const folder = holding(content);
    const error = await openRunFolder(folder).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'BAD_RUN_FOLDER', hint: expect.any(String) });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(join(folder, 'manifest.json'));
  });

  it('is refused unread where it is no file, or too large to be one', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'manifest.json');
    execFileSync('mkfifo', [file]);
    await expect(openRunFolder(folder)).rejects.toThrow('it is no file');
    const large = temporaryFolder();
    writeFileSync(join(large, 'manifest.json'), '');
    truncateSync(join(large, 'manifest.json'), 2 ** 40);
    await expect(openRunFolder(large)).rejects.toThrow(/it has .*; expected at most/);
    const other = temporaryFolder();
    mkdirSync(join(other, 'manifest.json'));
    await expect(openRunFolder(other)).rejects.toThrow('it is no file');
  });

  it('names the field, whichever of them is missing', async () => {
    const optional = [
      'fingerprint',
      'machine',
      'goal',
      'tolerance',
      'absolute',
      'relative',
      'trials',
      'seeds',
      'texts',
      'when',
      'fromDirectory',
      'proposes',
      'grids',
    ];
    for (const place of placesOf(FULL).filter((keys) => !/^\d+$/.test(keys.at(-1)!))) {
      if (['fixed', 'packages', 'values', 'when'].includes(place.at(-2) ?? '')) continue;
      if (place.includes('x') || optional.includes(place.at(-1)!)) continue;
      const error = await openRunFolder(holding(damage(FULL, place, undefined))).catch(
        (caught: unknown) => caught as Error,
      );
      expect([place, error]).toEqual([place, expect.any(SweeplineError)]);
      expect((error as Error).message).toContain(place.at(-1));
    }
  });

  it('is refused or can be worked with, whatever stands at some place of it', async () => {
    const whole = fc.constantFrom<unknown>(FULL, DRAWN, EARLIER);
    const anything = fc.oneof(
      fc.constantFrom(undefined, null, true, -1, 0, 1.5, 1e308, '', 'list', '__proto__', [], {}),
      fc.constantFrom([null], [[]], [{}], { kind: 'list' }, { kind: 'lin', from: 0 }, { first: 0 }),
      fc.jsonValue({ maxDepth: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(whole, fc.nat(), anything, async (manifest, n, by) => {
        const places = placesOf(manifest);
        const folder = holding(damage(manifest, places[n % places.length]!, by));
        try {
          const { manifest: read } = await openRunFolder(folder);
          createSpace(read.space);
          renderStatus(await readRunStatus(folder));
        } catch (error) {
          expect(error).toBeInstanceOf(SweeplineError);
        }
        expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
      }),
      { numRuns: 1500 },
    );
  });
});
