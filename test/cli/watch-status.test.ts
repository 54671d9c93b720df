// `status --watch` on a terminal: drawn in place of what was drawn before, wiped at the end, and nothing of others' text
// moves its cursor.
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTerminal, type Output } from '../../src/cli/terminal.js';
import { showStatus } from '../../src/cli/watch-status.js';
import { startRun } from '../../src/sweep/start.js';
import { makeProject } from '../sweep/project.js';
import { newFolder } from '../sweep/session.js';

/** A terminal of so many columns, and what was written to it. */
function makeStream(columns: number): { readonly stream: Output; readonly written: string[] } {
  const written: string[] = [];
  const stream = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    write: (text: string) => written.push(text),
  });
  return { stream: stream as unknown as Output, written };
}

test('each frame takes the place of the one before, and the last is the result', async () => {
  const { sweep } = makeProject(
    `params: { a: z.number().default(0) }, metrics: { loss: { type: 'number', goal: 'min' } },
    run: async ({ params }) => { await new Promise((done) => setTimeout(done, 60)); return { loss: params.a }; }`,
    "title: 'Evil \\x1b[2J title that is longer than the terminal is wide', axes: { a: 'lin(0,1,50)' }",
  );
  const folder = join(newFolder(), 'run');
  const { outcome } = await startRun({ sweep, out: folder, workers: 1, blockSize: 1 });
  const [out, err] = [makeStream(100), makeStream(40)];
  const terminal = createTerminal({ stdout: out.stream, stderr: err.stream, env: {} });
  await showStatus(folder, { terminal, json: false, watch: true });
  await outcome;

  const frames = err.written.slice(0, -1);
  expect(frames.length).toBeGreaterThan(1);
  let lines = 0;
  for (const [i, frame] of frames.entries()) {
    const back = i === 0 ? '' : `\x1b[${lines}A\x1b[J`;
    expect(frame.startsWith(back)).toBe(true);
    const rows = frame.slice(back.length).split('\n');
    expect(rows.pop()).toBe('');
    lines = rows.length;
    for (const row of rows) {
      expect(row.length).toBeLessThan(40);
      expect(row).not.toMatch(/\p{Cc}/u);
    }
    expect(frame).toMatch(/state +running/);
  }
  expect(err.written.at(-1)).toBe(`\x1b[${lines}A\x1b[J`);
  expect(out.written.join('')).toContain('50 done of 50');
  expect(out.written.join('')).toMatch(/ {2}best {4}loss 0, trial 0\n/);
});
