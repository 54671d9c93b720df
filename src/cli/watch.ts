// Shows the progress of a run: bars on a terminal, elsewhere a plain line every few seconds (a log full of cursor codes
// helps nobody). cli-progress is loaded only for bars.
import { type Clock, systemClock } from '../ground/clock.js';
import type { Progress } from '../sweep/contract.js';
import { clip, renderBar, renderDetails, renderProgressLine, renderTrend } from './progress.js';
import type { Terminal } from './terminal.js';

export interface ProgressView {
  show(progress: Progress): void;
  /** Takes the bars away; may be called twice. */
  close(): void;
}

/** A changed line at most this often; an unchanged one this often, so that no one takes the run for dead. */
const LINE_MS = 5_000;
const SAME_LINE_MS = 60_000;
/** Cyan on, colour off. */
const COLOUR_CODES = ['\x1b[36m', '\x1b[39m'] as const;

export async function createProgressView(terminal: Terminal): Promise<ProgressView> {
  return terminal.isInteractive ? createBars(terminal) : createLines(terminal.say);
}

/** Plain lines; `tick` is called every second by a timer of its own. */
export function createLines(
  say: (line: string) => void,
  clock: Clock = systemClock,
): ProgressView & { tick(): void } {
  let latest: Progress | undefined;
  let said: Progress | undefined;
  let saidAt = clock.elapsed();
  const tick = () => {
    const waited = clock.elapsed() - saidAt;
    if (latest === undefined || waited < (isSame(latest, said) ? SAME_LINE_MS : LINE_MS)) return;
    say(renderProgressLine(latest));
    said = latest;
    saidAt = clock.elapsed();
  };
  const timer = setInterval(tick, 1_000);
  timer.unref();
  return {
    tick,
    show(progress) {
      latest = progress;
      tick();
    },
    close: () => clearInterval(timer),
  };
}

/** Nothing has happened in between: time alone, and the rate with it, has moved. */
function isSame(a: Progress, b: Progress | undefined): boolean {
  const words = ['stage', 'total', 'done', 'failed', 'pruned', 'running', 'metric'] as const;
  return b !== undefined && words.every((word) => a[word] === b[word]);
}

/** Details, and the way of the metric in what is left of the line. */
function renderUnder(progress: Progress, width: number): string {
  const details = renderDetails(progress).join(', ');
  return clip(`${details} ${renderTrend(progress, width - details.length - 1)}`.trimEnd(), width);
}

async function createBars(terminal: Terminal): Promise<ProgressView> {
  const { default: cliProgress } = await import('cli-progress');
  const { stderr } = terminal;
  // cli-progress cuts by length, colour codes included: they must fit in too, or the colour is never switched off.
  const width = () => (stderr.columns ?? 80) - COLOUR_CODES.join('').length - 1;
  const [begin, end] = terminal.hasColours ? COLOUR_CODES : ['', ''];
  let latest: Progress | undefined;
  let isLogging = false;
  const bars = new cliProgress.MultiBar({
    stream: stderr,
    clearOnComplete: true,
    // `false` would switch the terminal's line wrapping off, and a killed run would leave it so: lines are cut instead.
    // Ctrl-C is ours. A log line moves the bars, so they are drawn anew.
    linewrap: true,
    gracefulExit: false,
    forceRedraw: true,
    format: (_options, _params, payload: { render: (progress: Progress) => string }) =>
      latest === undefined ? '' : payload.render(latest),
  });
  // MultiBar clears one line only before it logs: the rest of the second bar would stay behind the text.
  bars.on('redraw-pre', () => {
    if (isLogging) stderr.write('\x1b[J');
    isLogging = false;
  });
  let isDrawn = false;
  return {
    show(progress) {
      latest = progress;
      if (isDrawn) return;
      isDrawn = true;
      bars.create(1, 0, { render: (now: Progress) => begin + renderBar(now, width()) + end });
      bars.create(1, 0, {
        render: (now: Progress) => renderUnder(now, width()),
      });
      terminal.drawBelow((line) => {
        isLogging = true;
        bars.log(line.endsWith('\n') ? line : `${line}\n`);
      });
    },
    close() {
      if (!isDrawn) return;
      isDrawn = false;
      // Lines that wait for the next frame would be lost with it.
      if (isLogging) bars.update();
      bars.stop();
      terminal.drawBelow(undefined);
    },
  };
}
