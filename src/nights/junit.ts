// What a gate found as JUnit XML, which the CI systems show: a test for each metric of each configuration that was judged.
import { plural } from '../ground/text.js';
import { escapeMarkup } from '../report/markup.js';
import type { Gate } from './gate.js';
import type { GateCell } from './verdict.js';
import { describeGateCell, nameOf } from './words.js';

export function renderJunit({ night, cells }: Gate): string {
  const judged = cells.filter(({ verdict }) => verdict !== 'too little history');
  const failures = judged.filter(({ verdict }) => verdict === 'worse').length;
  const counts = `tests="${cells.length}" failures="${failures}" errors="0" skipped="${cells.length - judged.length}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sweepline">`,
    `  <testsuite name="${toXml(night.suite)}" ${counts} timestamp="${toXml(night.at.slice(0, 19))}" hostname="${toXml(night.host)}">`,
    ...cells.map((cell) => renderCase(cell)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function renderCase(cell: GateCell): string {
  const head = `    <testcase classname="${toXml(cell.run)}" name="${toXml(nameOf(cell))}"`;
  const text = toXml(describeGateCell(cell));
  if (cell.verdict === 'worse') return `${head}><failure message="${text}" type="regression"/></testcase>`;
  if (cell.verdict === 'too little history')
    return `${head}><skipped message="${toXml(`too little history: ${plural(cell.past.length, 'night')}`)}"/></testcase>`;
  return `${head}/>`;
}

/** XML 1.0 knows no other control characters, nor halves of characters, however they are written. */
function toXml(text: string): string {
  return escapeMarkup(text.replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' '));
}
