// Ends and ticks of a log axis over little more than a decade: ECharts marks whole powers of ten only, and stretches the
// axis to them, so that a loss between 0.05 and 0.3 would be a flat line with one number beside it.
import { formatTick } from './theme.js';

/** Longer axes have powers of ten enough. */
const MOST_DECADES = 2;
/** Below this ratio of its ends a log axis is nearly linear: 1, 2 and 5 would leave most of it empty. */
const NARROW = 2.5;

/** Options of a log axis for these values; none where they span more than two decades, or none is above 0. */
export function shortLogAxis(values: readonly number[]): object {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY);
  const high = positive.reduce((most, v) => Math.max(most, v), 0);
  if (positive.length === 0 || high / low > 10 ** MOST_DECADES) return {};
  const ticks = high / low <= NARROW ? evenTicks(low, high) : logTicks(low, high);
  const customValues = [...ticks];
  return {
    min: ticks[0],
    max: ticks.at(-1),
    axisTick: { customValues },
    axisLabel: { customValues, formatter: (value: number) => formatTick(value) },
  };
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
