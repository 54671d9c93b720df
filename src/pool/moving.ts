// Moves the bytes of a thread's answers to the receiver instead of copying them. Refuses nothing: small ones are copied.
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { ThreadAnswers } from './messages.js';

/** Below this many bytes, detaching a buffer and handing it over costs more than copying it. */
const WORTH_MOVING = 4096;

/** What to return to piscina for `value`; the bytes that travel are gone here afterwards. */
export function moveBytes(value: ThreadAnswers): ThreadAnswers {
  const buffers: ArrayBufferLike[] = [];
  for (const answer of value.answers) {
    if (answer.t !== 'ran') continue;
    for (const bytes of [answer.executed.rows, answer.executed.series]) {
      if (bytes.byteLength >= WORTH_MOVING) buffers.push(bytes.buffer);
    }
  }
  if (buffers.length === 0) return value;
  // piscina posts what `valueSymbol` holds, with the transfer list in `transferableSymbol`. `move` alone takes its
  // argument for the transferred object and the result in one.
  const moved = { [transferableSymbol]: buffers, [valueSymbol]: value };
  return move(moved as unknown as ArrayBuffer) as unknown as ThreadAnswers;
}
