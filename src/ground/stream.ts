// A file that is written as a stream, through one buffer: for files too large to be made in memory. Writing is
// synchronous; whoever writes long lets the event loop turn now and then. A FileBatch makes it durable.
import { setImmediate } from 'node:timers/promises';

import { InternalError } from './errors.js';
import { disk } from './file-system.js';
import { readFully } from './read.js';

const BUFFER_BYTES = 1024 * 1024;
/** Bytes after which a long derivation lets timers, signals and messages in: about 10 ms of copying. */
const BREATH_BYTES = 8 * 1024 * 1024;

/** Of a disk that takes no more bytes and does not say why. */
export function noProgress(): Error {
  return Object.assign(new Error('EIO: the disk takes no more bytes'), { code: 'EIO', syscall: 'write' });
}

export class FileStream {
  /** Bytes that have left the buffer. */
  bytes = 0;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #fd: number;
  #filled = 0;
  #sinceBreath = 0;

  /** Makes `path`, which must not be there. */
  constructor(readonly path: string) {
    this.#fd = disk.now.open(path, 'wx');
  }

  append(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES) {
      this.flush();
      this.#write(bytes);
      return;
    }
    if (this.#filled + bytes.length > BUFFER_BYTES) this.flush();
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
    if (this.#filled + most > BUFFER_BYTES) this.flush();
    this.#filled += this.#buffer.write(text, this.#filled, 'utf8');
  }

  /** Copies `length` bytes of another file, from `position` on. */
  copy(fd: number, position: number, length: number): void {
    for (let done = 0; done < length; ) {
      if (this.#filled === BUFFER_BYTES) this.flush();
      const part = Math.min(length - done, BUFFER_BYTES - this.#filled);
      const read = readFully(fd, this.#buffer.subarray(this.#filled, this.#filled + part), position + done);
      if (read < part)
        throw new InternalError(`a file ends ${part - read} bytes before what is copied from it`);
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

  /** Hands what is in the buffer to the system. */
  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** The file's descriptor; nothing may be appended once it is closed. */
  get fd(): number {
    return this.#fd;
  }

  /** Closes without flushing. May be called twice. */
  close(): void {
    const fd = this.#fd;
    this.#fd = -1;
    if (fd >= 0) disk.now.close(fd);
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const written = disk.now.write(this.#fd, bytes, done);
      if (written === 0) throw noProgress();
      done += written;
    }
    this.bytes += bytes.length;
    this.#sinceBreath += bytes.length;
  }
}
