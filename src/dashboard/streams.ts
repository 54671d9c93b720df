// Server-sent events: a stream for each page that is open. A page that is gone, or so slow that events pile up, is let go.
import type { Watch } from './watch.js';

/** Pages at once: more than any team has, and few enough that none can use up the machine. */
const MOST = 64;
const HEARTBEAT_MS = 15_000;
/** Events that wait to be sent. */
const WAITING = 100;

export class Streams {
  readonly #open = new Set<() => void>();

  /** Undefined where there are too many. */
  open(watch: Watch): Response | undefined {
    if (this.#open.size >= MOST) return undefined;
    const encoder = new TextEncoder();
    let leave = () => {};
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = (text: string) => {
          if ((controller.desiredSize ?? 0) < -WAITING) end();
          else controller.enqueue(encoder.encode(text));
        };
        const end = () => {
          leave();
          controller.close();
        };
        const heartbeat = setInterval(() => send(':\n\n'), HEARTBEAT_MS);
        this.#open.add(end);
        send('retry: 2000\n\n');
        const unsubscribe = watch.subscribe(({ name, data }) =>
          send(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
        );
        leave = () => {
          clearInterval(heartbeat);
          unsubscribe();
          this.#open.delete(end);
        };
      },
      cancel: () => leave(),
    });
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    });
  }

  close(): void {
    for (const end of this.#open) end();
  }
}
