// Words for people: the nearest legal name to a mistyped one, lists, counts, durations, sizes.

/** The legal name nearest to `typed` (Levenshtein distance at most a third of its length, at least 2), if any. */
export function nearestName(typed: string, legal: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const name of legal) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    // Of short names every letter would be another one.
    if (distance < bestDistance && distance < Math.max(typed.length, name.length)) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** `unknown axis "alhpa"; did you mean "alpha"? Legal names: …` */
export function describeUnknown(kind: string, typed: string, legal: readonly string[]): string {
  const near = nearestName(typed, legal);
  const guess = near === undefined ? '' : `; did you mean "${near}"?`;
  return `unknown ${kind} "${typed}"${guess} (legal: ${legal.join(', ') || 'none'})`;
}

/** Levenshtein distance (insert, delete, replace; each costs 1). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The start and the end of a text that is longer than `most`, and between them how many characters were left out. */
export function clipText(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most >> 2;
  // Half a surrogate pair is no character.
  const head = text.slice(0, most - end).replace(/[\ud800-\udbff]$/, '');
  const tail = text.slice(text.length - end).replace(/^[\udc00-\udfff]/, '');
  return `${head} … (${formatCount(text.length - head.length - tail.length)} characters left out) … ${tail}`;
}

/** 1234567 as `1,234,567`; Infinity, of what has no end in sight, as `any number of`. */
export function formatCount(n: number): string {
  if (n === Number.POSITIVE_INFINITY) return 'any number of';
  return Number.isSafeInteger(n) ? n.toLocaleString('en-US') : n.toPrecision(4);
}

/** Milliseconds as `0.4s`, `12s`, `3m 20s`, `5h 02m`, `2d 03h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}s`;
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s}s`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
  if (s < 86400) return `${Math.floor(s / 3600)}h ${two(Math.floor((s % 3600) / 60))}m`;
  return `${Math.floor(s / 86400)}d ${two(Math.floor((s % 86400) / 3600))}h`;
}

/** Bytes as `512 B`, `1.5 kB`, `20 MB`, `3.1 GB` (powers of 1000). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1 trial`, `2 trials`. */
export function plural(n: number, noun: string): string {
  return `${formatCount(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** For a shell: as it is, or in single quotes. */
export function quoteArgument(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const BLOCKS = '▁▂▃▄▅▆▇█';

/** A sparkline: a block a value, from the least to the greatest of all; equal ones are low. */
export function renderSparkline(values: readonly number[], all: readonly number[] = values): string {
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const step = (value: number) =>
    most > least ? Math.round(((value - least) / (most - least)) * (BLOCKS.length - 1)) : 0;
  return values.map((value) => BLOCKS[step(value)]).join('');
}
