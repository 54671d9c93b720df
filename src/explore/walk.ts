// Marks of a chart (cells, bars, lines) walked over with the keyboard: arrows go from one to the next, Enter does what a
// click does. The mark has a ring around it and is read out.
import { takeKeys } from './brush.js';
import { make } from './dom.js';
import type { Frame } from './surface.js';

export interface WalkOptions {
  /** How many marks there are now. */
  count(): number;
  /** Where a mark lies on the canvas. */
  box(place: number): Frame;
  /** What it says, in words. */
  tell(place: number): string;
  /** `beside`: added to what was chosen before. */
  act(place: number, beside: boolean): void;
  /** Marks from one row of them to the next, where ↑ and ↓ differ from ← and →. */
  stride?(): number;
}

const KEYS = 'Arrow keys go from one mark to the next, Enter chooses it.';

/** By key: steps to the right, steps of a row. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

export function walkMarks(canvas: HTMLCanvasElement, options: WalkOptions): void {
  const ring = make('div', { class: 'ring', attributes: { 'aria-hidden': 'true' } });
  const said = make('span', { class: 'aloud', attributes: { role: 'status' } });
  takeKeys(canvas, KEYS);
  let place = -1;
  const show = () => {
    const { left, top, width, height } = options.box(place);
    Object.assign(ring.style, {
      left: `${canvas.offsetLeft + left}px`,
      top: `${canvas.offsetTop + top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    if (!ring.isConnected) canvas.after(ring, said);
    said.textContent = options.tell(place);
  };
  canvas.addEventListener('keydown', (event) => {
    const last = options.count() - 1;
    const { key } = event;
    if (last < 0) return;
    if (key === 'Enter' || key === ' ') {
      if (place < 0 || place > last) return;
      options.act(place, event.ctrlKey || event.metaKey || event.shiftKey);
    } else if (key === 'Home' || key === 'End') place = key === 'Home' ? 0 : last;
    else if (key in STEPS) {
      const [right, down] = STEPS[key]!;
      const next = place + right + down * (options.stride?.() ?? 1);
      place = place < 0 ? 0 : Math.max(0, Math.min(last, next));
    } else return;
    event.preventDefault();
    if (place <= options.count() - 1) show();
  });
  canvas.addEventListener('blur', () => {
    ring.remove();
    said.textContent = '';
  });
}
