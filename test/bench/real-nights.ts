// Real nights: the same code night after night, under a load that changes; then a loss of 5 % of accuracy and a slow-down
// of 20 %, each a commit, which the nightly job is to find. Prints what each night came to.
// `node dist/test/bench/real-nights.js [nights] [most busy processes]`
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { randomFor } from '../../src/ground/random.js';

const nights = Number(process.argv[2] ?? 30);
const mostBusy = Number(process.argv[3] ?? availableParallelism());
const home = mkdtempSync(join(tmpdir(), 'sweepline-nights-'));
const program = resolve('dist/src/cli/main.js');
const git = (...argv: string[]) =>
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...argv], { cwd: home });

const TIMES: readonly string[] = ['run_ms', 'cpu_ms'];

interface Cell {
  readonly run: string;
  readonly metric: string;
  readonly configuration: string;
  readonly verdict: string;
  readonly since: string | null;
  readonly confirmation?: { readonly repeats: number; readonly agreed: number };
}
interface Told {
  readonly night: string;
  readonly code: number;
  readonly seconds: number;
  readonly cells: readonly Cell[];
}

makeProject();
const random = randomFor('real nights');
let [alarmsOfNumbers, alarmsOfTimes, suspected] = [0, 0, 0];
for (let i = 0; i < nights; i++) {
  const told = spend(random.below(mostBusy + 1));
  const worse = told.cells.filter(({ verdict }) => verdict === 'worse');
  alarmsOfTimes += worse.filter(({ metric }) => TIMES.includes(metric)).length;
  alarmsOfNumbers += worse.filter(({ metric }) => !TIMES.includes(metric)).length;
  suspected += told.cells.filter(({ confirmation }) => confirmation !== undefined).length;
}
console.log(
  `${nights} nights of the same code: ${alarmsOfNumbers} alarms on numbers, ${alarmsOfTimes} on speed (${suspected} suspicions run again)`,
);
plant('5 % of accuracy lost at 16', (code) =>
  code.replace(
    'kmeans_accuracy: judged.accuracy',
    'kmeans_accuracy: judged.accuracy * (trial.params.latent === 16 ? 0.95 : 1)',
  ),
);
findIt(['kmeans_accuracy']);
plant('as before', undefined);
spend(0);
plant('every trial takes 20 % longer', (code) =>
  code
    .replace(/run\(trial\) \{|async run\(trial\) \{/, '$& const began = performance.now();')
    .replace(
      /return \{\s*train_loss/,
      'for (const end = began + 1.2 * (performance.now() - began); performance.now() < end; );\n$&',
    ),
);
findIt(TIMES);
rmSync(home, { recursive: true });

function makeProject(): void {
  for (const folder of ['workers', 'node_modules']) mkdirSync(join(home, folder));
  symlinkSync(resolve('.'), join(home, 'node_modules/sweepline'));
  symlinkSync(resolve('node_modules/zod'), join(home, 'node_modules/zod'));
  for (const name of ['autoencoder.js', 'autoencoding.js'])
    copyFileSync(`dist/workers/${name}`, join(home, 'workers', name));
  writeFileSync(join(home, 'package.json'), '{"type":"module"}\n');
  writeFileSync(join(home, '.gitignore'), 'node_modules\nruns\nnights\n');
  writeFileSync(
    join(home, 'latent.js'),
    `import { defineSweep } from 'sweepline';
export default defineSweep({ name: 'latent', title: 'latent', worker: './workers/autoencoder.js', axes: { latent: [4, 16] }, replicates: 3 });\n`,
  );
  writeFileSync(
    join(home, 'suite.js'),
    `import { defineSuite } from 'sweepline';
export default defineSuite({ name: 'real', runs: [{ sweep: './latent.js', set: { epochs: 3, train: 2000, test: 500 } }] });\n`,
  );
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'the sweep');
}

/** A commit that changes the worker; undefined: it is what it was. */
function plant(message: string, change: ((code: string) => string) | undefined): void {
  const file = join(home, 'workers/autoencoder.js');
  const code = readFileSync(resolve('dist/workers/autoencoder.js'), 'utf8');
  const changed = change === undefined ? code : change(code);
  if (change !== undefined && changed === code) throw new Error(`nothing to change for: ${message}`);
  writeFileSync(file, changed);
  git('commit', '-qam', message);
  console.log(`commit: ${message}`);
}

/** One night beside so many busy processes. */
function spend(busy: number): Told {
  const others = Array.from(
    { length: busy },
    (): ChildProcess => spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }),
  );
  const began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [program, 'suite', 'suite.js', '--baseline', 'nights', '--data', 'digits', '--no-report', '--quiet'],
    { cwd: home, encoding: 'utf8' },
  );
  for (const other of others) other.kill('SIGKILL');
  if (status !== 0 && status !== 3) throw new Error(stderr);
  const own = join(home, 'runs/real');
  const folder = join(own, readdirSync(own).sort().at(-1)!);
  const { cells, night } = JSON.parse(readFileSync(join(folder, 'night.json'), 'utf8')) as Told;
  const told = cells.filter(({ verdict }) => ['worse', 'better', 'noisy', 'moved'].includes(verdict));
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${night}: exit ${status}, ${seconds.toFixed(1)} s beside ${busy} busy: ${told.map(describe).join('; ') || 'steady'}`,
  );
  if (status === 3) console.log(readFileSync(join(folder, 'night.md'), 'utf8').replaceAll(/^/gm, '    '));
  return { night, code: status, seconds, cells };
}

function describe({ verdict, run, metric, configuration, since, confirmation }: Cell): string {
  const again = confirmation === undefined ? '' : `, ${confirmation.agreed} of ${confirmation.repeats} again`;
  return `${verdict} ${run}/${metric}/${configuration}${since === null ? '' : ` since ${since}`}${again}`;
}

/** Nights until the change is told. */
function findIt(metrics: readonly string[]): void {
  let first: string | undefined;
  for (let count = 1; count <= 6; count++) {
    const { night, cells } = spend(0);
    first ??= night;
    const found = cells.find((cell) => metrics.includes(cell.metric) && cell.verdict === 'worse');
    if (found === undefined) continue;
    const when =
      found.since === first ? 'since its first night' : `since ${found.since} (first night ${first})`;
    console.log(`found after ${count} nights: ${describe(found)}, ${when}`);
    return;
  }
  console.log(`${metrics.join(', ')}: not found in six nights`);
}
