// Trials that several of the runs to be merged have: whose row counts, and where rows disagree. A row counts that is ok;
// of several the first run's, or that of a run which is preferred. Rows that are ok and differ are a conflict.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { plural } from '../ground/text.js';
import { skipRows, skipTrials } from '../trial/lines.js';
import { readCells } from '../trial/row.js';
import { artifactFolder } from '../trial/store.js';
import { Excerpts, OpenFiles } from './excerpts.js';
import { finishedTrials, readStretch } from './finished.js';
import type { Source, Sources } from './merge-sources.js';
import { RangeSet } from './ranges.js';

/** Trials in conflict that are shown, and cells of each. */
const SHOWN = 5;
const CELLS_SHOWN = 8;

export interface Overlaps {
  /** Trials that some run has. */
  readonly union: RangeSet;
  /** By place of the source: trials that it has finished and whose row of another run counts. */
  readonly lost: readonly RangeSet[];
  /** Trials that several runs have, all with the same row. */
  readonly repeated: RangeSet;
  /** Trials that several runs have, and of which some row gives way: it is not ok, or another run is preferred. */
  readonly replaced: RangeSet;
}

/** `preferred`: paths, the first of them first. Throws RUNS_DISAGREE with the cells that differ. */
export function findOverlaps(sources: Sources, preferred: readonly string[]): Overlaps {
  const union = new RangeSet();
  const shared = new RangeSet();
  for (const { epoch } of sources)
    for (const [from, to] of epoch.done.ranges()) {
      for (const [a, b] of [...union.rangesIn(from, to)]) shared.add(a, b);
      union.add(from, to);
    }
  const overlaps = {
    union,
    lost: sources.map(() => new RangeSet()),
    repeated: new RangeSet(),
    replaced: new RangeSet(),
  };
  const conflicts: string[] = [];
  let count = 0;
  const rank = ({ path }: Source) => (preferred.includes(path) ? preferred.indexOf(path) : preferred.length);
  for (const entries of eachShared(sources, shared)) {
    const { trial } = entries[0]!;
    const ranked = [...entries].sort((a, b) => rank(a.source) - rank(b.source));
    const winner = ranked.find(({ isOk }) => isOk) ?? ranked[0]!;
    const isPreferred = preferred.includes(winner.source.path);
    let isSame = true;
    let isConflict = false;
    for (const other of entries) {
      if (other === winner) continue;
      overlaps.lost[other.place]!.add(trial, trial + 1);
      const differences = findDifferences(winner, other);
      if (differences.length === 0) continue;
      isSame = false;
      if (isPreferred || !other.isOk || !winner.isOk) continue;
      isConflict = true;
      if (conflicts.length < SHOWN) conflicts.push(describeConflict(winner, other, differences));
    }
    if (isConflict) count++;
    overlaps[isSame ? 'repeated' : 'replaced'].add(trial, trial + 1);
  }
  if (count > 0) throw disagree(conflicts, count);
  return overlaps;
}

/** A finished trial of one of the runs. */
interface Entry {
  readonly source: Source;
  readonly place: number;
  readonly trial: number;
  readonly isOk: boolean;
  readonly row: Buffer;
  readonly series: Buffer;
}

/** Journals of runs that share trials are open at once up to so many, */
const MOST_OPEN = 128;
/** and all their windows together have so many bytes. */
const WINDOWS_BYTES = 64 * 2 ** 20;

/** The entries of one shared trial after another, in trial order. */
function* eachShared(sources: Sources, shared: RangeSet): Generator<Entry[]> {
  const parts = sources.flatMap((source, place) => {
    const isPart = [...source.epoch.done.ranges()].some(([from, to]) => shared.countIn(from, to) > 0);
    return isPart ? [{ source, place }] : [];
  });
  const files = new OpenFiles(MOST_OPEN, Math.floor(WINDOWS_BYTES / Math.max(1, parts.length)));
  const walks = parts.map((part) => walk(part, shared, files));
  const next = walks.map((each) => each.next());
  try {
    for (;;) {
      const trials = next.flatMap(({ value }) => (value === undefined ? [] : [value.trial]));
      if (trials.length === 0) return;
      const trial = Math.min(...trials);
      const entries: Entry[] = [];
      next.forEach(({ value }, i) => {
        if (value?.trial !== trial) return;
        entries.push(value);
        next[i] = walks[i]!.next();
      });
      yield entries;
    }
  } finally {
    for (const each of walks) each.return(undefined);
  }
}

