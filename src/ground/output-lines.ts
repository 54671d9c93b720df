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

/** UTF-8 in, lines out: without their ends, "\r\n" or "\n", and cut with a note where they are too long. */
export function createLineSplitter(onLine: (line: string) => void, longest = LONGEST_LINE): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let line = '';
  let dropped = 0;

  const add = (text: string): void => {
    const room = longest - line.length;
    line += text.slice(0, room);
    dropped += Math.max(0, text.length - room);
  };
  const finish = (): void => {
    const whole = dropped === 0 && line.endsWith('\r') ? line.slice(0, -1) : line;
    const note = dropped === 0 ? '' : ` … (${formatCount(dropped)} more characters)`;
    line = '';
    dropped = 0;
    onLine(whole + note);
  };
  const take = (text: string): void => {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      add(text.slice(from, end));
      finish();
      from = end + 1;
    }
    add(text.slice(from));
  };
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      take(decoder.end());
      if (line !== '' || dropped > 0) finish();
    },
  };
}
