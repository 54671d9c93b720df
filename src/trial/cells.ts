// A parameter as a cell of trials.csv, and parameters and metrics back from their cells. An empty cell is null or nothing;
// lists and objects are canonical JSON.
import { formatCell } from '../ground/csv.js';
import type { Value } from '../space/types.js';
import { canonicalValue } from '../space/value.js';
import type { SpaceParam } from './params.js';

/** The cell of a parameter; undefined where its axis does not exist. */
export function formatParam(value: Value | undefined, type: SpaceParam['type']): string {
  if (value === undefined || value === null) return '';
  if (type === 'json' || typeof value === 'object') return formatCell(canonicalValue(value));
  return formatCell(value);
}

/** What a cell holds: null where it is empty. */
export function readCell(cell: string, type: SpaceParam['type'] | undefined): Value {
  if (cell === '') return null;
  const text = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      return text === 'true';
    case 'json':
      return JSON.parse(text) as Value;
    default:
      return Number(text);
  }
}
