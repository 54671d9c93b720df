// The metrics file that a program leaves: a JSON object or a list of them, JSON lines, or a CSV table.
import { SweeplineError } from '../../ground/errors.js';
import { parseJson, type Reading, readJsonLine, toReading } from './lines.js';

export const METRICS_FILES = ['.json', '.jsonl', '.csv'] as const;

/** What the file says, in its order. Throws TRIAL_FAILED where it is not what its name says. `name`: for messages. */
export function readMetricsText(name: string, text: string): Reading[] {
  const plain = text.replace(/^\ufeff/, '');
  if (name.endsWith('.csv')) return readCsv(plain);
  if (name.endsWith('.jsonl')) {
    return plain
      .split('\n')
      .map((line, i) => [line.trim(), i + 1] as const)
      .filter(([line]) => line !== '')
      .map(([line, number]) => readJsonLine(line) ?? fail(`${name}, line ${number}: expected a JSON object`));
  }
  const readings = [parseJson(plain)].flat().map(toReading);
  if (readings.every((reading) => reading !== undefined)) return readings;
  return fail(`${name}: expected a JSON object such as {"loss": 0.5}, or a list of such`);
}

function fail(message: string): never {
  throw new SweeplineError('TRIAL_FAILED', message);
}

/** One reading a row, of the cells that are not empty. */
function readCsv(text: string): Reading[] {
  const [header = [], ...rows] = parseCsv(text);
  return rows.map((row) => {
    const entries = header.flatMap((name, i) => {
      const cell = row[i] ?? '';
      return cell === '' ? [] : [[name.trim(), { text: cell.trim() }] as const];
    });
    const values = new Map(entries);
    const step = values.get('step');
    values.delete('step');
    return { step, values };
  });
}

/** Rows of cells (RFC 4180); empty lines are none. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|\r|$)/gy;
  for (let found = cell.exec(text); found !== null; found = cell.exec(text)) {
    const [, written = '', end = ''] = found;
    row.push(written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written);
    if (end !== ',') {
      if (row.length > 1 || row[0] !== '') rows.push(row);
      row = [];
    }
    if (end === '' || cell.lastIndex > text.length) break;
  }
  return rows;
}
