// `npm run bench -- search [method…] [--seeds 30] [--lookahead 1,8] [--problems a,b] [--n 100,200] [--options JSON]
// [--peers FILE]`: random search and search methods against Optuna's golden results, or those of a file (search_ahead.py),
// as Markdown tables: median regret of ours and theirs, and the one-sided p that ours is worse.
import { parseArgs } from 'node:util';
import { type Compared, compare } from '../search/golden/compare.js';
import { findDefinition, NAMES, RANDOM } from '../search/golden/definitions.js';
import { findGolden, PEERS, readPeerFile, readPeers } from '../search/golden/peers.js';
import { type BenchRow, median } from './row.js';

const ALPHA = 0.05;

export async function benchSearch(args: readonly string[] = []): Promise<readonly BenchRow[]> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '30' },
      lookahead: { type: 'string', default: '1,8' },
      n: { type: 'string', default: '100,200' },
      problems: { type: 'string' },
      options: { type: 'string', default: '{}' },
      peers: { type: 'string' },
    },
  });
  const golden = findGolden();
  if (values.peers === undefined && golden === undefined) {
    process.stdout.write(
      "  left out: Optuna's golden results are not on this machine (GOLDEN names their folder)\n",
    );
    return [];
  }
  const peers = values.peers === undefined ? readPeers(golden!) : readPeerFile(values.peers);
  const numbers = (text: string) => text.split(',').map(Number);
  for (const name of positionals.length > 0 ? positionals : [RANDOM.name, ...NAMES]) {
    const definition = name === RANDOM.name ? RANDOM : await findDefinition(name);
    if (definition === undefined) {
      process.stdout.write(`\n${name}: not there\n`);
      continue;
    }
    const lookaheads = numbers(values.lookahead);
    const found: Compared[] = [];
    const from = performance.now();
    for (const some of compare({
      definition,
      peers,
      options: JSON.parse(values.options) as Record<string, unknown>,
      seeds: Number(values.seeds),
      lookaheads,
      ns: numbers(values.n),
      ...(values.problems === undefined ? {} : { only: values.problems.split(',') }),
    }))
      found.push(...some);
    const seconds = (performance.now() - from) / 1000;
    process.stdout.write(
      `\n### ${name} beside Optuna's ${PEERS[name]}\n\n${values.seeds} seeds, ${seconds.toFixed(0)} s\n\n`,
    );
    for (const n of numbers(values.n)) {
      const rows = found.filter((row) => row.n === n);
      if (rows.length > 0) process.stdout.write(`${renderTable(rows, lookaheads, n)}\n`);
    }
  }
  return [];
}

function renderTable(rows: readonly Compared[], lookaheads: readonly number[], n: number): string {
  const head = lookaheads.flatMap((w) => [`ours, W = ${w}`, `p, W = ${w}`]);
  const lines = [
    `Median regret after ${n} trials; p: one-sided, ours is worse.\n`,
    `| problem | ${head.join(' | ')} | Optuna | of its seeds |`,
    `|---|${'---:|'.repeat(head.length + 2)}`,
  ];
  for (const { problem, ours, theirs, worse } of rows) {
    const cells = lookaheads.flatMap((w) => {
      const p = worse.get(w)!;
      return [figure(median(ours.get(w)!)), p < ALPHA ? `**${p.toFixed(3)}**` : p.toFixed(3)];
    });
    lines.push(`| ${problem} | ${cells.join(' | ')} | ${figure(median(theirs))} | ${theirs.length} |`);
  }
  const total = lookaheads.flatMap((w) => {
    const ratios = rows.map(({ ours, theirs }) => ratio(median(ours.get(w)!), median(theirs)));
    const lost = rows.filter(({ worse }) => worse.get(w)! < ALPHA).length;
    const middle = median(rows.map(({ ours }) => median(ours.get(w)!)));
    return [`${figure(middle)} (ratio ${median(ratios).toFixed(2)})`, `worse on ${lost}`];
  });
  const peer = figure(median(rows.map(({ theirs }) => median(theirs))));
  lines.push(`| median over ${rows.length} | ${total.join(' | ')} | ${peer} | |`, '');
  return lines.join('\n');
}

function ratio(ours: number, theirs: number): number {
  return ours === theirs ? 1 : ours / theirs;
}

function figure(value: number): string {
  return value === 0 ? '0' : value < 1e-3 ? value.toExponential(1) : value.toPrecision(3);
}
