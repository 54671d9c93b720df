// Entry of a child process that checks an engine and a device before a run starts: native code that crashes or
// hangs does so here. Tells its parent the device that a session would have, or why there is none.
import { toPlainError } from '../ground/errors.js';
import { openSession } from './open.js';

const [engine, device] = process.argv.slice(2);
try {
  const session = await openSession({ engine: engine!, device: device! });
  process.send!({ device: session.device });
  await session.dispose();
} catch (error) {
  process.send!({ error: toPlainError(error) });
}
process.disconnect();
