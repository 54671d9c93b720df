// A run as offline runs of Weights & Biases: uploaded by `wandb sync` itself, to a server of the test, where it is installed.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { exportRun } from '../../src/export/export.js';
import { encodeLog } from '../../src/export/wandb/log.js';
import { findPython } from '../python.js';
import { makeManifest } from '../report/folders.js';
import { makeRun, newFolder } from './runs.js';

const manifest = makeManifest({
  sweep: 'mine',
  runId: '20260101-000000-ab12',
  axes: ['alpha', 'kind'],
  worker: {
    params: [
      { name: 'alpha', type: 'number', default: 0 },
      { name: 'kind', type: 'string', nullable: true, default: null },
      { name: 'widths', type: 'json', default: [1, { a: 2 }] },
    ],
    metrics: [
      { name: 'loss.best', type: 'number', goal: 'min' },
      { name: 'note', type: 'string' },
    ],
    series: ['loss'],
  },
});
const trials = [
  {
    point: { alpha: 0.1, kind: 'é "' },
    metrics: { 'loss.best': 5e-324, note: 'fine' },
    series: [
      [0, { loss: 1.5 }],
      [3, { loss: Number.NaN }],
    ] as const,
    runMs: 2000,
  },
  { point: { alpha: 1, kind: null }, status: 'failed' as const },
];

/** What `wandb sync` sent: the last description of the run, and the lines of its files. */
interface Uploaded {
  readonly run: Record<string, unknown>;
  readonly history: Record<string, unknown>[];
  readonly summary: Record<string, unknown>;
  readonly exit: unknown;
}

