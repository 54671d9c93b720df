// The bars on a real pseudo-terminal, which Python's standard library makes; skipped where there is no python3.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { MAIN, newFolder, sweepFile } from './program.js';

const PTY = `
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 60, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try: data = os.read(fd, 65536)
    except OSError: break
    if not data: break
    sys.stdout.buffer.write(data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const hasPython = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0;

function runOnTerminal(env: Record<string, string>): string {
  const { NO_COLOR: _, ...rest } = process.env;
  // The trials at x = 0.5 fail; the exit code 1 is what is expected.
  const argv = [
    'run',
    sweepFile('fixtures/sweeps/noisy'),
    '--set',
    'fail=0.5',
    '--set',
    'wait=4',
    '--out',
    'there',
    '--no-report',
  ];
  const { status, stdout } = spawnSync('python3', ['-c', PTY, process.execPath, MAIN, ...argv], {
    cwd: newFolder(),
    env: { ...rest, TERM: 'xterm-256color', ...env },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  return stdout;
}

describe.skipIf(!hasPython)('on a terminal', () => {
  test('bars are drawn within the width, lines above them stay, and nothing is left behind', () => {
    const text = runOnTerminal({});
    expect(text).toContain('\x1b[36m█');
    expect(text).not.toContain('\x1b[?7l');
    const widths = [...text.matchAll(/[█░]+ +\d+% +\d+\/126/g)].map(([bar]) => bar.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(60);
    // What a person sees in the end: replay the cursor codes on an empty screen.
    const screen = renderScreen(text);
    expect(screen.find((line) => !line.startsWith('loading'))).toMatch(/^noisy: 126 trials/);
    expect(screen.filter((line) => /^trial \d+ failed: x is 0.5$/.test(line)).length).toBe(5);
    expect(screen.join('\n')).not.toMatch(/[█░]|running/);
    expect(screen.at(-1)).toMatch(/^ {2}6 trials failed; replay the first with: sweepline replay /);
  });

  test('NO_COLOR: bars without colours', () => {
    const text = runOnTerminal({ NO_COLOR: '1' });
    expect(text).toContain('█');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one.
    expect(text).not.toMatch(/\x1b\[\d*m/);
  });
});

/** The lines on a terminal after these codes: enough of ECMA-48 for cli-progress. Wrapping is not modelled. */
function renderScreen(text: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes.
  for (const [part, count, code] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|[^\x1b]/gu)) {
    const n = Number(count || '1');
    const line = lines[row]!;
    if (code === 'A') row -= n;
    else if (code === 'G') column = n - 1;
    else if (code === 'J') lines.splice(row, Number.POSITIVE_INFINITY, line.slice(0, column));
    else if (code === 'K') lines[row] = count === '2' ? '' : line.slice(0, column);
    else if (code !== undefined)
      continue; // colours
    else if (part === '\r') column = 0;
    else if (part === '\n') {
      row++;
      if (lines[row] === undefined) lines[row] = '';
    } else {
      lines[row] = line.padEnd(column).slice(0, column) + part + line.slice(column + 1);
      column++;
    }
  }
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '');
}
