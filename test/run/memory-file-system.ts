// A disk in memory that keeps apart what programs see and what a power cut leaves, for each file and each folder: bytes
// are safe once their file was flushed, names once their folder was. What has not been flushed is kept as a list of
// operations, of which a crash lets any part through. Everything a process does is such a list, so that the disk can be
// set to any moment of it without running it again.
import type { FileCalls, FileSystem, FolderEntry } from '../../src/ground/file-system.js';
import type { Random } from '../../src/ground/random.js';

interface Named {
  readonly folder: number;
  readonly name: string;
}

/** One change, or a flush. Numbers are those of nodes, of which 0 is the root. */
export type Operation =
  | (Named & { readonly do: 'make'; readonly id: number; readonly kind: 'file' | 'folder' })
  | (Named & { readonly do: 'name' | 'unname'; readonly id: number })
  | (Named & { readonly do: 'move'; readonly id: number; readonly from: Named })
  | { readonly do: 'write'; readonly id: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly do: 'cut'; readonly id: number; readonly length: number }
  | { readonly do: 'flush'; readonly id: number }
  /** A flush that failed: what was to be flushed stays to be seen and is never written. */
  | { readonly do: 'lose'; readonly id: number };

/** What of the operations that were not flushed a crash lets through. `kill`: the machine goes on, and so do they. */
export type Damage = 'none' | 'kill' | 'prefix' | 'reordered' | 'torn';
export const DAMAGES: readonly Damage[] = ['none', 'kill', 'prefix', 'reordered', 'torn'];

/** What a disk writes at once; a real one's is larger. */
const SECTOR = 128;

class Bytes {
  #room: Buffer;
  length: number;

  constructor(from: Uint8Array = new Uint8Array()) {
    this.#room = Buffer.from(from);
    this.length = from.length;
  }

  get view(): Buffer {
    return this.#room.subarray(0, this.length);
  }

  write(at: number, bytes: Uint8Array): void {
    this.resize(Math.max(this.length, at + bytes.length));
    this.#room.set(bytes, at);
  }

  resize(length: number): void {
    if (length > this.#room.length) {
      const room = Buffer.alloc(Math.max(length, 2 * this.#room.length, 256));
      room.set(this.view);
      this.#room = room;
    }
    if (length < this.length) this.#room.fill(0, length, this.length);
    this.length = length;
  }
}

interface FileNode {
  readonly kind: 'file';
  seen: Bytes;
  safe: Bytes;
}

interface FolderNode {
  readonly kind: 'folder';
  seen: Map<string, number>;
  safe: Map<string, number>;
}

type Node = FileNode | FolderNode;

const newNode = (kind: Node['kind']): Node =>
  kind === 'file'
    ? { kind, seen: new Bytes(), safe: new Bytes() }
    : { kind, seen: new Map(), safe: new Map() };

export class MemoryDisk {
  readonly #nodes = new Map<number, Node>([[0, newNode('folder')]]);
  pending: Operation[] = [];
  nextId = 1;

  node(id: number): Node {
    return this.#nodes.get(id)!;
  }

  clone(): MemoryDisk {
    const copy = new MemoryDisk();
    for (const [id, node] of this.#nodes) {
      copy.#nodes.set(
        id,
        node.kind === 'file'
          ? { kind: 'file', seen: new Bytes(node.seen.view), safe: new Bytes(node.safe.view) }
          : { kind: 'folder', seen: new Map(node.seen), safe: new Map(node.safe) },
      );
    }
    copy.pending = [...this.pending];
    copy.nextId = this.nextId;
    return copy;
  }

  apply(operation: Operation): void {
    if (operation.do === 'flush') {
      const { id } = operation;
      this.pending = this.pending.filter((one) => {
        if (holderOf(one) !== id) return true;
        this.#change(one, 'safe');
        return false;
      });
      return;
    }
    if (operation.do === 'lose') {
      this.pending = this.pending.filter((one) => holderOf(one) !== operation.id);
      return;
    }
    if (operation.do === 'make') {
      this.#nodes.set(operation.id, newNode(operation.kind));
      this.nextId = Math.max(this.nextId, operation.id + 1);
    }
    this.#change(operation, 'seen');
    this.pending.push(operation);
  }

  /** What is there when the machine is up again. */
  crash(damage: Damage, random: Random): void {
    if (damage === 'kill') return;
    const { pending } = this;
    this.pending = [];
    const lengthOf = (id: number) => (this.node(id) as FileNode).safe.length;
    for (const one of letThrough(pending, damage, random, lengthOf)) this.#change(one, 'safe');
    for (const node of this.#nodes.values()) {
      if (node.kind === 'file') node.seen = new Bytes(node.safe.view);
      else node.seen = new Map(node.safe);
    }
  }

  #change(operation: Operation, where: 'seen' | 'safe'): void {
    const names = (folder: number) => (this.node(folder) as FolderNode)[where];
    const bytes = (id: number) => (this.node(id) as FileNode)[where];
    const drop = ({ folder, name }: Named, id: number) => {
      if (names(folder).get(name) === id) names(folder).delete(name);
    };
    if (operation.do === 'write') bytes(operation.id).write(operation.at, operation.bytes);
    else if (operation.do === 'cut') bytes(operation.id).resize(operation.length);
    else if (operation.do === 'unname') drop(operation, operation.id);
    else if (operation.do === 'make' || operation.do === 'name')
      names(operation.folder).set(operation.name, operation.id);
    else if (operation.do === 'move') {
      drop(operation.from, operation.id);
      names(operation.folder).set(operation.name, operation.id);
    }
  }
}

