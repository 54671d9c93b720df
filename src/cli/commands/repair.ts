// `sweepline repair`: makes a damaged journal whole again, and says what that costs.
import { formatBytes, formatCount, plural } from '../../ground/text.js';
import type { Repaired } from '../../run/repair.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { commandOn, showPath } from '../paths.js';

export default defineCommand({
  name: 'repair',
  about:
    'Repairs the journals of a run that a disk has damaged: keeps every record that passes its checksum, drops the ' +
    'others, and says what it dropped. The damaged file stays beside the new one. Where nothing is damaged, nothing is ' +
    'written.',
  arguments: [{ name: 'run', about: 'a run folder, a run id, or a sweep for its newest run' }],
  options: {},
  examples: [
    ['sweepline repair runs/escape/20261123-221530-ab12', 'drop what is damaged'],
    ['sweepline resume runs/escape/20261123-221530-ab12', 'and run again what was dropped'],
  ],
  async run({ arguments: [run], terminal }) {
    const [{ findRun }, { repairRun }] = await Promise.all([
      import('../../run/find.js'),
      import('../../run/repair.js'),
    ]);
    const folder = await findRun(run!);
    const found = [...(await repairRun(folder))];
    const repaired = found.flatMap(([path, one]) => (one === undefined ? [] : [{ path, one }]));
    if (repaired.length === 0) {
      terminal.print(`${showPath(folder)}: nothing is damaged; nothing was written`);
      return EXIT.done;
    }
    for (const { path, one } of repaired) terminal.print(renderRepaired(path, one));
    terminal.print(`continue with: ${commandOn('resume', folder)}`);
    return EXIT.done;
  },
});

function renderRepaired(path: string, repaired: Repaired): string {
  const { kept, done, dropped, restored, again, isExact, damaged } = repaired;
  const parts = dropped.map(
    ({ at, bytes, what }) =>
      `  dropped ${formatBytes(bytes)} at byte ${formatCount(at)}: ${what ?? 'what it was cannot be told'}`,
  );
  return [
    `${showPath(path)}: kept ${plural(kept, 'record')}; ${plural(done, 'trial')} done`,
    ...parts,
    ...restored.map((which) => `  wrote anew: the ${which === 'open' ? 'opening' : 'space'} record`),
    `  ${isExact ? '' : 'at least '}${plural(again, 'trial')} ${again === 1 ? 'runs' : 'run'} again`,
    `  the damaged file is ${damaged}`,
  ].join('\n');
}
