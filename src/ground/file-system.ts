// The one way to files that must last: whatever durable.ts, the journal, the derived files and the trials' store ask of a
// disk goes through here, so that tests can put in a disk that crashes and fails. The calls are those of node:fs under
// their own names, each blocking (`now`) and as a promise (`later`), and no more of them than there is need for.
import fs from 'node:fs';

/** What a folder holds, as node:fs tells it. */
export interface FolderEntry {
  readonly name: string;
  isDirectory(): boolean;
}

export interface FileCalls {
  open(path: string, flags: 'r' | 'r+' | 'a' | 'wx'): number;
  /**
   * Returns the bytes written, which may be fewer than there are from `offset` on. Without `position` they go to the end,
   * or where the last write ended.
   */
  write(fd: number, bytes: Uint8Array, offset: number, position?: number): number;
  /** The same for several buffers. */
  writev(fd: number, buffers: readonly Uint8Array[]): number;
  /** Returns the bytes read: 0 at the end of the file. */
  read(fd: number, into: Uint8Array, offset: number, position: number): number;
  size(fd: number): number;
  fsync(fd: number): void;
  /** Flushes the bytes and the length, and not the times. */
  fdatasync(fd: number): void;
  ftruncate(fd: number, length: number): void;
  close(fd: number): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  /** A file or a folder with all it holds; nothing where it is not there. */
  rm(path: string): void;
  mkdir(path: string): void;
  readdir(path: string): FolderEntry[];
  readFile(path: string): Uint8Array;
  exists(path: string): boolean;
}

type Later<Calls> = {
  [Name in keyof Calls]: Calls[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Result>
    : never;
};

export interface FileSystem {
  readonly now: FileCalls;
  readonly later: Later<FileCalls>;
}

const now: FileCalls = {
  open: (path, flags) => fs.openSync(path, flags),
  write: (fd, bytes, offset, position) =>
    fs.writeSync(fd, bytes, offset, bytes.length - offset, position ?? null),
  writev: (fd, buffers) => fs.writevSync(fd, buffers),
  read: (fd, into, offset, position) => fs.readSync(fd, into, offset, into.length - offset, position),
  size: (fd) => fs.fstatSync(fd).size,
  fsync: (fd) => fs.fsyncSync(fd),
  fdatasync: (fd) => fs.fdatasyncSync(fd),
  ftruncate: (fd, length) => fs.ftruncateSync(fd, length),
  close: (fd) => fs.closeSync(fd),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  rm: (path) => fs.rmSync(path, { force: true, recursive: true }),
  mkdir: (path) => fs.mkdirSync(path),
  readdir: (path) => fs.readdirSync(path, { withFileTypes: true }),
  readFile: (path) => fs.readFileSync(path),
  exists: (path) => fs.existsSync(path),
};

type Done<Result> = (error: Error | null, result?: Result) => void;

/** A call of node:fs as a promise. Not by `node:fs/promises`, whose file handles cost twice the time of numbers. */
function promised<Result>(call: (done: Done<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result as Result)));
  });
}

const later: Later<FileCalls> = {
  open: (path, flags) => promised((done) => fs.open(path, flags, done)),
  write: (fd, bytes, offset, position) =>
    promised((done) => fs.write(fd, bytes, offset, bytes.length - offset, position ?? null, done)),
  writev: (fd, buffers) => promised((done) => fs.writev(fd, buffers, done)),
  read: (fd, into, offset, position) =>
    promised((done) => fs.read(fd, into, offset, into.length - offset, position, done)),
  size: async (fd) => (await promised<fs.Stats>((done) => fs.fstat(fd, done))).size,
  fsync: (fd) => promised((done) => fs.fsync(fd, done)),
  fdatasync: (fd) => promised((done) => fs.fdatasync(fd, done)),
  ftruncate: (fd, length) => promised((done) => fs.ftruncate(fd, length, done)),
  close: (fd) => promised((done) => fs.close(fd, done)),
  rename: (from, to) => promised((done) => fs.rename(from, to, done)),
  link: (from, to) => promised((done) => fs.link(from, to, done)),
  rm: (path) => promised((done) => fs.rm(path, { force: true, recursive: true }, done)),
  mkdir: (path) => promised((done) => fs.mkdir(path, done)),
  readdir: (path) => promised((done) => fs.readdir(path, { withFileTypes: true }, done)),
  readFile: (path) => promised((done) => fs.readFile(path, done)),
  exists: async (path) => fs.existsSync(path),
};

/** The disk that all of it goes to. */
export const disk: { now: FileCalls; later: Later<FileCalls> } = { now, later };

/** Puts another disk in the place of the machine's, for tests; returns what puts the old one back. */
export function useFileSystem(other: FileSystem): () => void {
  const { now, later } = disk;
  Object.assign(disk, other);
  return () => void Object.assign(disk, { now, later });
}