/** Whose flush makes an operation safe: the file's, or that of the folder which gets or loses a name. */
export function holderOf(operation: Operation): number {
  return 'folder' in operation ? operation.folder : operation.id;
}

function* letThrough(
  pending: readonly Operation[],
  damage: Damage,
  random: Random,
  lengthOf: (id: number) => number,
): Generator<Operation> {
  if (damage === 'none') return;
  if (damage === 'reordered') {
    for (const one of pending)
      for (const part of one.do === 'write' ? sectorsOf(one) : [one]) if (random.below(2) === 0) yield part;
    return;
  }
  if (damage === 'prefix') {
    yield* pending.slice(0, random.below(pending.length + 1));
    return;
  }
  const writes = pending.flatMap((one, i) => (one.do === 'write' ? [i] : []));
  if (writes.length === 0) return;
  const torn = writes[random.below(writes.length)]!;
  yield* pending.slice(0, torn);
  const write = pending[torn] as Operation & { do: 'write' };
  const kept = random.below(write.bytes.length + 1);
  // File systems may have written the new length before the bytes.
  const length = write.at + write.bytes.length;
  if (random.below(2) === 0 && length > lengthOf(write.id)) yield { do: 'cut', id: write.id, length };
  yield { ...write, bytes: write.bytes.subarray(0, kept) };
}

function* sectorsOf(write: Operation & { do: 'write' }): Generator<Operation> {
  for (let at = 0; at < write.bytes.length; ) {
    const end = Math.min(write.bytes.length, at + SECTOR - ((write.at + at) % SECTOR));
    yield { ...write, at: write.at + at, bytes: write.bytes.subarray(at, end) };
    at = end;
  }
}

/** A call that a process makes, before it is carried out. */
export interface Call {
  /** From 1. */
  readonly number: number;
  readonly name: keyof FileCalls;
}

/** What becomes of a call: an error, or of a write so many bytes only. */
export type Fault = { readonly code: string } | { readonly short: number } | undefined;

export interface MemoryOptions {
  readonly fault?: ((call: Call) => Fault) | undefined;
}

interface Handle {
  readonly id: number;
  readonly path: string;
  readonly isAppending: boolean;
  position: number;
}

