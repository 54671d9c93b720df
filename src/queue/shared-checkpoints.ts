// Checkpoints that are too large for the queue, in the folder that the coordinator and all hosts see: sealed as they would
// be on the queue, which says which of them are there. Under names of the run and its digest, so that those of other code or
// other values are others.
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { sealedAs } from './keys.js';
import type { RunAbout } from './messages.js';
import { openSealed, sealBytes } from './seal.js';

const FOLDER = 'checkpoints';

interface SharedOptions {
  readonly share: string | undefined;
  readonly secret: string | undefined;
}

type Run = Pick<RunAbout, 'run' | 'digest'>;

export class SharedCheckpoints {
  readonly #options: SharedOptions;

  constructor(options: SharedOptions) {
    this.#options = options;
  }

  /** False where there is no such folder. */
  get hasRoom(): boolean {
    return this.#options.share !== undefined;
  }

  async put(run: Run, name: string, bytes: Uint8Array): Promise<void> {
    const sealed = sealBytes(this.#options.secret, sealedAs(run, 'checkpoint', name), bytes);
    await replaceFile(this.#pathOf(run, name), sealed);
  }

  /** Of one that the queue says is there. Undefined where it has gone since, and where nobody who has the key has left it. */
  async get(run: Run, name: string): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(run, name);
    try {
      return openSealed(
        this.#options.secret,
        sealedAs(run, 'checkpoint', name),
        new Uint8Array(await readFile(path)),
      );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Never rejects: what is left goes with the run. */
  async drop(run: Run, name: string): Promise<void> {
    if (this.hasRoom) await rm(this.#pathOf(run, name), { force: true }).catch(() => undefined);
  }

  #pathOf(run: Run, name: string): string {
    const { share } = this.#options;
    if (share === undefined)
      throw new SweeplineError(
        'BAD_USAGE',
        `checkpoint ${name} is too large for the queue and lies in a shared folder, which this machine was not given`,
        { hint: 'name the same folder with --share for the run and for all of its hosts' },
      );
    const file = createHash('sha256').update(`${run.digest}\n${name}`).digest('hex').slice(0, 32);
    return join(share, run.run, FOLDER, `${file}.bin`);
  }
}

/** Of a checkpoint that others are to go on from. `what`: up to its size. */
export function tooLarge(what: string, bytes: number, most: number): SweeplineError {
  return new SweeplineError(
    'BAD_USAGE',
    `${what} ${bytes} bytes; at most ${most} travel through the queue, and trials that pause may go on elsewhere`,
    {
      hint: 'raise the limit with --queue-files, such as --queue-files 64m, or give the run and its hosts the same --share folder',
    },
  );
}