/** As much of W&B's server as `wandb sync` asks of one that has nothing yet. */
async function syncAll(
  python: string,
  folders: readonly string[],
  home: string,
): Promise<Map<string, Uploaded>> {
  const uploaded = new Map<string, Uploaded>();
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(answer(request.url!, body, uploaded)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  try {
    const child = spawn(python, ['-m', 'wandb', 'sync', '--yes', ...folders], {
      cwd: home,
      env: {
        ...process.env,
        HOME: home,
        WANDB_BASE_URL: `http://127.0.0.1:${port}`,
        WANDB_API_KEY: 'a'.repeat(40),
        WANDB_DIR: home,
        WANDB_CACHE_DIR: home,
        WANDB_CONFIG_DIR: home,
        WANDB_ERROR_REPORTING: 'false',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => {
        said += text.toString();
      });
    const code = await new Promise<number | null>((done) => child.once('close', done));
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return uploaded;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

function answer(url: string, body: string, uploaded: Map<string, Uploaded>): unknown {
  const streamed = /\/files\/me\/mine\/([^/]+)\/file_stream/.exec(url);
  if (streamed !== null) {
    takeFiles(uploaded, streamed[1]!, JSON.parse(body));
    return { limits: {} };
  }
  if (!url.endsWith('/graphql')) return {};
  const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
  if (query.includes('mutation UpsertBucket')) {
    const name = String(variables.name);
    const known = uploaded.get(name) ?? { run: {}, history: [], summary: {}, exit: null };
    const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== null));
    uploaded.set(name, { ...known, run: { ...known.run, ...given } });
    const project = { id: 'p', name: variables.project, entity: { id: 'e', name: 'me' } };
    const bucket = { id: name, name, displayName: name, project, historyLineCount: 0 };
    return { data: { upsertBucket: { bucket, inserted: true } } };
  }
  if (query.includes('mutation CreateRunFiles'))
    return { data: { createRunFiles: { runID: variables.run, uploadHeaders: [], files: [] } } };
  return {
    data: { viewer: { id: 'v', entity: 'me', username: 'me', flags: '{}' }, serverInfo: { features: [] } },
  };
}

interface Streamed {
  readonly files?: Readonly<Record<string, { readonly content: readonly string[] }>>;
  readonly complete?: boolean;
  readonly exitcode?: number;
}

/** History lines may come as `NaN`, which is Python's JSON. */
function takeFiles(
  uploaded: Map<string, Uploaded>,
  name: string,
  { files = {}, exitcode, complete }: Streamed,
): void {
  const known = uploaded.get(name)!;
  const read = (line: string) => JSON.parse(line.replaceAll(/:NaN\b/g, ':"NaN"')) as Record<string, unknown>;
  const history = files['wandb-history.jsonl']?.content.map(read) ?? [];
  const summary = files['wandb-summary.json']?.content.map(read).at(-1) ?? {};
  uploaded.set(name, {
    ...known,
    history: [...known.history, ...history],
    summary: { ...known.summary, ...summary },
    exit: complete ? exitcode : known.exit,
  });
}

const python = findPython('wandb');
if (python === undefined) console.warn('skipped: no Python with wandb');

describe('offline runs of Weights & Biases', () => {
  it.skipIf(python === undefined)(
    'are uploaded by `wandb sync`: config, history, summary, how they ended',
    async () => {
      const home = newFolder();
      const out = join(home, 'offline');
      await exportRun(await makeRun(manifest, trials), { format: 'wandb', out });
      const names = readdirSync(out);
      expect(names).toEqual([0, 1].map((trial) => `offline-run-20260101_000000-${manifest.runId}-${trial}`));
      const uploaded = await syncAll(
        python!,
        names.map((name) => join(out, name)),
        home,
      );
      const [good, failed] = [0, 1].map((trial) => uploaded.get(`${manifest.runId}-${trial}`)!);
      expect(good!.run).toMatchObject({ project: 'mine', groupName: manifest.runId, displayName: 'mine 0' });
      const config = JSON.parse(String(good!.run.config)) as Record<string, { value: unknown }>;
      expect(config).toMatchObject({
        alpha: { value: 0.1 },
        kind: { value: 'é "' },
        widths: { value: [1, { a: 2 }] },
        sweepline: { value: { trial: 0, key: 'key0', replicate: 0, seed: 100 } },
      });
      expect(good!.history.map(({ _step, loss }) => [_step, loss])).toEqual([
        [0, 1.5],
        [3, 'NaN'],
      ]);
      expect(good!.summary).toMatchObject({ 'loss.best': 5e-324, note: 'fine', status: 'ok', _runtime: 2 });
      expect(good!.exit).toBe(0);
      expect(failed!.run).toMatchObject({ displayName: 'mine 1', tags: ['failed'] });
      expect(failed!.summary).toMatchObject({ status: 'failed' });
      expect(failed!.exit).toBe(1);
    },
  );
});

describe('the log', () => {
  /** Reads it as LevelDB says: the test's own reading, by the format's description. */
  function* decode(file: Buffer): Generator<Buffer> {
    expect(file.subarray(0, 7)).toEqual(Buffer.from([...Buffer.from(':W&B'), 0xe1, 0xbe, 0]));
    let parts: Buffer[] = [];
    for (let at = 7; at < file.length; ) {
      const left = 32768 - (at % 32768);
      if (left < 7) {
        expect(file.subarray(at, at + left).every((byte) => byte === 0)).toBe(true);
        at += left;
        continue;
      }
      const length = file.readUInt16LE(at + 4);
      const type = file[at + 6]!;
      expect(length).toBeLessThanOrEqual(left - 7);
      expect(file.readUInt32LE(at)).toBe(crc32(file.subarray(at + 6, at + 7 + length)));
      expect(type === 1 || type === 2).toBe(parts.length === 0);
      parts.push(file.subarray(at + 7, at + 7 + length));
      at += 7 + length;
      if (type !== 1 && type !== 4) continue;
      yield Buffer.concat(parts);
      parts = [];
    }
    expect(parts).toEqual([]);
  }

  test('holds records of any length, none of whose parts goes over the end of a block', () => {
    const lengths = fc.array(fc.oneof(fc.nat(50), fc.integer({ min: 32700, max: 32800 }), fc.nat(100_000)), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(lengths, (all) => {
        const records = all.map((length, i) => Buffer.alloc(length, i + 1));
        // As texts: vitest takes minutes to compare megabytes byte by byte.
        const read = [...decode(Buffer.from(encodeLog(records)))].map((record) => record.toString('latin1'));
        expect(read).toEqual(records.map((record) => record.toString('latin1')));
      }),
    );
  });

  test('of a run begins as W&B writes it', async () => {
    const out = join(newFolder(), 'offline');
    await exportRun(await makeRun(manifest, trials), { format: 'wandb', out });
    const name = `offline-run-20260101_000000-${manifest.runId}-1`;
    const file = readFileSync(join(out, name, `run-${manifest.runId}-1.wandb`));
    // header, run, summary, exit, footer
    expect([...decode(file)]).toHaveLength(5);
  });
});
