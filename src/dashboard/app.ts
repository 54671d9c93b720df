// What the dashboard answers to which address. Reads only, but for one: what a page asks of a run's coordinator is put
// into the run's folder (see run/requests.ts).
import { type Context, Hono } from 'hono';
import type { RequestAnswer } from '../explore/live/contract.js';
import type { Clock } from '../ground/clock.js';
import { askCoordinator, LONGEST, parseRequest, type Request as RunRequest } from '../run/requests.js';
import { serveArtifact } from './artifacts.js';
import { checkHost, checkOrigin, checkToken } from './guard.js';
import { ASSETS, PAGE, secureHeaders } from './page.js';
import { Registry } from './registry.js';
import { Streams } from './streams.js';
import { ListWatch } from './watch-list.js';
import { describeFault } from './watch-run.js';

export interface AppOptions {
  /** The folder of runs: absolute, without links. */
  readonly root: string;
  /** How a folder is called in titles and commands. */
  readonly show: (folder: string) => string;
  readonly host: string;
  /** Known once it listens. */
  readonly port: () => number;
  readonly token: string | undefined;
  readonly clock: Clock;
}

export interface App {
  fetch(request: Request): Response | Promise<Response>;
  close(): void;
}

export function createApp({ root, show, host, port, token, clock }: AppOptions): App {
  const app = new Hono();
  const list = new ListWatch(root, show(root), clock);
  const runs = new Registry({ root, show, clock });
  const streams = new Streams();
  const open = (c: Context, watch: Parameters<Streams['open']>[0]) =>
    streams.open(watch) ?? c.text('too many pages are open', 503);

  app.use(secureHeaders);
  app.use(checkHost(host, port));
  if (token !== undefined) app.use(checkToken(token, port));

  app.get('/', (c) => c.html(PAGE));
  app.get('/compare', (c) => c.html(PAGE));
  app.get('/assets/:name', (c) => {
    const name = c.req.param('name');
    if (!Object.hasOwn(ASSETS, name)) return c.notFound();
    const { type, text } = ASSETS[name]!();
    return c.body(text, 200, { 'content-type': type });
  });
  app.get('/api/events', (c) => {
    const path = c.req.query('run');
    if (path === undefined) return open(c, list);
    const watch = runs.find(path);
    return watch === undefined ? noSuchRun(c) : open(c, watch);
  });
  app.get('/api/data', (c) => serveData(c, runs));
  app.get('/api/keys', (c) => serveKeys(c, runs));
  app.post('/api/requests', checkOrigin, (c) => passOn(c, runs, clock));
  app.get('/run/*', (c) => serveRun(c, runs));
  app.notFound((c) => c.text('there is nothing at this address', 404));
  app.onError((error, c) => c.text(describeFault(error), 500));
  return {
    fetch: (request) => app.fetch(request),
    close() {
      list.close();
      runs.close();
      streams.close();
    },
  };
}

/** `/run/<path>/` is the run's page; files of its trials lie below it, as they do below its report. */
async function serveRun(c: Context, runs: Registry): Promise<Response> {
  let names: string[];
  try {
    names = new URL(c.req.url).pathname.split('/').slice(2).map(decodeURIComponent);
  } catch {
    return noSuchRun(c);
  }
  if (names.at(-1) === '' && runs.folderOf(names.slice(0, -1).join('/')) !== undefined) return c.html(PAGE);
  for (const [i, name] of names.entries()) {
    const folder = name === 'artifacts' ? runs.folderOf(names.slice(0, i).join('/')) : undefined;
    if (folder === undefined) continue;
    return (await serveArtifact(folder, names[i + 1] ?? '', names.slice(i + 2))) ?? c.notFound();
  }
  return noSuchRun(c);
}

async function serveData(c: Context, runs: Registry): Promise<Response> {
  const watch = runs.find(c.req.query('run') ?? '');
  if (watch === undefined) return noSuchRun(c);
  // Whoever watches it looks often enough.
  if (!watch.isWatched) await watch.look();
  if (watch.fault !== undefined) return c.text(watch.fault, 409);
  return c.body(new Uint8Array(watch.run.data()), 200, {
    'content-type': 'application/octet-stream',
    'x-version': String(watch.run.version),
  });
}

async function serveKeys(c: Context, runs: Registry): Promise<Response> {
  const watch = runs.find(c.req.query('run') ?? '');
  if (watch === undefined) return noSuchRun(c);
  if (!watch.isWatched) await watch.look();
  if (watch.fault !== undefined) return c.text(watch.fault, 409);
  return c.json(watch.run.keys());
}

async function passOn(c: Context, runs: Registry, clock: Clock): Promise<Response> {
  const path = c.req.query('run') ?? '';
  const folder = runs.folderOf(path);
  const watch = runs.find(path);
  if (folder === undefined || watch === undefined) return noSuchRun(c);
  const request = await readRequest(c.req.raw);
  if (request === undefined)
    return c.text('expected a request such as {"do":"pause"}, or {"do":"stop-trial","trial":3}', 400);
  await watch.look();
  if (!watch.run.hasCoordinator) return c.text('nobody works on this run', 409);
  const taken = await askCoordinator(folder, request, { clock });
  await watch.look();
  const answer: RequestAnswer = { taken };
  return c.json(answer);
}

async function readRequest(request: Request): Promise<RunRequest | undefined> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  return length <= LONGEST ? parseRequest(await request.text()) : undefined;
}

function noSuchRun(c: Context): Response {
  return c.text('there is no such run in this folder', 404);
}
