import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { homeFolder } from '../../src/ground/home.js';

test('the home is what HOME says; an empty one is none', () => {
  expect(homeFolder({ HOME: '/home/me' })).toBe('/home/me');
  expect(homeFolder({ HOME: '' })).not.toBe('');
});

test.skipIf(process.getuid?.() !== 0)('a user that the system does not list has the root folder', () => {
  const home = pathToFileURL(resolve('dist/src/ground/home.js')).href;
  const text = execFileSync(
    process.execPath,
    ['-e', `process.setuid(54321); import(${JSON.stringify(home)}).then((m) => console.log(m.homeFolder()))`],
    { env: {}, encoding: 'utf8' },
  );
  expect(text).toBe('/\n');
});