/** The disk as one process has it, with a record of what it did. */
export class MemoryProcess implements FileSystem {
  readonly log: Operation[] = [];
  calls = 0;
  readonly now: FileCalls;
  readonly later: FileSystem['later'];
  readonly #handles = new Map<number, Handle>();
  #nextHandle = 3;

  readonly #fault: (call: Call) => Fault;

  constructor(
    readonly disk: MemoryDisk,
    { fault = () => undefined }: MemoryOptions = {},
  ) {
    this.#fault = fault;
    this.now = this.#calls();
    this.later = Object.fromEntries(
      Object.entries(this.now).map(([name, call]) => [
        name,
        async (...args: unknown[]) => (call as (...args: unknown[]) => unknown)(...args),
      ]),
    ) as unknown as FileSystem['later'];
  }

  /** Files that are open. */
  get open(): string[] {
    return [...this.#handles.values()].map(({ path }) => path);
  }

  #do(operation: Operation): void {
    this.log.push(operation);
    this.disk.apply(operation);
  }

  #calls(): FileCalls {
    const calls: FileCalls = {
      open: (path, flags) => this.#open(path, flags),
      write: (fd, bytes, offset, position) => this.#write(fd, bytes.subarray(offset), position),
      writev: (fd, buffers) => this.#write(fd, Buffer.concat(buffers)),
      read: (fd, into, offset, position) => {
        const { seen } = this.#file(fd);
        const from = seen.view.subarray(position, position + into.length - offset);
        into.set(from, offset);
        return from.length;
      },
      size: (fd) => this.#file(fd).seen.length,
      fsync: (fd) => this.#do({ do: 'flush', id: this.#handle(fd).id }),
      fdatasync: (fd) => this.#do({ do: 'flush', id: this.#handle(fd).id }),
      ftruncate: (fd, length) => this.#do({ do: 'cut', id: this.#handle(fd).id, length }),
      close: (fd) => {
        this.#handle(fd);
        this.#handles.delete(fd);
      },
      rename: (from, to) => {
        const source = this.#place(from);
        this.#do({ do: 'move', id: this.#find(from), ...this.#place(to), from: source });
      },
      link: (from, to) => {
        const place = this.#place(to);
        if (this.#look(to) !== undefined) throw failure('EEXIST', 'link');
        this.#do({ do: 'name', id: this.#find(from), ...place });
      },
      rm: (path) => {
        if (this.#look(path) !== undefined) this.#remove(this.#place(path), this.#find(path));
      },
      mkdir: (path) => {
        const place = this.#place(path);
        if (path === '/' || this.#look(path) !== undefined) throw failure('EEXIST', 'mkdir');
        this.#do({ do: 'make', kind: 'folder', id: this.disk.nextId, ...place });
      },
      readdir: (path) => this.#list(path),
      readFile: (path) => {
        const node = this.disk.node(this.#find(path));
        if (node.kind === 'folder') throw failure('EISDIR', 'read');
        return Buffer.from(node.seen.view);
      },
      exists: (path) => this.#look(path) !== undefined,
    };
    return this.#withFaults(calls);
  }

  #withFaults(calls: FileCalls): FileCalls {
    const wrap = (name: keyof FileCalls) => {
      const call = calls[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const fault = this.#fault({ number: ++this.calls, name });
        if (fault === undefined) return call(...args);
        if ('short' in fault) return this.#short(call, name, args, fault.short);
        if (name === 'exists') return false; // it cannot fail otherwise
        if (name === 'close') this.#handles.delete(args[0] as number); // as Linux does
        if (name === 'fsync' || name === 'fdatasync') {
          const { id } = this.#handle(args[0] as number);
          if (this.disk.node(id).kind === 'file') this.#do({ do: 'lose', id });
        }
        throw failure(fault.code, name);
      };
    };
    return Object.fromEntries(
      Object.keys(calls).map((name) => [name, wrap(name as keyof FileCalls)]),
    ) as unknown as FileCalls;
  }

  /** Writes are cut short; of other calls there is nothing to cut. */
  #short(call: (...args: unknown[]) => unknown, name: string, args: unknown[], most: number): unknown {
    if (name !== 'write' && name !== 'writev') return call(...args);
    const bytes =
      name === 'write'
        ? (args[1] as Uint8Array).subarray(args[2] as number)
        : Buffer.concat(args[1] as Uint8Array[]);
    return this.#write(args[0] as number, bytes.subarray(0, most), args[3] as number | undefined);
  }

  #open(path: string, flags: string): number {
    let id = this.#look(path);
    if (flags === 'wx' && id !== undefined) throw failure('EEXIST', 'open');
    if (id === undefined && (flags === 'wx' || flags === 'a')) {
      id = this.disk.nextId;
      this.#do({ do: 'make', kind: 'file', id, ...this.#place(path) });
    }
    if (id === undefined) throw failure('ENOENT', 'open');
    const fd = this.#nextHandle++;
    this.#handles.set(fd, { id, path, isAppending: flags === 'a', position: 0 });
    return fd;
  }

