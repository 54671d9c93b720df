// What the dashboard answers and what it refuses, over a real connection.
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dashboard } from '../../src/dashboard/server.js';
import type { ListView, RunView } from '../../src/explore/live/contract.js';
import { unpackData } from '../../src/explore/unpack.js';
import { writeLive } from '../../src/run/live.js';
import { takeRequests } from '../../src/run/requests.js';
import { addTrials, beginRun, makeRun, makeTrials, manifestOf, newRoot, serve } from './runs.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Not through fetch, which sets `Host` itself and tidies paths up. */
function ask(
  dashboard: Dashboard,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answer> {
  const { hostname: host, port } = new URL(dashboard.url);
  return new Promise((done, fail) => {
    const sent = request({ host, port, path, method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      answer.on('end', () => done({ status: answer.statusCode!, headers: answer.headers, text }));
    });
    sent.on('error', fail).end(body);
  });
}

/** The data of an event: the first of that name that fits. */
function hear<T>(
  dashboard: Dashboard,
  path: string,
  name: string,
  fits: (data: T) => boolean = () => true,
): Promise<T> {
  return new Promise((done, fail) => {
    let text = '';
    const sent = request(new URL(path, dashboard.url), { agent: false }, (answer) => {
      answer.setEncoding('utf8').on('data', (more: string) => {
        const blocks = (text + more).split('\n\n');
        text = blocks.pop()!; // may go on
        for (const block of blocks) {
          const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
          if (event !== name || !fits(JSON.parse(data!) as T)) continue;
          sent.destroy();
          done(JSON.parse(data!) as T);
          return;
        }
      });
    });
    sent.on('error', fail).end();
  });
}

const own = { 'x-sweepline': '1', 'content-type': 'application/json' };
const asJson = (body: string) => ({ ...own, 'content-length': String(body.length) });

describe('a folder of runs', () => {
  let root: string;
  let dashboard: Dashboard;
  beforeAll(async () => {
    root = newRoot();
    await makeRun(join(root, 'rates', '20261129-100000-aaaa'), makeTrials(20));
    await makeRun(join(root, 'tour', '20261129-120000-bbbb', 'rates'), makeTrials(5));
    const journal = await beginRun(join(root, 'out'));
    await addTrials(journal, makeTrials(3));
    await journal.close();
    mkdirSync(join(root, 'notes'));
    writeFileSync(join(root, 'notes', 'manifest.txt'), 'none');
    dashboard = await serve(root);
  });
  afterAll(() => dashboard.close());

  test('the list has every run, with its state, counts and best', async () => {
    const views = new Map<string, unknown>();
    const take = ({ runs }: Pick<ListView, 'runs'>) => {
      for (const { path, phase, counts, total, best } of runs)
        if (counts !== null) views.set(path, [phase, counts.done, counts.failed, total, best]);
      return views.size === 3;
    };
    await hear<ListView>(dashboard, '/api/events', 'changed', take);
    expect(Object.fromEntries(views)).toEqual({
      'rates/20261129-100000-aaaa': [
        'complete',
        20,
        2,
        100,
        'rate=1 optimizer=adam: loss 0.005 ± 0.064 (n=2)',
      ],
      'tour/20261129-120000-bbbb/rates': ['complete', 5, 0, 100, 'rate=1 optimizer=adam: loss 0'],
      out: ['died', 3, 0, 100, 'rate=1 optimizer=adam: loss 0'],
    });
  });

  test('a run has its view and its data', async () => {
    const run = 'rates/20261129-100000-aaaa';
    const view = await hear<RunView>(dashboard, `/api/events?run=${run}`, 'run');
    expect(view).toMatchObject({
      path: run,
      phase: 'complete',
      sweep: 'rates',
      title: 'Which rate?',
      resume: null,
    });
    expect(view.answer[0]).toEqual(['best', 'loss 0.005 ± 0.064 (n=2), from trial 0']);
    const answer = await fetch(new URL(`/api/data?run=${run}`, dashboard.url));
    const { trials, curves, attempts } = unpackData(new Uint8Array(await answer.arrayBuffer()));
    expect(trials.columns.map(({ name }) => name)).toEqual(
      'trial replicate rate optimizer status loss run_ms error'.split(' '),
    );
    expect([trials.rows, curves!.rows, attempts!.rows]).toEqual([20, 60, 20]);
    expect(trials.columns.at(-1)!.labels).toEqual([
      'RangeError: rate 0.001 is too large',
      'RangeError: rate 0.1 is too large',
    ]);
    expect((await ask(dashboard, '/run/out/')).text).toContain('<script defer src="/assets/live.js">');
  });

  test('a run that was killed can be resumed', async () => {
    const { phase, resume } = await hear<RunView>(dashboard, '/api/events?run=out', 'run');
    expect([phase, resume]).toEqual(['died', `sweepline resume ${join(root, 'out')}`]);
  });

  test('every answer has a strict policy', async () => {
    for (const path of ['/', '/assets/live.js', '/nothing', '/api/data?run=nothing']) {
      const { headers } = await ask(dashboard, path);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/,
        ),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  test('what is not there is not found, and nothing outside is', async () => {
    writeFileSync(join(root, '..', 'secret.txt'), 'secret');
    const paths = [
      ...[
        '/run/nothing/',
        '/run/rates/',
        '/run/..%2f/',
        '/run/out/manifest.json',
        '/run/%',
        '/assets/..%2fx',
      ],
      ...[
        '/run/out/artifacts/0/..%2f..%2f..%2f..%2fsecret.txt',
        '/run/out/artifacts/0/../../../../secret.txt',
      ],
      ...[
        '/run/out/artifacts/..%2f..%2f../secret.txt',
        '/run/out/artifacts/0/%2fetc%2fpasswd',
        '/run/out/artifacts/0/',
      ],
      ...[
        '/api/data?run=..',
        '/api/data?run=/etc',
        '/api/data',
        '/api/events?run=../x',
        '/api/keys?run=out/../out',
      ],
      '/assets/constructor',
    ];
    const answers = await Promise.all(paths.map((path) => ask(dashboard, path)));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 404));
    expect(answers.filter(({ text }) => text.includes('secret') || text.includes('root:'))).toEqual([]);
  });

  test.each(['evil.example', 'evil.example:80', 'localhost', 'localhost:1', '127.0.0.1.evil.example'])(
    'another host name is refused: "%s"',
    async (host) => {
      const { port } = new URL(dashboard.url);
      expect((await ask(dashboard, '/', { headers: { host } })).status).not.toBe(200);
      expect((await ask(dashboard, '/', { headers: { host: `localhost:${port}` } })).status).toBe(200);
    },
  );

  test.each([
    ['another origin', { ...own, origin: 'http://evil.example' }],
    ['another site', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['no header of ours', { 'content-type': 'application/json' }],
  ])('a request from elsewhere is refused: %s', async (_, headers) => {
    const body = '{"do":"stop"}';
    const answer = await ask(dashboard, '/api/requests?run=out', {
      ...{ method: 'POST', body },
      headers: { ...headers, 'content-length': String(body.length) },
    });
    expect(answer.status).toBe(403);
  });

  test.each([
    ['{"do":"pause"}', 409, 'nobody works on this run'],
    ['{"do":"remove"}', 400, 'expected a request'],
    ['{"do":"stop-trial","trial":-1}', 400, 'expected a request'],
    ['{', 400, 'expected a request'],
    [`{"do":"pause","x":"${'x'.repeat(2000)}"}`, 400, 'expected a request'],
  ])('a request that cannot be met is refused: %.30s', async (body, status, words) => {
    const answer = await ask(dashboard, '/api/requests?run=out', {
      method: 'POST',
      body,
      headers: asJson(body),
    });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(words)]);
  });
});

