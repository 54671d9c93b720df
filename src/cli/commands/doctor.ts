// `sweepline doctor`: what this machine offers, what is missing, and the exact command that adds it. Native packages are
// loaded in child processes, as everywhere else.
import { plural } from '../../ground/text.js';
import { defineCommand } from '../command.js';
import type { Check } from '../doctor/check.js';
import { EXIT } from '../errors.js';
import { anyText, option, switchOption } from '../options.js';
import { OUTPUT } from '../run-options.js';

export default defineCommand({
  name: 'doctor',
  about:
    'Checks Node, cores, memory, disk, packages, engines, GPUs and data, and says what is missing and how to install it. ' +
    'Every package is loaded in a process of its own.',
  arguments: [],
  options: {
    data: option(
      'What is checked',
      '--data <folder>',
      'a folder where MNIST should be (default: wherever sweeps look for it)',
      anyText,
    ),
    json: switchOption(OUTPUT, '--json', 'one JSON object per check on stdout'),
  },
  sections: [
    [
      'Exit codes',
      '  0    everything that is required is there (optional parts may be absent)\n  1    something required is missing',
    ],
  ],
  examples: [['sweepline doctor', 'before the first run, or when something does not work']],
  async run({ options, terminal }) {
    const [{ checkPackage, PACKAGES }, machine] = await Promise.all([
      import('../doctor/packages.js'),
      import('../doctor/machine.js'),
    ]);
    // The disk before the rest: packages that load at the same time would be in its time.
    const disk = await machine.checkDisk();
    const checks = [
      machine.checkNode(),
      machine.checkProcessor(),
      machine.checkMemory(),
      disk,
      ...(await Promise.all(PACKAGES.map(checkPackage))),
      await machine.checkGpus(),
      machine.checkMnist(options.data),
    ];
    for (const check of checks) terminal.print(options.json ? JSON.stringify(check) : renderCheck(check));
    const missing = checks.filter(({ state }) => state === 'missing').length;
    if (missing > 0) terminal.say(`${plural(missing, 'required part')} missing`);
    return missing > 0 ? EXIT.failed : EXIT.done;
  },
});

function renderCheck({ name, state, found, hint }: Check): string {
  const mark = { ok: 'ok     ', missing: 'MISSING', absent: '-      ' }[state];
  return `${mark}  ${name.padEnd(17)}  ${found}${hint === undefined ? '' : `\n${' '.repeat(28)}add it: ${hint}`}`;
}
