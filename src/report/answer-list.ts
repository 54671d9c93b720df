// The answer of a run as a list in Markdown: in its report, and for each sweep in the page of its suite.
import type { AnswerLine } from '../answer/words.js';
import { escapeMarkdown } from './tables.js';

const LABELS: Readonly<Record<Exclude<AnswerLine[0], ''>, string>> = {
  best: 'Best',
  next: 'Runner-up',
  axes: 'Parameters that matter most',
  failed: 'Not ok',
  time: 'Time',
};

/** One item a label; lines without one go on in the item before. Texts are escaped. */
export function renderAnswerItems(lines: readonly AnswerLine[]): string[] {
  const items: string[] = [];
  for (const [i, [label, text]] of lines.entries()) {
    const said = escapeMarkdown(text);
    if (label === '') items.push(`${items.pop()}; ${said}`);
    else items.push(`- ${lines[i - 1]?.[0] === label ? '' : `**${LABELS[label]}:** `}${said}`);
  }
  return items;
}
