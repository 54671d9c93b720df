// The only file that prints. stdout carries results alone; all else goes to stderr, above the bars while there are any.
// A reader that has gone away (`| head`) ends the output, not the run.
import type { Writable } from 'node:stream';

export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Terminal {
  /** stderr is a terminal that can move its cursor: bars may be drawn. */
  readonly isInteractive: boolean;
  /** Colours may be used on stderr: a terminal, and no NO_COLOR. */
  readonly hasColours: boolean;
  /** Where bars are drawn. */
  readonly stderr: Output;
  /** Columns of stdout; 100 where it is no terminal. */
  readonly width: number;
  /** A result, on stdout. */
  print(text: string): void;
  /** For more results than memory holds: once stdout takes more; false where nobody reads it any more. */
  printed(): Promise<boolean>;
  /** Anything else, on stderr. */
  say(text: string): void;
  /** Until it is taken back with undefined, `say` hands its lines over: they must appear above what is drawn. */
  drawBelow(writeAbove: ((line: string) => void) | undefined): void;
}

export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function createTerminal({ stdout, stderr, env }: Streams = process): Terminal {
  const gone = new Set<Output>();
  for (const stream of [stdout, stderr]) {
    // EPIPE: nobody reads any more. EIO: the terminal was closed. Both are no reason to lose trials.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      gone.add(stream);
    });
  }
  const write = (stream: Output, text: string) => {
    if (gone.has(stream)) return;
    const shown = stream.isTTY === true ? disarm(text) : text;
    stream.write(shown.endsWith('\n') ? shown : `${shown}\n`);
  };
  const isInteractive = stderr.isTTY === true && env.TERM !== 'dumb';
  let above: ((line: string) => void) | undefined;
  return {
    isInteractive,
    // https://no-color.org: set and not empty means none.
    hasColours: isInteractive && (env.NO_COLOR ?? '') === '',
    stderr,
    width: stdout.columns ?? 100,
    print: (text) => write(stdout, text),
    printed: async () => {
      while (stdout.writableNeedDrain && !gone.has(stdout))
        await nextEvent(stdout, 'drain', 'error', 'close');
      return !gone.has(stdout);
    },
    say: (text) => (above === undefined ? write(stderr, text) : above(disarm(text))),
    drawBelow: (writeAbove) => {
      above = writeAbove;
    },
  };
}

/** The first of them. One that has gone away drains no more. */
function nextEvent(stream: Output, ...events: readonly string[]): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      for (const event of events) stream.off(event, end);
      done();
    };
    for (const event of events) stream.on(event, end);
  });
}

/**
 * Text of others (errors, titles, what a worker prints) gives a terminal no orders but colours: no cursor, no title, no
 * clipboard, no answers typed in. Files and pipes get every byte.
 */
function disarm(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/\r\n|\x1b\[[\d;:]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (found) => {
    if (found.length > 1) return found;
    return found < ' ' ? String.fromCharCode(0x2400 + found.charCodeAt(0)) : '\ufffd';
  });
}
