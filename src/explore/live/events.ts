// Listens to the server for as long as the page is in sight: browsers open few connections to a server at once, and pages
// that nobody sees must not use them up. What is heard after a pause says all there is.

/** `lost`: it is tried again by itself. */
export type Connection = 'open' | 'lost';

export interface Hearing {
  /** By the name of the event. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>;
  readonly onConnection: (connection: Connection) => void;
}

export function listen(address: string, { on, onConnection }: Hearing): void {
  let source: EventSource | undefined;
  const open = () => {
    if (document.hidden || source !== undefined) return;
    source = new EventSource(address);
    source.addEventListener('open', () => onConnection('open'));
    source.addEventListener('error', () => {
      onConnection('lost');
      // A refusal ends the stream for good: the server may be back later.
      if (source?.readyState === EventSource.CLOSED) {
        close();
        setTimeout(open, 2000);
      }
    });
    for (const [name, act] of Object.entries(on))
      source.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data)));
  };
  const close = () => {
    source?.close();
    source = undefined;
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  open();
}
