// The commits between the last night before a change and its first night, where the folder is a checkout that has them.
import { execFileSync } from 'node:child_process';
import { plural } from '../ground/text.js';
import { escapeMarkdown, markdownCode } from '../report/tables.js';
import { type Gate, listChanges } from './gate.js';

export interface Commits {
  /** The first night of the change. */
  readonly since: string;
  readonly from: string;
  readonly to: string;
  /** Short id and subject, the newest first; null where the checkout does not have them. */
  readonly subjects: readonly string[] | null;
}

/** Lines that are shown of one change. */
const MOST = 20;

/** One for each night in which something changed. */
export function findCommits(gate: Gate, folder = process.cwd()): Commits[] {
  const nights = [...gate.nights, gate.night];
  return listChanges(gate).flatMap((since) => {
    const at = nights.findIndex(({ night }) => night === since);
    const [from, to] = [nights[at - 1]?.commit, nights[at]?.commit];
    return from == null || to == null || from === to
      ? []
      : [{ since, from, to, subjects: readSubjects(folder, from, to) }];
  });
}

export function describeCommits({ since, from, to, subjects }: Commits): string {
  const range = markdownCode(`${from.slice(0, 10)}..${to.slice(0, 10)}`);
  const head = `What changed in night ${markdownCode(since)} came with ${range}`;
  if (subjects === null) return `${head}, which this checkout does not have.`;
  const lines = subjects.slice(0, MOST).map((subject) => `- ${escapeMarkdown(subject)}`);
  const others = subjects.length > MOST ? [`- ${plural(subjects.length - MOST, 'other')}`] : [];
  return `${head}:\n\n${[...lines, ...others].join('\n')}`;
}

function readSubjects(folder: string, from: string, to: string): readonly string[] | null {
  // A history may come from anywhere: what is no commit could be an option.
  if (![from, to].every((commit) => /^[0-9a-f]{7,64}$/.test(commit))) return null;
  try {
    const log = execFileSync('git', ['log', '--format=%h %s', `${from}..${to}`, '--'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return log.split('\n').filter((line) => line !== '');
  } catch {
    return null; // no git, no checkout, or one without these commits
  }
}
