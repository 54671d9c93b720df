// JSON as Python reads and writes it: NaN and infinite numbers are words there, and 1.0 is no integer.

/** A number that Python shall take for a float, whole or not. */
export class PythonFloat {
  constructor(readonly value: number) {}
}

export function toPythonJson(value: unknown): string {
  if (value instanceof PythonFloat) return floatText(value.value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : floatText(value);
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{${pairs.map(([name, each]) => `${text(name)}:${toPythonJson(each)}`).join(',')}}`;
  }
  return typeof value === 'string' ? text(value) : JSON.stringify(value ?? null);
}

/** Half a surrogate pair, which Python could not write again, is escaped by JSON.stringify itself. */
const text = (value: string): string => JSON.stringify(value);

function floatText(value: number): string {
  const written = String(value);
  return /^-?\d+$/.test(written) ? `${written}.0` : written;
}