function* walk(
  { source, place }: Pick<Entry, 'source' | 'place'>,
  shared: RangeSet,
  files: OpenFiles,
): Generator<Entry, undefined> {
  const excerpts = new Excerpts(source.path, files);
  try {
    for (const { from, to, rows, series, record } of finishedTrials(source.epoch.extents, excerpts)) {
      if (shared.countIn(from, to) === 0) continue;
      const { notes } = excerpts.header(record);
      const [rowBytes, seriesBytes] = [rows, series].map((each) => Buffer.from(readStretch(each, excerpts)));
      let [row, serie] = [0, 0];
      for (let trial = from; trial < to; trial++) {
        const [rowEnd, serieEnd] = [
          skipRows(rowBytes!, row, 1),
          skipTrials(seriesBytes!, serie, trial, trial + 1),
        ];
        if (shared.has(trial))
          yield {
            ...{ source, place, trial },
            isOk: (notes.get(trial)?.status ?? 'ok') === 'ok',
            row: rowBytes!.subarray(row, rowEnd),
            series: seriesBytes!.subarray(serie, serieEnd),
          };
        [row, serie] = [rowEnd, serieEnd];
      }
    }
  } finally {
    excerpts.close();
  }
  return undefined;
}

/** `loss is 0.5 and 0.6`: what differs between two entries of a trial. */
function findDifferences(a: Entry, b: Entry): string[] {
  const differences: string[] = [];
  if (!a.row.equals(b.row)) {
    const { axes, worker } = a.source.epoch.record;
    const format = { axes, params: worker.params, metrics: worker.metrics };
    const names = [
      'trial',
      'key',
      'replicate',
      'seed',
      ...axes,
      'status',
      ...worker.metrics.map(({ name }) => name),
    ];
    const [x = [], y = []] = [a, b].map(({ row }) => [...readCells(format, row)][0]);
    names.forEach((name, i) => {
      if (x[i] !== y[i]) differences.push(`${name} is ${show(x[i])} and ${show(y[i])}`);
    });
  }
  if (!a.series.equals(b.series)) differences.push(...findSeriesDifferences(a, b));
  if (differences.length === 0 && a.isOk) differences.push(...findArtifactDifferences(a, b));
  return differences;
}

function findSeriesDifferences(a: Entry, b: Entry): string[] {
  const names = a.source.epoch.record.worker.series;
  const [x = [], y = []] = [a, b].map(({ series }) => series.toString().split('\n').slice(0, -1));
  if (x.length !== y.length) return [`metrics.csv has ${plural(x.length, 'row')} and ${y.length}`];
  return x.flatMap((line, i) => {
    const [left, right] = [line.split(','), y[i]!.split(',')];
    return names.flatMap((name, k) =>
      left[k + 2] === right[k + 2]
        ? []
        : [`${name} at step ${left[1]} is ${show(left[k + 2])} and ${show(right[k + 2])}`],
    );
  });
}

function findArtifactDifferences(a: Entry, b: Entry): string[] {
  const [left, right] = [a, b].map(({ source, trial }) => artifactFolder(source.path, trial));
  const [mine, others] = [listFiles(left!), listFiles(right!)];
  return [...new Set([...mine, ...others])].sort().flatMap((name) => {
    if (!mine.includes(name) || !others.includes(name)) return [`artifact ${name} is in one of them`];
    const [x, y] = [join(left!, name), join(right!, name)];
    const isSame = statSync(x).size === statSync(y).size && readFileSync(x).equals(readFileSync(y));
    return isSame ? [] : [`artifact ${name} has other bytes`];
  });
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function show(text: string | undefined): string {
  const cell = text?.replaceAll(/\s+/g, ' ');
  return cell === undefined || cell === '' ? 'empty' : cell.length > 60 ? `${cell.slice(0, 57)}…` : cell;
}

function describeConflict(a: Entry, b: Entry, differences: readonly string[]): string {
  const key = a.row.toString('utf8', 0, 64).split(',')[1];
  const shown = differences.slice(0, CELLS_SHOWN).join('; ');
  const more = differences.length > CELLS_SHOWN ? `; and ${differences.length - CELLS_SHOWN} more` : '';
  return `trial ${a.trial} (${key}) in ${a.source.path} and ${b.source.path}: ${shown}${more}`;
}

function disagree(conflicts: readonly string[], count: number): SweeplineError {
  const more = count > conflicts.length ? [`and ${plural(count - conflicts.length, 'trial')} more`] : [];
  const list = [...conflicts, ...more].map((text) => `  - ${text}`).join('\n');
  return new SweeplineError(
    'RUNS_DISAGREE',
    `the runs disagree about ${plural(count, 'trial')} that they share; nothing was written:\n${list}`,
    {
      hint: 'find out which run is right (`sweepline verify <run>` runs trials again) and name it with --prefer <run>',
    },
  );
}
