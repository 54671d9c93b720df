import { describe, expect, test } from 'vitest';
import { renderCommandHelp } from '../../src/cli/command.js';
import { renderHelp } from '../../src/cli/command-line.js';
import { COMMANDS } from '../../src/cli/commands.js';

describe('help', () => {
  test('of the program', async () => {
    await expect(renderHelp(100)).toMatchFileSnapshot('help/sweepline.txt');
  });

  test.each(COMMANDS.map(({ name, load }) => ({ name, load })))('of $name', async ({ name, load }) => {
    await expect(renderCommandHelp(await load(), 100)).toMatchFileSnapshot(`help/${name}.txt`);
  });
});
