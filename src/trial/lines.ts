// Cuts the bytes of CSV rows into rows, minding line breaks inside quotes. Rows end with "\n" as src/ground/csv.ts
// writes them; nothing here knows a column but the first.

export const NEWLINE = 10;
export const QUOTE = 34;
export const COMMA = 44;

/** Position after the `count` rows that begin at `at` (or the end of `bytes`, where there are fewer). */
export function skipRows(bytes: Uint8Array, at: number, count: number): number {
  let quoted = false;
  let left = count;
  let i = at;
  for (; left > 0 && i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === NEWLINE && !quoted) left--;
  }
  return i;
}

/** How many rows `bytes` hold; a last row without its line end does not count. */
export function countRows(bytes: Uint8Array): number {
  let quoted = false;
  let rows = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === NEWLINE && !quoted) rows++;
  }
  return rows;
}

/** Position of the first row at or after `at` whose leading trial number is none of [from, to). */
export function skipTrials(bytes: Uint8Array, at: number, from: number, to: number): number {
  let i = at;
  while (i < bytes.length) {
    let trial = 0;
    let j = i;
    for (; bytes[j] !== COMMA && j < bytes.length; j++) trial = trial * 10 + bytes[j]! - 48;
    if (!(trial >= from && trial < to)) break;
    i = skipRows(bytes, j, 1);
  }
  return i;
}

/** Position after the comma that ends the cell beginning at `at`. */
export function skipCell(bytes: Uint8Array, at: number): number {
  let quoted = false;
  let i = at;
  for (; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && (byte === COMMA || byte === NEWLINE)) break;
  }
  return i + 1;
}

/** The rows of those trials that are wanted; `trials` are in the order of the rows, and each has one. */
export function pickRows(bytes: Uint8Array, trials: Iterable<number>, isWanted: IsWanted): Uint8Array {
  return pickStretches(trials, isWanted, bytes, (at) => skipRows(bytes, at, 1));
}

/** The same of rows that begin with the number of their trial, any number of them a trial (metrics.csv). */
export function pickSeries(bytes: Uint8Array, trials: Iterable<number>, isWanted: IsWanted): Uint8Array {
  return pickStretches(trials, isWanted, bytes, (at, trial) => skipTrials(bytes, at, trial, trial + 1));
}

type IsWanted = (trial: number) => boolean;

function pickStretches(
  trials: Iterable<number>,
  isWanted: IsWanted,
  bytes: Uint8Array,
  skip: (at: number, trial: number) => number,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const trial of trials) {
    const end = skip(at, trial);
    if (isWanted(trial)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}
