// Small data folders for the tests of this directory, made in a temporary place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

import { FILES, type FileName } from '../../src/data/dataset.js';
import { formatIdx } from '../../src/data/idx.js';

/** A fresh folder that goes away with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Bytes of the four files of a tiny set: 30 training and 20 test images of 4 × 5. */
export function tinyFiles(): Record<FileName, Uint8Array> {
  const bytes = (length: number, below: number, factor: number) =>
    Uint8Array.from({ length }, (_, i) => (i * factor + (i >> 3)) % below);
  return {
    [FILES[0]]: formatIdx([30, 4, 5], bytes(600, 256, 37)),
    [FILES[1]]: formatIdx([30], bytes(30, 10, 7)),
    [FILES[2]]: formatIdx([20, 4, 5], bytes(400, 256, 41)),
    [FILES[3]]: formatIdx([20], bytes(20, 10, 3)),
  } as Record<FileName, Uint8Array>;
}

/** Writes them; a change of undefined leaves a file out. */
export function writeFiles(
  folder: string,
  changes: { readonly [file in FileName]?: Uint8Array | undefined } = {},
  gzipped = false,
): string {
  for (const [file, bytes] of Object.entries({ ...tinyFiles(), ...changes })) {
    if (bytes !== undefined)
      writeFileSync(join(folder, gzipped ? `${file}.gz` : file), gzipped ? gzipSync(bytes) : bytes);
  }
  return folder;
}
