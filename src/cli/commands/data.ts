// `sweepline data`: which data sets this machine has, and the one that can be fetched. Nothing else in Sweepline
// downloads anything.
import { resolve } from 'node:path';
import { describeUnknown, formatBytes, plural, quoteArgument } from '../../ground/text.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../errors.js';
import { anyText, listOption, switchOption } from '../options.js';
import { showPath } from '../paths.js';
import { OUTPUT } from '../run-options.js';
import type { Terminal } from '../terminal.js';

const ACTIONS = ['list', 'fetch'];
const FETCHED = ['mnist'];
/** A line of progress at most so often. */
const LINE_BYTES = 2_000_000;

export default defineCommand({
  name: 'data',
  about:
    'Lists the data sets that sweeps can use, or fetches MNIST: four files, 11 MB, from the first mirror that has them, ' +
    'each kept only if its SHA-256 is right. An interrupted fetch continues where it stopped. Nothing is ' +
    'downloaded implicitly: without MNIST, sweeps use synthetic digits.',
  arguments: [
    { name: 'action', about: 'list or fetch (default: list)', optional: true },
    { name: 'name', about: 'what to fetch: mnist', optional: true },
    {
      name: 'folder',
      about: "where to (default: the user's cache, where sweeps look for it)",
      optional: true,
    },
  ],
  options: {
    mirror: listOption(
      'Where from',
      '--mirror <url>',
      "ask this address in place of MNIST's own mirrors; may be repeated",
      anyText,
    ),
    json: switchOption(OUTPUT, '--json', 'one JSON object per data set on stdout (list)'),
  },
  examples: [
    ['sweepline data list', 'the data sets on this machine'],
    ['sweepline data fetch mnist', 'from now on `sweepline run latent` uses it'],
    ['sweepline data fetch mnist data/mnist', "into a folder of the project's own"],
  ],
  check({ arguments: [action, name], options }) {
    const faults: string[] = [];
    if (action !== undefined && !ACTIONS.includes(action))
      faults.push(describeUnknown('action', action, ACTIONS));
    if (action === 'fetch' && name === undefined) faults.push('fetch: no data set named; expected mnist');
    if (action === 'fetch' && name !== undefined && !FETCHED.includes(name))
      faults.push(
        name === 'digits'
          ? 'synthetic digits are generated on first use: there is nothing to fetch'
          : describeUnknown('data set', name, FETCHED),
      );
    if (action !== 'fetch' && name !== undefined) faults.push(`list takes no name, but was given "${name}"`);
    for (const url of options.mirror ?? [])
      if (!/^https?:\/\//.test(url))
        faults.push(`--mirror ${url}: expected an address such as https://host/mnist/`);
    return faults;
  },
  async run({ arguments: [action, , folder], options, terminal }) {
    if (action === 'fetch') return fetchData(folder, options.mirror ?? [], terminal);
    const { listDatasets } = await import('../../data/catalogue.js');
    for (const set of listDatasets()) {
      const { name, present, about } = set;
      const where = present ? showPath(set.folder) : `not here; ${hintFor(name)}`;
      terminal.print(options.json ? JSON.stringify(set) : `${name.padEnd(8)}${about}\n        ${where}`);
    }
    return EXIT.done;
  },
});

function hintFor(name: string): string {
  return name === 'mnist' ? '`sweepline data fetch mnist` gets it' : 'generated on first use';
}

async function fetchData(
  named: string | undefined,
  mirrors: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [{ fetchFolder }, { fetchMnist, MNIST_MIRRORS }] = await Promise.all([
    import('../../data/catalogue.js'),
    import('../../data/fetch.js'),
  ]);
  const folder = named === undefined ? fetchFolder() : resolve(named);
  const own = mirrors.map((url) => (url.endsWith('/') ? url : `${url}/`));
  let said = '';
  const { fetched, kept } = await fetchMnist(folder, {
    mirrors: own.length > 0 ? own : MNIST_MIRRORS,
    onProgress({ file, mirror, receivedBytes, totalBytes }) {
      const step = `${file} ${mirror} ${Math.floor(receivedBytes / LINE_BYTES)}`;
      if (step === said) return;
      said = step;
      const of = totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`;
      terminal.say(`${file}: ${formatBytes(receivedBytes)}${of} from ${new URL(mirror).host}`);
    },
  });
  const what = [
    ...(fetched.length > 0 ? [`${plural(fetched.length, 'file')} fetched`] : []),
    ...(kept.length > 0 ? [`${plural(kept.length, 'file')} there already`] : []),
  ];
  terminal.say(`mnist: ${what.join(', ')}, every SHA-256 right`);
  terminal.print(folder);
  if (named !== undefined)
    terminal.say(`Use it with: sweepline run latent --data ${quoteArgument(showPath(folder))}`);
  return EXIT.done;
}
