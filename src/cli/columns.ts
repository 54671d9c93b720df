// Columns of text without rules or colours.
import Table from 'cli-table3';

/** Of more than two columns the second holds numbers, unless `right` names the columns that do. */
export function renderColumns(
  rows: readonly (readonly string[])[],
  right: readonly number[] = rows.some((row) => row.length > 2) ? [1] : [],
): string {
  const none = '';
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const table = new Table({
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: Array.from({ length: columns }, (_, i) => (right.includes(i) ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
