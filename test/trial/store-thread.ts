// Writes one artifact and one checkpoint again and again, each time whole: the other half of a test of two writers.
import { workerData } from 'node:worker_threads';
import { createFolderStore } from '../../src/trial/store.js';

const { folder, letter, times, size } = workerData as {
  readonly folder: string;
  readonly letter: string;
  readonly times: number;
  readonly size: number;
};
const store = createFolderStore(folder);
const text = letter.repeat(size);
for (let i = 0; i < times; i++) {
  store.putArtifact(0, 'shared.txt', text);
  store.putCheckpoint('key', Buffer.from(text));
  store.putArtifact(1, `${letter}/${i}.txt`, text);
}
