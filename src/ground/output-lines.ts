// Splits what a process prints into lines of bounded length: a worker that prints without end and without a line end
// costs no more memory than one line.
import { StringDecoder } from 'node:string_decoder';
import { formatCount } from './text.js';

/** Characters of a line that are kept; what follows up to the line's end is counted. */
const LONGEST_LINE = 16_384;

export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** The stream has ended: a last line without an end is one, too. */
  end(): void;
}

export interface LineSplitterOptions {
  /** Characters of a line that are kept. */
  readonly longest?: number;
  /** Hears what a "\r" overwrites, as a progress bar does, at once. Without it, "\r" is a character as any other. */
  readonly onOverwritten?: ((text: string, isCut: boolean) => void) | undefined;
}

/**
 * UTF-8 in, lines out: without their ends, "\r\n" or "\n", and cut with a note where they are too long (`isCut`). With
 * `onOverwritten`, a line is what stands after its last "\r".
 */
export function createLineSplitter(
  onLine: (line: string, isCut: boolean) => void,
  { longest = LONGEST_LINE, onOverwritten }: LineSplitterOptions = {},
): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let line = '';
  let dropped = 0;
  let hasReturned = false;

  const add = (text: string): void => {
    const room = longest - line.length;
    line += text.slice(0, room);
    dropped += Math.max(0, text.length - room);
  };
  const finish = (tell: (line: string, isCut: boolean) => void): void => {
    const whole = dropped === 0 && line.endsWith('\r') ? line.slice(0, -1) : line;
    const isCut = dropped > 0;
    const note = isCut ? ` … (${formatCount(dropped)} more characters)` : '';
    line = '';
    dropped = 0;
    tell(whole + note, isCut);
  };
  /** Of one line, without its end. */
  const takePart = (text: string): void => {
    if (onOverwritten === undefined) {
      add(text);
      return;
    }
    // What comes after a "\r" tells whether that was a part of the line's end; several are as one.
    for (const [i, part] of text.split('\r').entries()) {
      if (i > 0) hasReturned = true;
      if (part === '') continue;
      if (hasReturned && line !== '') finish(onOverwritten);
      hasReturned = false;
      add(part);
    }
  };
  const take = (text: string): void => {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      takePart(text.slice(from, end));
      hasReturned = false;
      finish(onLine);
      from = end + 1;
    }
    takePart(text.slice(from));
  };
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      take(decoder.end());
      if (line !== '' || dropped > 0) finish(onLine);
    },
  };
}
