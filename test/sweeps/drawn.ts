// A small data folder of drawn digits, in MNIST's layout, for sweeps that tests run for real.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES } from '../../src/data/dataset.js';
import { drawDigits } from '../../src/data/digits.js';
import { formatIdx } from '../../src/data/idx.js';

export function writeDrawnDigits(folder: string, train: number, test: number): void {
  mkdirSync(folder);
  for (const [i, part] of [drawDigits('train', train), drawDigits('test', test)].entries()) {
    writeFileSync(join(folder, FILES[2 * i]!), formatIdx([part.count, 28, 28], part.images));
    writeFileSync(join(folder, FILES[2 * i + 1]!), formatIdx([part.count], part.labels));
  }
}
