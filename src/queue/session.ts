// Which coordinator a run on a queue is of: one at a time. Who takes it up looks first whether the one before still beats,
// and whoever finds that another one has it writes nothing more. Says nothing of the run folder, which has a lock of its own:
// a copied folder, or a server that went back to an older state, has two coordinators of one run.
import { randomUUID } from 'node:crypto';
import { SweeplineError } from '../ground/errors.js';
import type { Say } from './connect.js';
import { beat, enterRun, keysOf, type RunKeys } from './keys.js';
import type { Redis } from './packages.js';
import { pause } from './pause.js';
import { ALIVE_MS } from './registry.js';

const BEAT_MS = 1_000;
/** A coordinator that has not beaten for so long is gone, in ms: one that blocks, or is cut off, longer gives way. */
const GONE_MS = 4_000;
const POLL_MS = 200;

export interface SessionOptions {
  readonly redis: Redis;
  readonly run: string;
  readonly say: Say;
  /** Another coordinator has the run. */
  readonly onTaken: (error: Error) => void;
}

/** `lost`: the server has none, or that of a coordinator that is gone. */
export type Standing = 'own' | 'lost' | 'taken';

export class Session {
  readonly id = randomUUID();
  readonly #options: SessionOptions;
  readonly #keys: RunKeys;
  #timer: NodeJS.Timeout | undefined;
  #beats = 0;
  #hasEntered = false;
  #isOver = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#keys = keysOf(options.run);
  }

  /** Whether it ever had the run. */
  get hasEntered(): boolean {
    return this.#hasEntered;
  }

  /** Takes the run up. Rejects with LOCKED where another coordinator has it. */
  async enter(): Promise<void> {
    const { redis, run, say } = this.#options;
    for (;;) {
      const seen = (await redis.hget(this.#keys.run, 'session')) ?? '';
      const isOthers = seen !== '' && seen !== this.id;
      if (isOthers && (await redis.exists(this.#keys.alive)) === 1)
        say(`run ${run} had a coordinator a moment ago: looking whether it is still there`);
      if (isOthers && (await this.#isBeating(seen))) throw await this.#locked();
      if (await enterRun(redis, this.#keys, { seen, session: this.id, ms: ALIVE_MS })) break;
    }
    if (this.#hasEntered) return;
    this.#hasEntered = true;
    this.#tick();
  }

  /** Tells the others that this one is here, and finds whether it is the one. */
  async stand(): Promise<Standing> {
    const { redis, onTaken } = this.#options;
    const whose = await beat(redis, this.#keys, { session: this.id, count: ++this.#beats, ms: ALIVE_MS });
    if (whose === this.id) return 'own';
    if (whose === '' || !(await this.#isBeating(whose))) return 'lost';
    onTaken(await this.#locked());
    return 'taken';
  }

  /** Whether the run is still of this session, as far as the server knows. */
  async isOwn(): Promise<boolean> {
    return (await this.#options.redis.hget(this.#keys.run, 'session')) === this.id;
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #tick(): void {
    this.#timer = setTimeout(() => {
      this.stand()
        .catch(() => undefined) // the connection tells it; the next beat comes
        .finally(() => {
          if (!this.#isOver) this.#tick();
        });
    }, BEAT_MS);
  }

  async #isBeating(session: string): Promise<boolean> {
    const { redis } = this.#options;
    const first = await redis.get(this.#keys.alive);
    if (!first?.startsWith(`${session} `)) return false;
    for (let waited = 0; waited < GONE_MS; waited += POLL_MS) {
      await pause(POLL_MS);
      const now = await redis.get(this.#keys.alive);
      if (now === null) return false;
      if (now !== first) return true;
    }
    return false;
  }

  async #locked(): Promise<SweeplineError> {
    const { redis, run } = this.#options;
    const where = describeCoordinator(await redis.hget(this.#keys.run, 'about').catch(() => null));
    return new SweeplineError('LOCKED', `run ${run} on the queue has another coordinator${where}`, {
      hint: 'stop that one first; of a copied folder only one goes on: give the copy a run of its own, or resume it without --queue',
    });
  }
}

function describeCoordinator(about: string | null): string {
  try {
    const { coordinator } = JSON.parse(about ?? '') as { coordinator: { host: string; process: number } };
    return `, with pid ${coordinator.process} on ${coordinator.host}`;
  } catch {
    return ''; // of another version
  }
}
