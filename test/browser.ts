// A real browser for tests of pages: Chromium, spoken to over its pipe. It tells what a page did: scripts that ran, dialogs
// that opened, requests that left.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Path of a Chromium on this machine; undefined where there is none. */
export const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => {
  try {
    return [execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()];
  } catch {
    return [];
  }
})[0];

/** What a page has done since it was opened. */
export interface Visit {
  /** Addresses that were asked for, the page itself left out; blocked ones too. */
  readonly requests: readonly string[];
  /** Scripts that were compiled: inline ones, handlers and `javascript:` alike. */
  readonly scripts: readonly string[];
  readonly dialogs: readonly string[];
  /** What the console was told of the page's policy. */
  readonly refused: readonly string[];
  /** What the page's own script threw, or told the console as an error. */
  readonly errors: readonly string[];
  /** Asks the browser: mouse, keys, the size of the screen. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export class Browser {
  readonly #profile = mkdtempSync(join(tmpdir(), 'sweepline-browser-'));
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #answers = new Map<number, (message: Message) => void>();
  #listener: (message: Message) => void = () => undefined;
  #last = 0;

  constructor() {
    const options = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--remote-debugging-pipe',
      '--no-first-run',
    ];
    this.#child = spawn(CHROMIUM!, [...options, `--user-data-dir=${this.#profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#ended = new Promise((done) => this.#child.once('close', done));
    let text = '';
    (this.#child.stdio[4] as Readable).setEncoding('utf8').on('data', (more: string) => {
      const messages = (text + more).split('\0');
      text = messages.pop()!;
      for (const message of messages) this.#hear(JSON.parse(message) as Message);
    });
  }

  #hear(message: Message): void {
    if (message.id === undefined) this.#listener(message);
    else this.#answers.get(message.id)?.(message);
  }

  async #ask(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const answer = new Promise<Message>((done) => this.#answers.set(id, done));
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result!;
  }

  /** Opens a page and waits until it has loaded all that it will. */
  async visit(url: string): Promise<Visit> {
    const { targetId } = await this.#ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.#ask('Target.attachToTarget', { targetId, flatten: true });
    const ask = (method: string, params?: object) => this.#ask(method, params, sessionId as string);
    const seen = {
      requests: [] as string[],
      scripts: [] as string[],
      dialogs: [] as string[],
      refused: [] as string[],
      errors: [] as string[],
    };
    const loaded = new Promise<void>((done) => {
      this.#listener = ({ method, params = {} }) => {
        if (method === 'Page.loadEventFired') done();
        if (method === 'Debugger.scriptParsed') seen.scripts.push(String(params.url));
        if (method === 'Page.javascriptDialogOpening') {
          seen.dialogs.push(String(params.message));
          void ask('Page.handleJavaScriptDialog', { accept: true });
        }
        if (method === 'Network.requestWillBeSent')
          seen.requests.push((params.request as { readonly url: string }).url);
        if (
          method === 'Runtime.exceptionThrown' ||
          (method === 'Runtime.consoleAPICalled' && params.type === 'error')
        )
          seen.errors.push(JSON.stringify(params));
        if (method === 'Log.entryAdded') seen.refused.push((params.entry as { readonly text: string }).text);
      };
    });
    for (const domain of ['Page', 'Network', 'Log', 'Debugger', 'Runtime']) await ask(`${domain}.enable`);
    seen.scripts.length = 0;
    await ask('Page.navigate', { url });
    await loaded;
    const evaluate = async (expression: string) => {
      const before = seen.scripts.length;
      const answer = await ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      seen.scripts.splice(before);
      return (answer.result as { readonly value: unknown }).value;
    };
    // Whatever was still to come of what has loaded has come by the time that two frames are drawn.
    await evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');
    const { scripts, dialogs, refused, errors } = seen;
    return {
      ...{ scripts, dialogs, refused, errors, evaluate, send: ask },
      get requests() {
        return seen.requests.filter((each) => each !== url);
      },
    };
  }

  async close(): Promise<void> {
    await this.#ask('Browser.close').catch(() => this.#child.kill());
    await this.#ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
