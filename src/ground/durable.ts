// Files that are there whole or not at all: written under a temporary name, flushed, and renamed (or linked) into
// place; then the folder is flushed, so that the name survives a power cut too. The steps are written once, as
// generators, and taken either by promises or at once: a trial writes from a worker thread, which may block.
import { randomUUID } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';

import { disk, type FileCalls } from './file-system.js';
import { FileStream, noProgress } from './stream.js';

/** A call of the file system and its arguments. */
type Step = { [Name in keyof FileCalls]: readonly [Name, ...Parameters<FileCalls[Name]>] }[keyof FileCalls];
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

/** Makes a folder, and those above it that are missing, to stay; `made` gets those that were, the outermost first. */
export function makeFolder(path: string, made: string[] = []): Promise<void> {
  return take(making(path, made));
}

/** The same, blocking. */
export function makeFolderSync(path: string): void {
  takeSync(making(path));
}

/** The names in a folder survive a power cut from now on. */
export function syncFolder(path: string): Promise<void> {
  return take(flushing(path));
}

/** The same, blocking. */
export function syncFolderSync(path: string): void {
  takeSync(flushing(path));
}

/** Puts all of `buffers` at the end of a file that is open for appending. What fails leaves the first part of them. */
export async function appendAll(fd: number, buffers: readonly Uint8Array[]): Promise<void> {
  let left = buffers;
  while (left.length > 0) {
    let written = await disk.later.writev(fd, left);
    if (written === 0) throw noProgress();
    let whole = 0;
    while (whole < left.length && written >= left[whole]!.length) written -= left[whole++]!.length;
    // As good as never: who gets here is about to be told that the disk is full.
    left = whole === left.length ? [] : [left[whole]!.subarray(written), ...left.slice(whole + 1)];
  }
}

/** Writes over what is in a file, from `position` on. */
export async function overwrite(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await disk.later.write(fd, bytes, done, position + done);
    if (written === 0) throw noProgress();
    done += written;
  }
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

  /** Removes what has no name yet, and never rejects. Does nothing after `commit`: call it in a `finally`. */
  async discard(): Promise<void> {
    for (const stream of this.#streams.splice(0)) {
      try {
        stream.close();
      } catch {
        // It is given up: what was to be told of the disk has been.
      }
    }
    for (const { temporary } of this.#written.splice(0)) await take(givingUp(temporary));
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
    yield* givingUp(temporary);
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
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  yield* opened(path, 'wx', function* (fd) {
    for (let done = 0; done < bytes.length; ) {
      const written = (yield ['write', fd, bytes, done]) as number;
      if (written === 0) throw noProgress();
      done += written;
    }
    yield* syncing(fd);
  });
}

/** Renames files, each over what stood under its name, and flushes their folders. */
function* naming(files: readonly { readonly temporary: string; readonly path: string }[]): Steps<void> {
  for (const { temporary, path } of files) yield ['rename', temporary, path];
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) yield* flushing(folder);
}

/**
 * Folders of which this thread knows that their names are safe. Of one that it finds made it does not: whoever made it,
 * a process that was killed since or another thread, may not have come to flush it.
 */
const safe = { of: disk.now, folders: new Set<string>() };
const MOST_SAFE = 1000;

/** From the top down, each flushed before there is one in it. */
function* making(path: string, list: string[] = []): Steps<void> {
  const folder = resolve(path);
  if (safe.of !== disk.now || safe.folders.size > MOST_SAFE) {
    safe.of = disk.now;
    safe.folders.clear();
  }
  if (yield* made(folder, list)) {
    yield* securing(dirname(folder));
    yield* flushing(dirname(folder));
    safe.folders.add(folder);
  } else yield* securing(folder);
}

/** Flushes the name of a folder that was there. */
function* securing(folder: string): Steps<void> {
  if (safe.folders.has(folder)) return;
  try {
    yield* flushing(dirname(folder));
  } catch (error) {
    // In a folder that one may walk through and not read, it is none of our making.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
  }
  safe.folders.add(folder);
}

/** False where it was there. */
function* made(folder: string, list: string[]): Steps<boolean> {
  for (let hasAbove = false; ; hasAbove = true) {
    try {
      yield ['mkdir', folder];
      list.push(folder);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' || code === 'EISDIR') return false;
      // A folder that is there may take no new ones (/proc).
      if (code !== 'ENOENT' || hasAbove || dirname(folder) === folder) throw error;
    }
    yield* making(dirname(folder), list);
  }
}

function* flushing(folder: string): Steps<void> {
  yield* opened(folder, 'r', syncing);
}

function* syncing(fd: number): Steps<void> {
  yield ['fsync', fd];
}

function* removing(path: string): Steps<void> {
  yield ['rm', path];
}

/** After a failure, which is what counts: where the disk refuses this too, the next coordinator removes the file. */
function* givingUp(path: string): Steps<void> {
  try {
    yield* removing(path);
  } catch {
    return;
  }
}

function* opened(path: string, flags: 'r' | 'r+' | 'wx', use: (fd: number) => Steps<void>): Steps<void> {
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
    const [name, ...args] = next.value;
    const call = disk.later[name] as (...args: readonly unknown[]) => Promise<unknown>;
    next = await call(...args).then(
      (result) => steps.next(result),
      (error) => steps.throw(error),
    );
  }
  return next.value;
}

function takeSync<T>(steps: Steps<T>): T {
  let next = steps.next();
  while (next.done !== true) {
    const [name, ...args] = next.value;
    const call = disk.now[name] as (...args: readonly unknown[]) => unknown;
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
