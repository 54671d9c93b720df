// The search of the trial table: words found in any text, and comparisons such as `loss<0.2`, joined by spaces.
import type { Column } from './table.js';

type Test = (row: number) => boolean;

/** Undefined where nothing is asked for. */
export function compileSearch(text: string, columns: readonly Column[]): Test | undefined {
  const tests = text.split(/\s+/).flatMap((word) => (word === '' ? [] : [compileWord(word, columns)]));
  if (tests.length === 0) return undefined;
  return (row) => tests.every((test) => test(row));
}

function compileWord(word: string, columns: readonly Column[]): Test {
  const [, name, sign, value] = /^(.+?)(<=|>=|!=|=|<|>)(.+)$/.exec(word) ?? [];
  const column = columns.find((each) => each.name.toLowerCase() === name?.toLowerCase());
  return column === undefined ? compileText(word, columns) : compare(column, sign!, value!);
}

function compare({ kind, values, labels }: Column, sign: string, text: string): Test {
  if (kind === 'category') {
    const wanted = text.toLowerCase();
    const isSame = labels.map((label) => label.toLowerCase() === wanted);
    return sign === '!=' ? (row) => isSame[values[row]!] !== true : (row) => isSame[values[row]!] === true;
  }
  const number = Number(text);
  switch (sign) {
    case '<':
      return (row) => values[row]! < number;
    case '>':
      return (row) => values[row]! > number;
    case '<=':
      return (row) => values[row]! <= number;
    case '>=':
      return (row) => values[row]! >= number;
    case '!=':
      return (row) => values[row]! !== number;
    default:
      return (row) => values[row]! === number;
  }
}

/** In any text, or the number of the trial. */
function compileText(word: string, columns: readonly Column[]): Test {
  const wanted = word.toLowerCase();
  const texts = columns
    .filter(({ kind }) => kind === 'category')
    .map(({ values, labels }) => ({
      values,
      has: labels.map((label) => label.toLowerCase().includes(wanted)),
    }));
  const trial = /^#?\d+$/.test(word) ? Number(word.replace('#', '')) : Number.NaN;
  const numbers = columns[0]!.values;
  return (row) => numbers[row] === trial || texts.some(({ values, has }) => has[values[row]!] === true);
}
