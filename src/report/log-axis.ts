// Ends and ticks of a log axis: ECharts marks whole powers of ten only, and stretches the axis to them, so that a loss
// between 0.05 and 0.3 would be a flat line with one number beside it.
import { formatTick } from './theme.js';

/** Longer axes have powers of ten enough. */
const MOST_DECADES = 2;
/** Below this ratio of its ends a log axis is nearly linear: 1, 2 and 5 would leave most of it empty. */
const NARROW = 2.5;
/** Labels that an axis has room for. */
const MOST_TICKS = 9;

export interface Ends {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Options of a log axis for these values, which ends where it is told to; none where no value is above 0. */
export function logAxis(values: readonly number[], ends: Ends = {}): object {
  const { min = 0, max = Number.POSITIVE_INFINITY } = ends;
  const shown = values.filter((value) => value > 0 && Number.isFinite(value) && value >= min && value <= max);
  const all = [...shown, ...(min > 0 ? [min] : []), ...(Number.isFinite(max) && max > 0 ? [max] : [])];
  if (all.length === 0) return {};
  const low = all.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY);
  const high = all.reduce((most, v) => Math.max(most, v), 0);
  const round = high / low <= NARROW ? evenTicks(low, high) : logTicks(low, high);
  const [first, last] = [min > 0 ? min : round[0]!, Number.isFinite(max) ? max : round.at(-1)!];
  const customValues = (high / low > 10 ** MOST_DECADES ? powersOfTen(first, last) : round).filter(
    (tick) => tick >= first && tick <= last,
  );
  return {
    min: first,
    max: last,
    axisTick: { customValues },
    axisLabel: { customValues, formatter: (value: number) => formatTick(value) },
  };
}

/** Those from `first` to `last`; of very many every second, third, … */
function powersOfTen(first: number, last: number): readonly number[] {
  const from = Math.ceil(Math.log10(first) - 1e-9);
  const to = Math.floor(Math.log10(last) + 1e-9);
  const step = Math.max(1, Math.ceil((to - from + 1) / MOST_TICKS));
  // Through text: 10 ** -5 is not 1e-5 to the last digit everywhere.
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => Number(`1e${from + i * step}`));
}

/** Multiples of a round step: all from the last at or below `low` to the first at or above `high` (at least two). */
export function evenTicks(low: number, high: number): readonly number[] {
  const rough = Math.max(high - low, low * 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough)!;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // Through text: 3 times 0.1 is not 0.3 to the last digit.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** 1, 2 and 5 times powers of ten: all from the last at or below `low` to the first at or above `high` (at least two). */
export function logTicks(low: number, high: number): readonly number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; ; power++) {
    for (const digit of [1, 2, 5]) {
      // Through text: 10 ** -2 * 5 is not 0.05 to the last digit everywhere.
      const tick = Number(`${digit}e${power}`);
      if (tick <= low) ticks.length = 0;
      ticks.push(tick);
      if (tick >= high && ticks.length > 1) return ticks;
    }
  }
}
