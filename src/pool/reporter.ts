// When a running trial's rows of metrics.csv travel: not each by itself, and none much later than it was reported.
import type { Clock } from '../ground/clock.js';
import type { SeriesWriter } from '../trial/series.js';

export interface Reporting {
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Hears rows of metrics.csv while the trial runs, and how many it has heard before. */
  readonly onReport: (report: { readonly rows: Uint8Array; readonly from: number }) => void;
}

/** Reports travel at most so often, in ms: a message and a journal record cost some 50 µs together. */
const REPORT_MS = 100;

/**
 * Of rows that were added: `now`: they are sent at once; `later`: when it is time; `complete`: when it is time too, but
 * the last row only once another has followed.
 */
export type Due = 'now' | 'later' | 'complete';

/** Sends what has been added to a trial's series since the last time, now and then. */
export function createReporter(
  writer: Pick<SeriesWriter, 'take'>,
  { onReport, clock }: Reporting,
  began: number,
) {
  let last = began;
  let timer: NodeJS.Timeout | undefined;
  let isWhole = true;
  /** Rows. */
  let sent = 0;
  const send = (which: 'all' | 'complete') => {
    const rows = writer.take(which);
    if (rows === '') return;
    last = clock.elapsed();
    onReport({ rows: new TextEncoder().encode(rows), from: sent });
    sent += rows.split('\n').length - 1;
  };
  const sendAll = () => {
    timer = undefined;
    send(isWhole ? 'all' : 'complete');
  };
  return {
    /**
     * Called after rows were added. The last step goes along when a timer finds it, since more may be reported of it. A
     * trial that blocks its thread has no timers: then each call sends the steps before.
     */
    look(due: Due) {
      isWhole = due !== 'complete';
      if (due === 'now') return send('all');
      if (clock.elapsed() - last >= REPORT_MS) send('complete');
      timer ??= setTimeout(sendAll, REPORT_MS).unref();
    },
    end: () => clearTimeout(timer),
  };
}
