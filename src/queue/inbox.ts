// What hosts have written to a run's stream, in order. Reads on where it was after the connection was lost.
import { forgetEntries, keysOf, type RunKeys } from './keys.js';
import { type FromQueueHost, type RunAbout, readMessage } from './messages.js';
import type { Redis } from './packages.js';
import { isSealed, seal } from './seal.js';

export interface Entry {
  readonly id: string;
  /** The job that it is of; empty where it is of none. */
  readonly key: string;
  readonly message: FromQueueHost;
  /** Rows, or a file. */
  readonly body: Uint8Array;
  /** Rows of metrics.csv. */
  readonly series: Uint8Array;
}

type RawEntry = readonly [id: Buffer, fields: readonly Buffer[]];

interface Sealing {
  /** A result of the same trials of an earlier digest is another one. */
  readonly about: Pick<RunAbout, 'run' | 'digest'>;
  readonly secret: string | undefined;
}

export interface InboxOptions extends Sealing {
  /** Of its own: it blocks. */
  readonly reader: Redis;
  readonly redis: Redis;
  /** Only what is of this coordinator is forgotten by it. */
  readonly session: string;
  /** How large the files in entries may be. */
  readonly filesBytes: number;
  /** False: the entry is to stay until it is forgotten. */
  readonly take: (entry: Entry) => boolean;
  /** What was taken has been seen to: before that nothing more is read, so that memory does not grow. */
  readonly done: () => Promise<unknown>;
  readonly say: (line: string) => void;
}

const NO_BYTES = new Uint8Array(0);
/** Entries that are read at once, */
const BATCH = 32;
/** and about how many bytes of files they may bring along. */
const BATCH_BYTES = 256 * 2 ** 20;
const BLOCK_MS = 1_000;
const AGAIN_MS = 200;

/** The fields of an entry. */
export function fieldsOf(
  { about: { run, digest }, secret }: Sealing,
  key: string,
  message: FromQueueHost,
  { body = NO_BYTES, series = NO_BYTES }: Partial<Pick<Entry, 'body' | 'series'>> = {},
): (string | Uint8Array)[] {
  const text = JSON.stringify(message);
  const signature = seal(secret, run, digest, key, text, body, series);
  return ['k', key, 'm', text, 'b', body, 's', series, 'h', signature];
}

export class Inbox {
  readonly #options: InboxOptions;
  readonly #keys: RunKeys;
  readonly #batch: number;
  #last = '0';
  /** How often it has begun from the start. */
  #rounds = 0;
  #isBehind = false;
  #forgotten: string[] = [];
  #ended = false;
  #isToldForeign = false;
  #reading: Promise<void> | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#keys = keysOf(options.about.run);
    this.#batch = Math.max(1, Math.min(BATCH, Math.floor(BATCH_BYTES / options.filesBytes)));
  }

  /** Takes everything that is there already. */
  async catchUp(): Promise<void> {
    while (this.#takeAll(await this.#read([])) > 0) await this.#options.done();
  }

  /** Reads all again: a server that has lost its stream may give the next entries earlier places. */
  rewind(): void {
    this.#last = '0';
    this.#rounds++;
  }

  /** Whether there may be more that has been written than was taken. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** An entry that was read before; undefined where it is no longer there. */
  async fetch(id: string): Promise<Entry | undefined> {
    const { redis } = this.#options;
    const [raw] = (await redis.callBuffer('XRANGE', this.#keys.results, id, id)) as RawEntry[];
    return raw === undefined ? undefined : this.#decode(id, raw[1]);
  }

  /** Takes what comes from now on. */
  start(): void {
    this.#reading = this.#follow();
  }

  /** Entries that are on the coordinator's disk. */
  forget(...ids: readonly string[]): void {
    if (ids.length === 0) return;
    if (this.#forgotten.length === 0) setImmediate(() => this.#remove());
    this.#forgotten.push(...ids);
  }

  /** `reader` is to be disconnected first: it may be waiting. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#remove();
    await this.#reading;
  }

  async #follow(): Promise<void> {
    while (!this.#ended) {
      const round = this.#rounds;
      const entries = await this.#wait();
      if (round !== this.#rounds) continue; // they are read again
      this.#isBehind = entries.length > 0;
      if (this.#takeAll(entries) > 0) await this.#options.done();
      this.#isBehind = entries.length === this.#batch;
    }
  }

  async #wait(): Promise<readonly RawEntry[]> {
    try {
      return await this.#read(['BLOCK', BLOCK_MS]);
    } catch {
      // The connection is gone or the server is not ready yet: the first connection tells it.
      if (!this.#ended) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      return [];
    }
  }

  async #read(how: readonly (string | number)[]): Promise<readonly RawEntry[]> {
    const { reader } = this.#options;
    const what = ['COUNT', this.#batch, ...how, 'STREAMS', this.#keys.results, this.#last];
    const answer = (await reader.callBuffer('XREAD', ...what)) as [Buffer, RawEntry[]][] | null;
    return answer?.[0]?.[1] ?? [];
  }

  #takeAll(entries: readonly RawEntry[]): number {
    for (const [id, fields] of entries) {
      this.#last = id.toString();
      const entry = this.#decode(this.#last, fields);
      if (entry === undefined || this.#options.take(entry)) this.forget(this.#last);
    }
    return entries.length;
  }

  /** Undefined where it is not of a host that has the key, or is no message. */
  #decode(id: string, fields: readonly Buffer[]): Entry | undefined {
    const { about, secret, say } = this.#options;
    const { run, digest } = about;
    const byName = new Map<string, Buffer>();
    for (let i = 0; i + 1 < fields.length; i += 2) byName.set(fields[i]!.toString(), fields[i + 1]!);
    const bytes = (name: string): Uint8Array => {
      const found = byName.get(name);
      return found === undefined
        ? NO_BYTES
        : new Uint8Array(found.buffer, found.byteOffset, found.byteLength);
    };
    const text = (name: string): string => byName.get(name)?.toString() ?? '';
    const parts = [run, digest, text('k'), text('m'), bytes('b'), bytes('s')];
    try {
      if (!isSealed(text('h'), secret, ...parts)) throw new Error('its signature is not that of the key');
      return { id, key: text('k'), message: readMessage(text('m')), body: bytes('b'), series: bytes('s') };
    } catch (error) {
      if (!this.#isToldForeign) say(`something on the queue is ignored: ${(error as Error).message}`);
      this.#isToldForeign = true;
      return undefined;
    }
  }

  #remove(): void {
    const ids = this.#forgotten;
    if (ids.length === 0) return;
    this.#forgotten = [];
    const { redis, session } = this.#options;
    forgetEntries(redis, this.#keys, session, ids).catch(() => undefined); // read again, they count no more
  }
}
