// `sweepline serve`: a live page over a folder of runs.
import { isLoopback } from '../../dashboard/loopback.js';
import { SweeplineError } from '../../ground/errors.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { option, switchOption } from '../options.js';

const WHERE = 'Where it is reached';
const SHORTEST_TOKEN = 8;

export default defineCommand({
  name: 'serve',
  about:
    'Serves a live page over a folder of runs: their state and progress, the views of report.html while trials ' +
    'finish, two runs compared; runs can be paused, continued and stopped, and single trials stopped. It starts ' +
    'nothing. Ctrl-C ends it; the runs go on.',
  arguments: [{ name: 'dir', about: 'a folder of runs, or one run (default: runs)', optional: true }],
  options: {
    port: option(WHERE, '--port <N>', 'the port (default: 4180, or the next free one)', readPort),
    host: option(
      WHERE,
      '--host <name>',
      'the address to listen on (default: 127.0.0.1, which only this machine reaches); others need --token',
      readHost,
    ),
    token: option(
      WHERE,
      '--token <text>',
      `what whoever opens the page must have: at least ${SHORTEST_TOKEN} characters`,
      readToken,
    ),
    open: switchOption(WHERE, '--open', 'open it in the browser'),
  },
  sections: [
    [
      'Safety',
      [
        'Without --token, every user of this machine can open the page. Connections are not encrypted: on a',
        'network that is not yours, use an SSH tunnel (ssh -L 4180:localhost:4180) in place of --host.',
      ].join('\n'),
    ],
  ],
  examples: [
    ['sweepline serve', 'the runs in runs/'],
    ['sweepline serve --open', 'and open the browser'],
    ['sweepline serve --host 0.0.0.0 --token "$SWEEPLINE_TOKEN"', 'for other machines'],
  ],
  check: ({ options: { host, token } }) =>
    host === undefined || token !== undefined || isLoopback(host)
      ? []
      : [`--host ${host}: other machines can reach it; expected --token beside it`],
  async run({ arguments: [folder = 'runs'], options, terminal }) {
    const [{ startDashboard }, { systemClock }, { showPath }, { watchInterrupts }, { openBrowser }] =
      await Promise.all([
        import('../../dashboard/server.js'),
        import('../../ground/clock.js'),
        import('../paths.js'),
        import('../interrupts.js'),
        import('../open-browser.js'),
      ]);
    const { open = false, ...where } = options;
    const dashboard = await startDashboard({ folder, ...where, show: showPath, clock: systemClock });
    const ended = new Promise<void>((done) => {
      const leave = watchInterrupts(() => {
        leave();
        done();
      });
    });
    terminal.print(dashboard.url);
    terminal.say(`serving ${showPath(folder)}; Ctrl-C ends it`);
    if (open && !(await openBrowser(dashboard.url)))
      terminal.say('no browser could be opened: open the address above');
    await ended;
    await dashboard.close();
    return EXIT.done;
  },
});

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new SweeplineError('BAD_USAGE', 'expected a port from 1 to 65535');
}

function readHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (/^[\w.:-]+$/.test(host)) return host;
  throw new SweeplineError('BAD_USAGE', 'expected an address or a name, such as 0.0.0.0 or localhost');
}

function readToken(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text) && text.length >= SHORTEST_TOKEN) return text;
  throw new SweeplineError(
    'BAD_USAGE',
    `expected at least ${SHORTEST_TOKEN} characters without spaces, such as the output of \`openssl rand -hex 16\``,
  );
}
