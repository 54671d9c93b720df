// The runs that pages look at, by their path below the folder that is served. A run that nobody has looked at for a while
// is forgotten: its data may be large.
import { join } from 'node:path';
import type { Clock } from '../ground/clock.js';
import { realPath } from '../ground/inside.js';
import { MANIFEST_FILE } from '../run/folder.js';
import { isPlainName } from './artifacts.js';
import { isOwnFile } from './own-files.js';
import { RunWatch } from './watch-run.js';

const KEPT_MS = 60_000;

export interface RegistryOptions {
  /** Absolute, without links. */
  readonly root: string;
  /** How a folder is called in commands. */
  readonly show: (folder: string) => string;
  readonly clock: Clock;
}

export class Registry {
  readonly #options: RegistryOptions;
  readonly #watches = new Map<string, { readonly watch: RunWatch; usedAt: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#forget(), KEPT_MS / 2);
    this.#timer.unref();
  }

  /** The absolute path of a run; undefined for what is none, or does not lie below the root without a link. */
  folderOf(path: string): string | undefined {
    const { root } = this.#options;
    const names = path === '' ? [] : path.split('/');
    if (!names.every(isPlainName)) return undefined;
    const folder = join(root, ...names);
    return realPath(folder) === folder && isOwnFile(join(folder, MANIFEST_FILE), root) ? folder : undefined;
  }

  find(path: string): RunWatch | undefined {
    const { root, show, clock } = this.#options;
    const folder = this.folderOf(path);
    if (folder === undefined) return undefined;
    let known = this.#watches.get(path);
    if (known === undefined) {
      known = {
        watch: new RunWatch({ folder, root, shown: show(folder), path }, clock),
        usedAt: 0,
      };
      this.#watches.set(path, known);
    }
    known.usedAt = clock.elapsed();
    return known.watch;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { watch } of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  #forget(): void {
    const now = this.#options.clock.elapsed();
    for (const [path, { watch, usedAt }] of this.#watches)
      if (!watch.isWatched && now - usedAt > KEPT_MS) this.#watches.delete(path);
  }
}
