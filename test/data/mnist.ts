// Where tests find the real MNIST, if this machine has it. Nothing is downloaded for a test.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listDatasets } from '../../src/data/catalogue.js';

const beside = join(process.cwd(), '../shared/data/mnist');
const known = listDatasets().find(({ name, present }) => name === 'mnist' && present)?.folder;

/** The folder; undefined: absent. */
export const mnistFolder: string | undefined = known ?? (existsSync(beside) ? beside : undefined);
