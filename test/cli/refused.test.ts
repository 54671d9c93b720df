// What a training sweep cannot do is refused before anything starts: exit 2, and no run folder.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { FILES } from '../../src/data/dataset.js';
import { formatIdx } from '../../src/data/idx.js';
import { writeFiles } from '../data/folders.js';
import { makeProject } from '../sweep/project.js';
import { newFolder, runProgram } from './program.js';

const good = newFolder();
/** 30 training and 20 test images in `data`. */
function makeData(cwd: string): void {
  mkdirSync(join(cwd, 'data'), { recursive: true });
  writeFiles(join(cwd, 'data'));
}
beforeAll(() => makeData(good));

async function refused(cwd: string, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(cwd, 'run', ...argv, '--out', 'out');
  expect({ code, stdout, made: existsSync(join(cwd, 'out')) }, stderr).toEqual({
    code: 2,
    stdout: '',
    made: false,
  });
  return stderr;
}

test.each([
  ['latent', 'latent=0', 'latent: 0'],
  ['latent', 'latent=2.5', 'latent: 2.5'],
  ['latent', 'epochs=0', 'epochs: 0'],
  ['latent', 'hidden=12-x', 'study, none, or widths'],
  ['latent', 'train=31', 'train is 31; expected 1 to 30 images, or 0 for all'],
  ['latent', 'test=3', 'test is 3; expected 10 to 20 images'],
  ['blur', 'sigma=-1', 'sigma: -1'],
  ['blur', 'target=sharp', '"clear"|"blurred"'],
  ['blur', 'judge_epochs=0', 'judge_epochs: 0'],
  ['blur', 'judge_images=31', 'judge_images is 31'],
])('%s with %s', async (sweep, set, message) => {
  expect(await refused(good, sweep, '--data', 'data', '--set', set)).toContain(message);
});

const LABELS = 'data/t10k-labels-idx1-ubyte';
const IMAGES = 'data/train-images-idx3-ubyte';
const DAMAGES: readonly (readonly [string, (cwd: string) => void, string])[] = [
  [
    'cut short',
    (cwd) => writeFileSync(join(cwd, IMAGES), readFileSync(join(cwd, IMAGES)).subarray(0, 500)),
    'train-images',
  ],
  ['swapped', (cwd) => writeFileSync(join(cwd, IMAGES), readFileSync(join(cwd, LABELS))), 'swapped?'],
  ['of something else', (cwd) => writeFileSync(join(cwd, IMAGES), 'hello, world'), 'not an IDX file'],
  [
    'of other counts',
    (cwd) => writeFiles(join(cwd, 'data'), { [FILES[3]]: formatIdx([19], new Uint8Array(19)) }),
    '20 test images and 19 test labels',
  ],
];

test.each(DAMAGES)('data that is %s', async (_, damage, message) => {
  const cwd = newFolder();
  makeData(cwd);
  damage(cwd);
  expect(await refused(cwd, 'latent', '--data', 'data')).toContain(message);
});

test('a folder without data, and none at all', async () => {
  const cwd = newFolder();
  mkdirSync(join(cwd, 'empty'));
  expect(await refused(cwd, 'latent', '--data', 'empty')).toContain(
    'train-images-idx3-ubyte[.gz] is missing',
  );
  expect(await refused(cwd, 'latent', '--data', 'nowhere')).toContain(
    'expected mnist, digits, or a folder of IDX files',
  );
});

test.each(['gp', 'random', 'sobol', 'tpe'])(
  'a constraint that refuses all that is drawn: %s',
  async (sampler) => {
    const { sweep } = makeProject(
      "params: { lr: z.number().default(1) }, metrics: { loss: { type: 'number', goal: 'min' } }, run: () => ({ loss: 1 })",
      "axes: { lr: 'uniform(0,1)' }, where: () => false",
    );
    const said = await refused(newFolder(), sweep, '--trials', '9', '--sampler', sampler);
    expect(said).toContain('accepts none of 10000 points');
    expect(said).not.toContain('resume');
  },
);
