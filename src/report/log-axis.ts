// Ends and ticks of a log axis over little more than a decade: ECharts marks whole powers of ten only, and stretches the
// axis to them, so that a loss between 0.05 and 0.3 would be a flat line with one number beside it.
import { formatTick } from './theme.js';

/** Longer axes have powers of ten enough. */
const MOST_DECADES = 2;

/** Options of a log axis for these values; none where they span more than two decades, or none is above 0. */
export function shortLogAxis(values: readonly number[]): object {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY);
  const high = positive.reduce((most, v) => Math.max(most, v), 0);
  if (positive.length === 0 || high / low > 10 ** MOST_DECADES) return {};
  const ticks = logTicks(low, high);
  const customValues = [...ticks];
  return {
    min: ticks[0],
    max: ticks.at(-1),
    axisTick: { customValues },
    axisLabel: { customValues, formatter: (value: number) => formatTick(value) },
  };
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
