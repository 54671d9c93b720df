// Amounts as people write them: `90s`, `2g`, `5%`. Each reader gives undefined for what it cannot read, and for what is
// more than a number can hold: `1e999h` would be no limit, and null in a file of JSON.

/** `1.5`, `2e-3`; NaN for all else. Never infinite. */
export function readNumber(text: string): number {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}

/** `500ms`, `90s`, `10m`, `2h`, `1d`, in milliseconds. */
export function readDuration(text: string): number | undefined {
  return readUnits(text, { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 });
}

/** `512m`, `2g`, `1.5gb`, `2GiB`, in bytes: units are powers of 1024, as batch systems have them. */
export function readBytes(text: string): number | undefined {
  const [, short = ''] = /^(.*[kmgt])(?:i?b)?$/i.exec(text) ?? [];
  return readUnits(short.toLowerCase(), { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 });
}

/** `5%` as 0.05. */
export function readFraction(text: string): number | undefined {
  const percent = text.endsWith('%') ? readNumber(text.slice(0, -1)) : Number.NaN;
  return percent > 0 ? percent / 100 : undefined;
}

function readUnits(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number = '', unit = ''] = /^(.*?)([a-z]+)$/.exec(text) ?? [];
  const amount = readNumber(number) * (Object.hasOwn(units, unit) ? units[unit]! : Number.NaN);
  return amount > 0 && Number.isFinite(amount) ? amount : undefined;
}
