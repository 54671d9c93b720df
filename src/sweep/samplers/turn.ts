// How long samplers may look for trials before the run hears of signals and results again: in time, not in points, since
// nobody knows how long a constraint takes.
import type { Clock } from '../../ground/clock.js';

/** A turn of the event loop, as far as looking for trials goes. */
export interface Turn {
  /** Whether enough time has gone by: whoever looks returns what it has found. Asked after each look. */
  isOver(): boolean;
}

/** For whoever looks while nothing else goes on: it never ends. */
export const ENDLESS: Turn = { isOver: () => false };

/** Over after so many looks: for those who want no more than an example. */
export function createCountedTurn(looks: number): Turn {
  let looked = 0;
  return { isOver: () => ++looked >= looks };
}

const TURN_MS = 10;

/** One turn after another. */
export interface Turns extends Turn {
  begin(): void;
}

export function createTurns(clock: Clock): Turns {
  let began = clock.elapsed();
  return {
    begin() {
      began = clock.elapsed();
    },
    isOver: () => clock.elapsed() - began >= TURN_MS,
  };
}
