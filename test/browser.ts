// A real browser for tests of pages: Chromium, driven by playwright. It tells what a page did: scripts that ran, dialogs
// that opened, requests that left.
import { execFileSync } from 'node:child_process';
import { type CDPSession, chromium, type Page, type Browser as PlaywrightBrowser } from 'playwright-core';

/**
 * Path of a Chromium on this machine; undefined where there is none. The one without windows comes first: the same engine,
 * which starts and opens a page in a quarter of the time.
 */
export const CHROMIUM = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].flatMap(
  (name) => {
    try {
      return [execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()];
    } catch {
      return [];
    }
  },
)[0];

/** What a page has done since it was opened. */
export interface Visit {
  readonly page: Page;
  /** Addresses that were asked for, the page itself left out; blocked ones too. */
  readonly requests: readonly string[];
  /** Scripts that were compiled: inline ones, handlers and `javascript:` alike. */
  readonly scripts: readonly string[];
  readonly dialogs: readonly string[];
  /** What the console was told of the page's policy. */
  readonly refused: readonly string[];
  /** What the page's own script threw, or told the console as an error. */
  readonly errors: readonly string[];
  /** Asks the browser by its own protocol: keys, the screen, its media. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  readonly touch?: boolean;
  readonly dark?: boolean;
}

export class Browser {
  readonly #browser: Promise<PlaywrightBrowser> = chromium.launch({
    executablePath: CHROMIUM!,
    args: ['--no-sandbox', '--disable-gpu'],
  });

  /** Opens a page of its own and waits until it has loaded all that it will. */
  async visit(url: string, { width = 1280, height = 720, touch, dark }: VisitOptions = {}): Promise<Visit> {
    const page = await (await this.#browser).newPage({
      viewport: { width, height },
      hasTouch: touch ?? false,
      isMobile: width < 500,
      colorScheme: dark === true ? 'dark' : 'light',
    });
    const session = await page.context().newCDPSession(page);
    const scripts: string[] = [];
    const seen = { requests: [] as string[], dialogs: [] as string[], errors: [] as string[] };
    const refused: string[] = [];
    page.on('request', (request) => seen.requests.push(request.url()));
    page.on('dialog', (dialog) => {
      seen.dialogs.push(dialog.message());
      void dialog.accept();
    });
    page.on('pageerror', (error) => seen.errors.push(String(error)));
    session.on('Runtime.consoleAPICalled', (call) => {
      if (call.type === 'error') seen.errors.push(JSON.stringify(call.args));
    });
    session.on('Log.entryAdded', ({ entry }) => refused.push(entry.text));
    session.on('Debugger.scriptParsed', ({ url: from, executionContextAuxData: context }) => {
      // What is not of the page's own world is playwright's.
      if ((context as { readonly isDefault?: boolean }).isDefault !== false) scripts.push(from);
    });
    for (const domain of ['Log', 'Debugger', 'Runtime'] as const) await session.send(`${domain}.enable`);
    await page.goto(url);
    const evaluate = async (expression: string) => {
      const before = scripts.length;
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
        ...{ expression, awaitPromise: true, returnByValue: true },
      });
      scripts.splice(before);
      if (exceptionDetails !== undefined)
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    // Whatever was still to come of what has loaded has come by the time that two frames are drawn.
    await evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');
    return {
      ...{ page, scripts, refused, evaluate, dialogs: seen.dialogs, errors: seen.errors },
      send: (method, params) => ask(session, method, params),
      get requests() {
        return seen.requests.filter((each) => each !== url);
      },
    };
  }

  async close(): Promise<void> {
    await (await this.#browser).close();
  }
}

/** Its methods are more than one signature tells. */
function ask(session: CDPSession, method: string, params?: object): Promise<Record<string, unknown>> {
  return session.send(method as never, params as never) as Promise<Record<string, unknown>>;
}
