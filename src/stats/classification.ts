// Precision, recall, F1 and support of each class, and their averages, with scikit-learn's formulas and layout
// (zero_division=0). Predictions outside the classes (-1: an unmatched cluster) count as wrong, and get no row.

export interface ClassificationRow {
  /** A class number, or `accuracy`, `macro avg`, `weighted avg`. */
  readonly class: string;
  /** Absent in the accuracy row, which has one number only: its `f1`. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number;
  /** Items of the class; all items in the last three rows. */
  readonly support: number;
}

/**
 * One row a class in [0, classes), then `accuracy`, `macro avg` (plain mean over classes) and `weighted avg` (mean
 * weighted by support). A ratio without a denominator is 0, as in a class that is never predicted or never occurs.
 */
export function reportClassification(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): readonly ClassificationRow[] {
  const right = new Float64Array(classes);
  const called = new Float64Array(classes);
  const support = new Float64Array(classes);
  for (let i = 0; i < truth.length; i++) {
    const t = truth[i]!;
    const p = predicted[i]!;
    support[t]!++;
    if (p >= 0 && p < classes) called[p]!++;
    if (t === p) right[t]!++;
  }
  const rows = Array.from({ length: classes }, (_, c) => {
    const precision = divide(right[c]!, called[c]!);
    const recall = divide(right[c]!, support[c]!);
    const f1 = divide(2 * right[c]!, called[c]! + support[c]!);
    return { class: String(c), precision, recall, f1, support: support[c]! };
  });
  const total = truth.length;
  const average = (name: string, weight: (row: (typeof rows)[number]) => number) => {
    const sum = rows.reduce((s, row) => s + weight(row), 0);
    const mean = (pick: (row: (typeof rows)[number]) => number) =>
      divide(
        rows.reduce((s, row) => s + weight(row) * pick(row), 0),
        sum,
      );
    const f1 = mean((row) => row.f1);
    return {
      class: name,
      precision: mean((row) => row.precision),
      recall: mean((row) => row.recall),
      f1,
      support: total,
    };
  };
  const accuracy = divide(
    right.reduce((s, n) => s + n, 0),
    total,
  );
  return [
    ...rows,
    { class: 'accuracy', precision: null, recall: null, f1: accuracy, support: total },
    average('macro avg', () => 1),
    average('weighted avg', (row) => row.support),
  ];
}

/** The rows as text, byte for byte as scikit-learn's `classification_report` prints them. */
export function renderClassification(rows: readonly ClassificationRow[], digits = 2): string {
  const width = Math.max('weighted avg'.length, digits, ...rows.map((row) => row.class.length));
  const cell = (value: number | null) => ` ${(value === null ? '' : formatFixed(value, digits)).padStart(9)}`;
  const lines = rows.map((row) => {
    const gap = row.class === 'accuracy' ? '\n' : '';
    const numbers = cell(row.precision) + cell(row.recall) + cell(row.f1);
    return `${gap}${row.class.padStart(width)} ${numbers} ${String(row.support).padStart(9)}\n`;
  });
  const heads = ['precision', 'recall', 'f1-score', 'support'].map((head) => ` ${head.padStart(9)}`).join('');
  return `${' '.repeat(width)} ${heads}\n\n${lines.join('')}`;
}

/** As Python prints: exact halves such as 0.125 go to the even neighbour, where toFixed takes the larger. */
function formatFixed(value: number, digits: number): string {
  const long = value.toFixed(digits + 40);
  const short = long.slice(0, -40);
  const half = /^50*$/.test(long.slice(-40));
  return half && /[02468]$/.test(short) ? short : value.toFixed(digits);
}

function divide(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
