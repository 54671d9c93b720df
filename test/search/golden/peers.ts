// Optuna's golden results, where the shared folder stands beside the checkout: regrets of each seed, and its time a
// suggestion.
import { existsSync, readFileSync } from 'node:fs';

const FOLDERS = [process.env.GOLDEN, '../shared/golden', '../../shared/golden'];

export interface Peer {
  readonly problem: string;
  readonly sampler: string;
  /** Numbers of trials after which there is a regret. */
  readonly n: readonly number[];
  readonly seeds: readonly number[];
  /** By seed and n. */
  readonly regret: readonly (readonly number[])[];
}

/** Which of Optuna's samplers each method is held against. */
export const PEERS: Readonly<Record<string, string>> = {
  random: 'random',
  sobol: 'qmc',
  halton: 'qmc',
  lhs: 'qmc',
  tpe: 'tpe',
  gp: 'gp',
  cmaes: 'cmaes',
  nsga2: 'nsgaii',
};

/** The folder of the golden results; undefined where they are not on this machine. `GOLDEN` names another one. */
export function findGolden(): string | undefined {
  return FOLDERS.find((folder) => folder !== undefined && existsSync(`${folder}/golden.json`));
}

export function readPeers(folder: string): Peer[] {
  return readPeerFile(`${folder}/raw/samplers.jsonl`);
}

export function readPeerFile(file: string): Peer[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Peer);
}

/** CPU milliseconds of `ask` and `suggest` together, the mean over the problems; undefined where it was not measured. */
export function readSpeed(folder: string, sampler: string, n: 100 | 200): number | undefined {
  const golden = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as {
    readonly msPerSuggestion: Readonly<
      Record<string, Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>>
    >;
  };
  const found = Object.values(golden.msPerSuggestion).flatMap((bySampler) => {
    const figures = bySampler[sampler]?.[String(n)];
    const ms = figures?.suggestion_cpu_quiet ?? figures?.suggestion_cpu_mean;
    return ms === undefined ? [] : [ms];
  });
  return found.length === 0 ? undefined : found.reduce((sum, ms) => sum + ms, 0) / found.length;
}