  #write(fd: number, bytes: Uint8Array, position?: number): number {
    const handle = this.#handle(fd);
    const at = handle.isAppending ? this.#file(fd).seen.length : (position ?? handle.position);
    if (bytes.length > 0) this.#do({ do: 'write', id: handle.id, at, bytes: Uint8Array.from(bytes) });
    if (position === undefined) handle.position = at + bytes.length;
    return bytes.length;
  }

  #remove(place: Named, id: number): void {
    const node = this.disk.node(id);
    if (node.kind === 'folder')
      for (const [name, inner] of [...node.seen]) this.#remove({ folder: id, name }, inner);
    this.#do({ do: 'unname', id, ...place });
  }

  #list(path: string): FolderEntry[] {
    const node = this.disk.node(this.#find(path));
    if (node.kind === 'file') throw failure('ENOTDIR', 'scandir');
    return [...node.seen].map(([name, id]) => ({
      name,
      isDirectory: () => this.disk.node(id).kind === 'folder',
    }));
  }

  #handle(fd: number): Handle {
    const handle = this.#handles.get(fd);
    if (handle === undefined) throw failure('EBADF', 'fd');
    return handle;
  }

  #file(fd: number): FileNode {
    return this.disk.node(this.#handle(fd).id) as FileNode;
  }

  #place(path: string): Named {
    const parts = path.split('/');
    const folder = this.#find(parts.slice(0, -1).join('/'));
    if (this.disk.node(folder).kind === 'file') throw failure('ENOTDIR', 'open');
    return { folder, name: parts.at(-1)! };
  }

  #find(path: string): number {
    const id = this.#look(path);
    if (id === undefined) throw failure('ENOENT', 'open');
    return id;
  }

  #look(path: string): number | undefined {
    return idOf(this.disk, path);
  }
}

/** The node under a path as programs see it. */
export function idOf(disk: MemoryDisk, path: string): number | undefined {
  let id: number | undefined = 0;
  for (const part of path.split('/')) {
    if (part === '') continue;
    const node: Node = disk.node(id);
    id = node.kind === 'folder' ? node.seen.get(part) : undefined;
    if (id === undefined) return undefined;
  }
  return id;
}

/** The bytes of a file as programs see them. */
export function bytesOf(disk: MemoryDisk, path: string): Buffer | undefined {
  const id = idOf(disk, path);
  const node = id === undefined ? undefined : disk.node(id);
  return node?.kind === 'file' ? node.seen.view : undefined;
}

/** Every file, by its path. */
export function filesOf(disk: MemoryDisk, id = 0, path = ''): string[] {
  const node = disk.node(id);
  if (node.kind === 'file') return [path];
  return [...node.seen].flatMap(([name, inner]) => filesOf(disk, inner, `${path}/${name}`));
}

export function failure(code: string, syscall: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // a trace costs more than the rest of a call
  const error = Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}
