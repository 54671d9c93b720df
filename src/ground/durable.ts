// Files that are there whole or not at all: written under a temporary name, flushed, and renamed (or linked) into
// place; then the folder is flushed, so that the name survives a power cut too.
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { link, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { readFully } from '../run/frames.js';

const BUFFER_BYTES = 1024 * 1024;
/** Bytes after which a long derivation lets timers, signals and messages in: about 10 ms of copying. */
const BREATH_BYTES = 8 * 1024 * 1024;

/** Where a file is written before it gets its name. Leftovers of a kill are overwritten. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
}

/** True for the leftovers of a killed process. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces `path` by `text`. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path);
  await writeFile(temporary, text, { flush: true });
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Makes `path` with `text`; false where it exists already. Nobody ever sees it empty. */
export async function createFile(path: string, text: string): Promise<boolean> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  await writeFile(temporary, text, { flush: true });
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

/** A derived file in the making: appended to through one buffer, renamed into place by `commit`. */
export class DerivedFile {
  bytes = 0;
  readonly #temporary: string;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #fd: number;
  #filled = 0;
  #sinceBreath = 0;

  constructor(readonly path: string) {
    this.#temporary = temporaryName(path);
    this.#fd = openSync(this.#temporary, 'w');
  }

  append(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES) {
      this.#flush();
      this.#write(bytes);
      return;
    }
    if (this.#filled + bytes.length > BUFFER_BYTES) this.#flush();
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  appendText(text: string): void {
    // Three bytes at most for each UTF-16 unit.
    const most = text.length * 3;
    if (most > BUFFER_BYTES) {
      this.append(Buffer.from(text));
      return;
    }
    if (this.#filled + most > BUFFER_BYTES) this.#flush();
    this.#filled += this.#buffer.write(text, this.#filled, 'utf8');
  }

  /** Copies `length` bytes of another file, from `position` on. */
  copy(fd: number, position: number, length: number): void {
    for (let done = 0; done < length; ) {
      if (this.#filled === BUFFER_BYTES) this.#flush();
      const part = Math.min(length - done, BUFFER_BYTES - this.#filled);
      const read = readFully(fd, this.#buffer.subarray(this.#filled, this.#filled + part), position + done);
      if (read < part) throw new Error(`the journal ends ${part - read} bytes before its rows do`);
      this.#filled += part;
      done += part;
    }
  }

  /** Call it often: now and then it lets the event loop turn. */
  breathe(): Promise<void> | undefined {
    if (this.#sinceBreath < BREATH_BYTES) return undefined;
    this.#sinceBreath = 0;
    return setImmediate();
  }

  async commit(): Promise<void> {
    this.#flush();
    closeSync(this.#fd);
    this.#fd = -1;
    const handle = await open(this.#temporary, 'r+');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(this.#temporary, this.path);
  }

  /** Leaves what stood under the name as it was. */
  async discard(): Promise<void> {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
    await rm(this.#temporary, { force: true });
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    this.bytes += bytes.length;
    this.#sinceBreath += bytes.length;
  }
}

/** TEMP: replaced on merge. */
export function replaceFileSync(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
}