test('what a page asks for is handed to the coordinator, and what it does is told', async () => {
  const root = newRoot();
  const folder = join(root, 'rates');
  const journal = await beginRun(folder);
  await addTrials(journal, makeTrials(3));
  // This process plays the coordinator.
  const holder = { pid: process.pid, host: hostname(), started: null, token: 'x' };
  writeFileSync(join(folder, 'coordinator.lock'), JSON.stringify(holder));
  const progress = {
    total: 100,
    done: 3,
    failed: 0,
    running: 1,
    rate: 2,
    etaMs: 48_500,
    elapsedMs: 1500,
    metric: 'loss 0',
  };
  const thread = { host: 'host', process: 1, thread: 0, trial: 3, trials: 1, ms: 20 };
  const live = { pid: process.pid, progress, workers: 2, threads: [thread] };
  await writeLive(folder, { ...live, at: 0, state: 'running' });
  const dashboard = await serve(root);
  try {
    const view = await hear<RunView>(dashboard, '/api/events?run=rates', 'run');
    expect(view).toMatchObject({ phase: 'running', progress, threads: [thread], workers: 2, resume: null });
    const body = '{"do":"stop-trial","trial":3}';
    const answered = ask(dashboard, '/api/requests?run=rates', {
      method: 'POST',
      body,
      headers: asJson(body),
    });
    const heard = hear<RunView>(dashboard, '/api/events?run=rates', 'run', ({ phase }) => phase === 'paused');
    const taken: unknown[] = [];
    while (taken.length === 0) {
      for await (const request of takeRequests(folder)) taken.push(request);
      await new Promise((done) => setTimeout(done, 5));
    }
    expect(taken).toEqual([{ do: 'stop-trial', trial: 3 }]);
    expect(JSON.parse((await answered).text)).toEqual({ taken: true });
    await writeLive(folder, { ...live, at: 1, state: 'paused' });
    expect((await heard).phase).toBe('paused');
    // New trials are told of as well.
    const data = hear<{ version: number }>(
      dashboard,
      '/api/events?run=rates',
      'data',
      ({ version }) => version > 1,
    );
    await addTrials(journal, makeTrials(3, 3));
    await data;
  } finally {
    await dashboard.close();
    await journal.close();
  }
});

