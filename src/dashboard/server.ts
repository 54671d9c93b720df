// `sweepline serve`: the dashboard on a port of this machine.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '../ground/clock.js';
import { SweeplineError } from '../ground/errors.js';
import { realPath } from '../ground/inside.js';
import { createApp } from './app.js';
import { inAddress } from './guard.js';
import { isLoopback } from './loopback.js';

export interface DashboardOptions {
  /** The folder of runs, or one run. */
  readonly folder: string;
  /** Default: 127.0.0.1. Others than this machine need a token. */
  readonly host?: string;
  /** Default: 4180, or the next one that is free. */
  readonly port?: number;
  readonly token?: string;
  /** How a folder is called in titles and commands. */
  readonly show?: (folder: string) => string;
  readonly clock: Clock;
}

export interface Dashboard {
  /** Where it is: with the token, where there is one. */
  readonly url: string;
  close(): Promise<void>;
}

const PORT = 4180;
/** Ports that are tried, from the default one on. */
const TRIED = 20;

/** Rejects with BAD_USAGE where there is no such folder, the port is taken, or a token is missing. */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { folder, host = '127.0.0.1', token, show = (path) => path, clock } = options;
  if (token === undefined && !isLoopback(host)) {
    throw new SweeplineError(
      'BAD_USAGE',
      `the host ${host} can be reached from other machines, and no token is given`,
      {
        hint: 'give --token, which whoever opens the page must have; or leave --host out',
      },
    );
  }
  const root = realPath(folder);
  if (root === undefined) {
    throw new SweeplineError('BAD_USAGE', `there is no folder ${folder}`, {
      hint: 'start a run with `sweepline run <sweep>`, or name the folder that holds your runs',
    });
  }
  let port = 0;
  const app = createApp({ root, show, host, port: () => port, token, clock });
  const server = createServer(getRequestListener((request) => app.fetch(request)));
  try {
    port = await listen(server, host, options.port);
  } catch (error) {
    app.close();
    throw error;
  }
  const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
  return {
    url: `http://${inAddress(host)}:${port}/${query}`,
    async close() {
      app.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The port it has. */
async function listen(server: Server, host: string, wanted: number | undefined): Promise<number> {
  const last = wanted ?? PORT + TRIED - 1;
  for (let port = wanted ?? PORT; ; port++) {
    try {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && port < last) continue;
      const what =
        code === 'EADDRINUSE'
          ? `the port ${port} of ${host} is taken`
          : `cannot listen on ${host}: ${message}`;
      throw new SweeplineError('BAD_USAGE', what, { cause, hint: 'give another --port, or --host' });
    }
  }
}
