// nights.csv: every judged cell of a night.
import { formatRow } from '../ground/csv.js';
import type { Gate } from './gate.js';

const COLUMNS = [
  ...['night', 'commit', 'machine', 'suite', 'sweep', 'configuration', 'metric'],
  ...['mean', 'low', 'high', 'n', 'verdict'],
];

export function renderNights({ night, cells }: Gate): string {
  const machine = night.host;
  const rows = cells.map(({ sweep, configuration, metric, tonight, verdict }) =>
    formatRow([
      ...[night.night, night.commit, machine, night.suite, sweep, configuration, metric.name],
      ...[tonight?.mean, tonight?.low, tonight?.high, tonight?.n ?? 0, verdict],
    ]),
  );
  return formatRow(COLUMNS) + rows.join('');
}