describe('with a token', () => {
  const token = 'correct horse'.replace(' ', '-');
  let dashboard: Dashboard;
  beforeAll(async () => {
    const root = newRoot();
    await makeRun(join(root, 'rates'), makeTrials(3), manifestOf());
    dashboard = await serve(root, { host: '0.0.0.0', token });
  });
  afterAll(() => dashboard.close());
  const host = () => ({ host: `localhost:${new URL(dashboard.url).port}` });

  test('nothing is answered without it', async () => {
    for (const path of ['/', '/api/events', '/api/data?run=rates', '/assets/live.js', '/?token=wrong']) {
      const headers = {
        ...host(),
        authorization: `Bearer ${token.slice(1)}`,
        cookie: `sweepline-${new URL(dashboard.url).port}=${token}`,
      };
      expect((await ask(dashboard, path, { headers })).status).toBe(401);
    }
  });

  test('the first visit leaves a cookie that scripts and other sites never see', async () => {
    const first = await ask(dashboard, `/run/rates/?x=1&token=${token}`, { headers: host() });
    expect([first.status, first.headers.location]).toEqual([303, '/run/rates/?x=1']);
    const [cookie] = first.headers['set-cookie'] as string[];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(token);
    const again = await ask(dashboard, '/run/rates/', {
      headers: { ...host(), cookie: cookie!.split(';')[0]! },
    });
    expect(again.status).toBe(200);
    expect(
      (await ask(dashboard, '/', { headers: { ...host(), authorization: `Bearer ${token}` } })).status,
    ).toBe(200);
    expect(
      (await ask(dashboard, `//evil.example/?token=${token}`, { headers: host() })).headers.location,
    ).toBe('/evil.example/');
  });

  test('another name of this machine is fine, another name is not', async () => {
    const { port } = new URL(dashboard.url);
    const authorization = `Bearer ${token}`;
    expect(
      (await ask(dashboard, '/', { headers: { authorization, host: `${hostname()}:${port}` } })).status,
    ).toBe(200);
    expect(
      (await ask(dashboard, '/', { headers: { authorization, host: `evil.example:${port}` } })).status,
    ).toBe(421);
  });
});

test('other machines only with a token; a folder that is not there is refused', async () => {
  const root = newRoot();
  await expect(serve(root, { host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'BAD_USAGE',
    message: expect.stringContaining('no token'),
  });
  await expect(serve(join(root, 'nothing'))).rejects.toMatchObject({ code: 'BAD_USAGE' });
});

test('a port that is taken is refused where it was asked for, and passed over where it was not', async () => {
  const root = newRoot();
  const first = await serve(root);
  try {
    const port = Number(new URL(first.url).port);
    await expect(serve(root, { port })).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: expect.stringContaining(`the port ${port}`),
    });
  } finally {
    await first.close();
  }
});

test('the server ends while pages are open', async () => {
  const dashboard = await serve(newRoot());
  const answer = await fetch(new URL('/api/events', dashboard.url));
  expect(answer.status).toBe(200);
  await dashboard.close();
  await expect(fetch(dashboard.url)).rejects.toThrow();
});
