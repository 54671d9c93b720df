// `npm run bench [-- escape|sweep|start|dispatch|cluster|command|queue|engine|study|prune|explore]…` and `npm run bench --
// search|search-speed …`: ours beside the peers, as ratios in one run. Peers that are not on this machine are left out with
// a word.
import type { BenchRow } from './row.js';

const SECTIONS: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  escape: async () => (await import('./escape.js')).benchEscape(),
  sweep: async () => (await import('./sweep.js')).benchSweep(),
  start: async () => (await import('./start.js')).benchStart(),
  dispatch: async () => (await import('./dispatch.js')).benchDispatch(),
  cluster: async () => (await import('./cluster.js')).benchCluster(),
  command: async () => (await import('./command.js')).benchCommand(),
  queue: async () => (await import('./queue.js')).benchQueue(),
  engine: async () => (await import('./engine.js')).benchEngine(),
  study: async () => (await import('./study.js')).benchStudy(),
  prune: async () => (await import('./prune.js')).benchPrune(),
  explore: async () => (await import('./explore.js')).benchExplore(),
};

/** What comes after their name is theirs. */
const WITH_ARGUMENTS: Readonly<Record<string, (args: readonly string[]) => Promise<readonly BenchRow[]>>> = {
  search: async (args) => (await import('./search.js')).benchSearch(args),
  'search-speed': async (args) => (await import('./search-speed.js')).benchSearchSpeed(args),
};

const [first = '', ...args] = process.argv.slice(2);
if (first in WITH_ARGUMENTS) {
  for (const row of await WITH_ARGUMENTS[first]!(args)) process.stdout.write(`  ${renderRow(row)}\n`);
  process.exit();
}
const asked = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknown = asked.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  process.stderr.write(
    `unknown benchmark ${unknown.join(', ')} (legal: ${[SECTIONS, WITH_ARGUMENTS].flatMap(Object.keys).join(', ')})\n`,
  );
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : Object.keys(SECTIONS)) {
  process.stdout.write(`\n${name}\n`);
  for (const row of await SECTIONS[name]!()) process.stdout.write(`  ${renderRow(row)}\n`);
}

function renderRow({ name, ours, unit, peer, theirs, target }: BenchRow): string {
  const figure = (value: number): string =>
    value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
  const beside =
    peer === undefined
      ? ''
      : theirs === undefined
        ? `; ${peer}`
        : `; ${peer} ${figure(theirs)} ${unit}: ${(ours / theirs).toFixed(2)} ×`;
  return `${name}: ${figure(ours)} ${unit}${beside}${target === undefined ? '' : ` (target ${target})`}`;
}
