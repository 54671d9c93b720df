// A comparison as tables for people.
import type { Comparison, RunComparison, SetComparison } from '../compare/compare.js';
import {
  adviseOnNoisy,
  countVerdicts,
  describeCell,
  describeConfigurations,
  describeCounts,
  describeSpeed,
  describeWhere,
  listChanged,
  varyingOf,
} from '../compare/words.js';
import { formatCount } from '../ground/text.js';
import { renderColumns } from './columns.js';
import { showPath } from './paths.js';

/** As wide as the terminal: longer lines are cut. */
export function renderCompared(
  { sets, isWorse }: Comparison,
  { number, width }: { readonly number: number; readonly width: number },
): string {
  const lines = sets.flatMap((set) => [...renderSet(set, sets.length > 1), ...renderRuns(set, number)]);
  lines.push('', isWorse ? 'Worse than the baseline.' : 'Same as the baseline or better.');
  return lines.map((line) => cut(line, width)).join('\n');
}

function renderSet({ letter, a, b, onlyA, onlyB }: SetComparison, isOneOfMany: boolean): string[] {
  return [
    ...(isOneOfMany ? [`${letter}: ${b.typed} against ${a.typed} (A)`] : []),
    ...(onlyA.length > 0 ? [`Runs in ${a.typed} alone: ${onlyA.join(', ')}`] : []),
    ...(onlyB.length > 0 ? [`Runs in ${b.typed} alone: ${onlyB.join(', ')}`] : []),
  ];
}

function renderRuns({ runs }: SetComparison, number: number): string[] {
  return runs.flatMap((run, i) => [...(i > 0 ? [''] : []), ...renderRun(run, number)]);
}

function renderRun(of: RunComparison, number: number): string[] {
  const { name, a, b, notes } = of;
  const changed = listChanged(of);
  const varying = varyingOf(of);
  const lines = [
    `${name}: ${describeCounts(countVerdicts(of))}`,
    `  A  ${showPath(a.folder)}`,
    `  B  ${showPath(b.folder)}`,
    `  ${describeConfigurations(of)}`,
    ...notes.map((note) => `  note: ${note}`),
  ];
  if (changed.length > 0) {
    const head = ['verdict', 'metric', 'A', 'B', 'B - A (95 %)', 'p adj.', 'effect', 'where'];
    const rows = changed
      .slice(0, number)
      .map((cell) => [
        cell.verdict,
        ...describeCell(of, cell).map(plain),
        plain(describeWhere(of, cell, varying)),
      ]);
    lines.push('', ...renderColumns([head, ...rows], [2, 3, 4, 5, 6]).split('\n'));
    if (changed.length > number)
      lines.push(
        `  … and ${formatCount(changed.length - number)} more: -n ${changed.length}, or --out <folder>`,
      );
  }
  const advice = adviseOnNoisy(of);
  if (advice !== null) lines.push(`  ${advice}`);
  const speed = describeSpeed(of);
  if (speed !== null) lines.push(`  Speed: ${speed}`);
  return lines;
}

/** Values and names come from anywhere: they must not move the cursor, nor break a line. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

function cut(raw: string, width: number): string {
  const text = plain(raw);
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
