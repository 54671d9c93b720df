// The session that trials of one thread share: opened by the first, warm for the rest, so that a graph which is compiled
// once serves every trial that differs in numbers only. Ends with its thread.
import { openSession, type SessionChoice } from './open.js';
import type { Session } from './session.js';

const sessions = new Map<string, Promise<Session>>();

/** This thread's session on the engine and device that a trial names. */
export function threadSession({ engine = 'onnx', device = 'auto' }: SessionChoice): Promise<Session> {
  const name = `${engine} ${device}`;
  const open = sessions.get(name) ?? openSession({ engine, device });
  sessions.set(name, open);
  return open;
}
