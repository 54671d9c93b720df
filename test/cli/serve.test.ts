// `sweepline serve` as users start it: what it refuses, where it says it is, and how it ends.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { newFolder, runProgram, startProgram } from './program.js';

/** Where it is, once it has said so. */
function addressOf({ child }: ReturnType<typeof startProgram>): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    child.stdout!.on('data', (more: string) => {
      text += more;
      if (text.includes('\n')) done(text.trim());
    });
    child.once('close', () => fail(new Error('ended without an address')));
  });
}

test.each([
  [['--host', '0.0.0.0'], '--host 0.0.0.0: other machines can reach it; expected --token beside it'],
  [['--host', 'example.org'], 'expected --token beside it'],
  [['--host', '0.0.0.0', '--token', 'short'], 'expected at least 8 characters without spaces'],
  [['--port', '0'], 'expected a port from 1 to 65535'],
  [['--port', '70000'], 'expected a port from 1 to 65535'],
  [['--host', 'a b'], 'expected an address or a name'],
  [['nothing-here'], 'there is no folder nothing-here'],
])('%j is refused with exit 2', async (argv, words) => {
  const cwd = newFolder();
  mkdirSync(join(cwd, 'runs'));
  const { code, stdout, stderr } = await runProgram(cwd, 'serve', ...argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
  expect(stderr).toContain('Hint: ');
  expect(readdirSync(cwd)).toEqual(['runs']);
});

test('prints its address, answers there, and ends with Ctrl-C', async () => {
  const cwd = newFolder();
  mkdirSync(join(cwd, 'runs'));
  const program = startProgram(cwd, ['serve']);
  const address = await addressOf(program);
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect((await fetch(address)).status).toBe(200);
  // A page that is open does not keep it.
  const page = await fetch(new URL('/api/events', address));
  expect(page.status).toBe(200);
  program.child.kill('SIGINT');
  expect(await program.finished).toMatchObject({ code: 0, stdout: `${address}\n` });
  expect(readdirSync(join(cwd, 'runs'))).toEqual([]);
});

test('a second one takes the next port; a port that was asked for and is taken is refused', async () => {
  const cwd = newFolder();
  mkdirSync(join(cwd, 'runs'));
  const first = startProgram(cwd, ['serve']);
  const { port } = new URL(await addressOf(first));
  const second = startProgram(cwd, ['serve']);
  // Which one depends on who else serves on this machine meanwhile.
  expect(new URL(await addressOf(second)).port).not.toBe(port);
  const { code, stderr } = await runProgram(cwd, 'serve', '--port', port);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`the port ${port} of 127.0.0.1 is taken`)]);
  for (const { child } of [first, second]) child.kill('SIGTERM');
  expect([(await first.finished).code, (await second.finished).code]).toEqual([0, 0]);
});

test('--open hands the address to the browser, and says so where there is none', async () => {
  const cwd = newFolder();
  mkdirSync(join(cwd, 'runs'));
  const browser = join(cwd, 'browser');
  writeFileSync(
    browser,
    `#!/bin/sh\nprintf %s "$1" > '${cwd}/opened.part' && mv '${cwd}/opened.part' '${cwd}/opened'\n`,
    { mode: 0o755 },
  );
  const program = startProgram(cwd, ['serve', '--open'], { BROWSER: browser });
  const address = await addressOf(program);
  while (!existsSync(join(cwd, 'opened'))) await setTimeout(5);
  expect(readFileSync(join(cwd, 'opened'), 'utf8')).toBe(address);
  program.child.kill('SIGINT');
  expect((await program.finished).code).toBe(0);
  const without = startProgram(cwd, ['serve', '--open'], { BROWSER: join(cwd, 'none') });
  await without.said('no browser could be opened');
  without.child.kill('SIGINT');
  expect((await without.finished).code).toBe(0);
});
