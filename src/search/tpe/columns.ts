// The proposals of a run at the dimensions of one group, column by column, and each column in ascending order. Rows are
// added as proposals are made; what they resulted in is not known here.
import type { Dimension } from '../dimension.js';

export interface Column {
  readonly dimension: Dimension;
  /** Between 0 and 1, the middle of the part that a position stands for; of categorical dimensions the position. */
  values: Float64Array;
  /** Positions of ordinal and categorical dimensions; coordinates of continuous ones. */
  coordinates: Float64Array;
  /** Rows by ascending value, equal ones by number; empty for categorical dimensions. */
  order: Uint32Array;
}

export class Columns {
  readonly columns: readonly Column[];
  /** Dimensions of the space. */
  readonly at: readonly number[];
  /** The proposal that each row is. */
  readonly numbers: number[] = [];

  constructor(dimensions: readonly Dimension[], at: readonly number[]) {
    this.at = at;
    this.columns = at.map((d) => ({
      dimension: dimensions[d]!,
      values: new Float64Array(64),
      coordinates: new Float64Array(64),
      order: new Uint32Array(64),
    }));
  }

  get rows(): number {
    return this.numbers.length;
  }

  clear(): void {
    this.numbers.length = 0;
  }

  /** Adds a proposal where the group exists in it: all of its dimensions exist together. */
  add(number: number, x: Float64Array): void {
    if (Number.isNaN(x[this.at[0]!]!)) return;
    const row = this.rows;
    this.columns.forEach((column, i) => {
      if (row === column.values.length) grow(column);
      const coordinate = x[this.at[i]!]!;
      const isCategorical = column.dimension.kind === 'categorical';
      const value = isCategorical ? coordinate : column.dimension.toUnit(coordinate);
      column.coordinates[row] = coordinate;
      column.values[row] = value;
      if (!isCategorical) insert(column, row, value);
    });
    this.numbers.push(number);
  }
}

function grow(column: Column): void {
  const length = 2 * column.values.length;
  const values = new Float64Array(length);
  values.set(column.values);
  const coordinates = new Float64Array(length);
  coordinates.set(column.coordinates);
  const order = new Uint32Array(length);
  order.set(column.order);
  Object.assign(column, { values, coordinates, order });
}

function insert({ order, values }: Column, row: number, value: number): void {
  let [low, high] = [0, row];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[order[middle]!]! <= value) low = middle + 1;
    else high = middle;
  }
  order.copyWithin(low + 1, low, row);
  order[low] = row;
}
