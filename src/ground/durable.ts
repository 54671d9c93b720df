// Files that are there whole or not at all: written under a temporary name, flushed, and renamed (or linked) into
// place; then the folder is flushed, so that the name survives a power cut too. The steps are written once, as
// generators, and taken either by promises or at once: a trial writes from a worker thread, which may block.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { FileStream } from './stream.js';

/** A function of node:fs, called with a callback or as its synchronous twin, and its arguments. */
type Operation = 'open' | 'writeFile' | 'fsync' | 'close' | 'rename' | 'link' | 'rm' | 'mkdir';
type Step = readonly [operation: Operation, ...args: unknown[]];
type Steps<T> = Generator<Step, T, unknown>;

/** The longest part of a name that a temporary name keeps: with it and the rest it stays under 255 bytes. */
const NAME_PART = 64;

/** Where a file is written before it gets its name: no other write, of any thread or machine, has the same. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, NAME_PART)}.${randomUUID()}.tmp`);
}

/** True for the leftovers of a killed process. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

/** Replaces `path` by `content`; folders that are missing are made. On any error, what stood there still does. */
export function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  return take(replacing(path, content));
}

/** The same, blocking: for worker threads. */
export function replaceFileSync(path: string, content: string | Uint8Array): void {
  takeSync(replacing(path, content));
}

/** Makes `path` with `content`; false where it exists already. Nobody ever sees it empty. Its folder must be there. */
export function createFile(path: string, content: string | Uint8Array): Promise<boolean> {
  return take(creating(path, content));
}

/** Gives a file that another program or a download has written its name, over what stood under it. */
export function settleFile(from: string, path: string): Promise<void> {
  return take(settling(from, path));
}

/** Makes a folder, and those above it that are missing, to stay. */
export function makeFolder(path: string): Promise<void> {
  return take(making(path));
}

export function syncFolder(path: string): Promise<void> {
  return take(flushing(path));
}

/**
 * Files that get their names together, once all of them are safely on disk; each folder is flushed once. Until
 * `commit`, and for good after `discard`, what stood under the names is as it was.
 */
export class FileBatch {
  readonly #written: { readonly temporary: string; readonly path: string }[] = [];
  readonly #streams: FileStream[] = [];

  /** On disk when it resolves, without its name. Folders that are missing are made. */
  async write(path: string, content: string | Uint8Array): Promise<void> {
    await take(making(dirname(path)));
    await take(filling(this.#begin(path), content));
  }

  /** A file to be appended to until `commit`. Its folder must be there. */
  stream(path: string): FileStream {
    const stream = new FileStream(this.#begin(path));
    this.#streams.push(stream);
    return stream;
  }

  async commit(): Promise<void> {
    for (const stream of this.#streams) {
      stream.flush();
      await take(syncing(stream.fd));
      stream.close();
    }
    await take(naming(this.#written));
    this.#streams.length = 0;
    this.#written.length = 0;
  }

  /** Removes what has no name yet. Does nothing after `commit`: call it in a `finally`. */
  async discard(): Promise<void> {
    for (const stream of this.#streams.splice(0)) stream.close();
    for (const { temporary } of this.#written.splice(0)) await take(removing(temporary));
  }

  #begin(path: string): string {
    const temporary = temporaryName(path);
    this.#written.push({ temporary, path });
    return temporary;
  }
}

function* replacing(path: string, content: string | Uint8Array): Steps<void> {
  yield* making(dirname(path));
  const temporary = temporaryName(path);
  try {
    yield* filling(temporary, content);
    yield* naming([{ temporary, path }]);
  } catch (error) {
    yield* removing(temporary);
    throw error;
  }
}

function* creating(path: string, content: string | Uint8Array): Steps<boolean> {
  const temporary = temporaryName(path);
  try {
    yield* filling(temporary, content);
    yield ['link', temporary, path];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    yield* removing(temporary);
  }
  yield* flushing(dirname(path));
  return true;
}

function* settling(from: string, path: string): Steps<void> {
  yield* opened(from, 'r+', syncing);
  yield* naming([{ temporary: from, path }]);
}

/** Writes a new file and flushes it. */
function* filling(path: string, content: string | Uint8Array): Steps<void> {
  yield* opened(path, 'wx', function* (fd) {
    yield ['writeFile', fd, content];
    yield* syncing(fd);
  });
}

/** Renames files, each over what stood under its name, and flushes their folders. */
function* naming(files: readonly { readonly temporary: string; readonly path: string }[]): Steps<void> {
  for (const { temporary, path } of files) yield ['rename', temporary, path];
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) yield* flushing(folder);
}

function* making(path: string): Steps<void> {
  const folder = resolve(path);
  const first = (yield ['mkdir', folder, { recursive: true }]) as string | undefined;
  if (first === undefined) return;
  // Each new folder is an entry of the one above it.
  for (let at = folder; at !== dirname(first); at = dirname(at)) yield* flushing(dirname(at));
}

function* flushing(folder: string): Steps<void> {
  yield* opened(folder, 'r', syncing);
}

function* syncing(fd: number): Steps<void> {
  yield ['fsync', fd];
}

function* removing(path: string): Steps<void> {
  yield ['rm', path, { force: true }];
}

function* opened(path: string, flags: string, use: (fd: number) => Steps<void>): Steps<void> {
  const fd = (yield ['open', path, flags]) as number;
  try {
    yield* use(fd);
  } finally {
    yield ['close', fd];
  }
}

async function take<T>(steps: Steps<T>): Promise<T> {
  let next = steps.next();
  while (next.done !== true) {
    const [operation, ...args] = next.value;
    const done = new Promise((resolve, reject) => {
      const call = fs[operation] as (...args: readonly unknown[]) => void;
      call(...args, (error: Error | null, result: unknown) => (error ? reject(error) : resolve(result)));
    });
    next = await done.then(
      (result) => steps.next(result),
      (error) => steps.throw(error),
    );
  }
  return next.value;
}

function takeSync<T>(steps: Steps<T>): T {
  let next = steps.next();
  while (next.done !== true) {
    const [operation, ...args] = next.value;
    const call = fs[`${operation}Sync`] as (...args: readonly unknown[]) => unknown;
    let result: unknown;
    try {
      result = call(...args);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(result);
  }
  return next.value;
}
