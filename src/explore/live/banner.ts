// The line that says when the page is not up to date: the server is gone, or a run cannot be read.
import { make } from '../dom.js';
import type { Connection } from './events.js';

export interface Banner {
  readonly element: HTMLElement;
  onConnection(connection: Connection): void;
  /** Empty: there is none. */
  say(text: string): void;
}

export function createBanner(): Banner {
  const element = make('p', { class: 'banner', attributes: { role: 'status' } });
  let isLost = false;
  let text = '';
  const show = () => {
    element.textContent = isLost
      ? 'The server does not answer: what is shown may be old. Trying again …'
      : text;
  };
  return {
    element,
    onConnection(connection) {
      isLost = connection === 'lost';
      show();
    },
    say(words) {
      text = words;
      show();
    },
  };
}
