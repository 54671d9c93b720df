// The trajectories of question 1 of the escape study: computed again from a row's parameters, and drawn.
import type { Chart, ReportContext, Row, seriesStyle } from 'sweepline';
import { type EscapeOptimizer, globalMinimum, heightAt, trajectory } from 'sweepline/study';

/** What else trajectories depend on, where it does not vary (what varies is a column of escape-thresholds). */
export const CONSTANTS = 'SELECT momentum, decay, slope_down, slope_up FROM trials LIMIT 1';

/** θ_0, θ_1, … on a bump without end. An optimiser without β's does not look at them. */
export function trajectoryOf(row: Row): number[] {
  const thetas = trajectory({
    optimizer: row.optimizer as EscapeOptimizer,
    alpha: Number(row.alpha),
    beta1: Number(row.beta1 ?? 0.9),
    beta2: Number(row.beta2 ?? 0.999),
    eps: Number(row.eps),
    momentum: Number(row.momentum),
    decay: Number(row.decay),
    steps: Number(row.steps),
    slopeDown: Number(row.slope_down),
    slopeUp: Number(row.slope_up),
  });
  return Array.from(thetas);
}

export async function drawTrajectories(found: readonly Row[], { query }: ReportContext) {
  const constants = (await query(CONSTANTS)).rows[0]!;
  const rows = found.map((row) => ({ ...constants, ...row }));
  const slopeUp = Number(rows[0]!.slope_up);
  const climbs = rows.map((row) => ({ optimizer: String(row.optimizer), thetas: trajectoryOf(row) }));
  const thresholds = found.map((row) => Number(row.threshold));
  const h = Number(((Math.min(...thresholds) + Math.max(...thresholds)) / 2).toPrecision(2));
  const landscape = { h, slopeDown: Number(rows[0]!.slope_down), slopeUp };
  const top = 1 + h / slopeUp;
  const walks = climbs.map(({ optimizer, thetas }) => {
    const passed = thetas.findIndex((theta) => theta > top);
    const end = passed < 0 ? 'stuck' : `out at step ${passed}`;
    return {
      optimizer,
      name: `${optimizer}: ${end}`,
      walked: passed < 0 ? thetas : thetas.slice(0, passed + 1),
    };
  });
  return (form: ChartForm) => drawWalks({ walks, landscape, top, steps: Number(rows[0]!.steps) }, form);
}

/** How the page calls for a chart: wide or for a phone, and the looks that its names have. */
interface ChartForm {
  readonly isNarrow: boolean;
  styles(names: readonly string[]): readonly ReturnType<typeof seriesStyle>[];
}

interface Walks {
  readonly walks: readonly {
    readonly optimizer: string;
    readonly name: string;
    readonly walked: readonly number[];
  }[];
  readonly landscape: Parameters<typeof heightAt>[1];
  readonly top: number;
  readonly steps: number;
}

/** Two drawings: θ after each step, and its place on the landscape; side by side, or one under the other. */
function drawWalks({ walks, landscape, top, steps }: Walks, { isNarrow, styles }: ChartForm): Chart {
  const kinks = [0, 1, top, globalMinimum(landscape), globalMinimum(landscape) + 0.3];
  const looks = styles(walks.map(({ optimizer }) => optimizer));
  const series = walks.flatMap(({ name, walked }, i) => {
    const style = looks[i]!;
    // The first steps are the same: the symbols of the one stand around those of the other.
    const look = { name, color: style.colour, symbol: style.symbol, symbolSize: i === 0 ? 12 : 6 };
    return [
      {
        ...look,
        type: 'line' as const,
        lineStyle: { width: 2, type: style.dash },
        data: walked.map((theta, t) => [t, theta]),
      },
      {
        ...look,
        type: 'scatter' as const,
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: walked.map((theta) => [theta, heightAt(theta, landscape)]),
      },
    ];
  });
  const quiet = { color: '#59636e', width: 2 };
  const title = `Which optimiser escapes a barrier of height ${landscape.h} at α = 0.3?`;
  return {
    ...(isNarrow ? { width: 360, height: 690 } : { width: 960, height: 420 }),
    option: {
      title: { text: isNarrow ? title.replace(' of height', '\nof height') : title, left: 12, top: 8 },
      legend: {
        itemGap: 18,
        ...(isNarrow ? { top: 52, left: 8 } : { top: 10, right: 16 }),
        data: walks.map(({ name }) => name),
      },
      grid: isNarrow
        ? [
            { left: 58, right: 78, top: 92, height: 230 },
            { left: 58, right: 18, top: 396, height: 230 },
          ]
        : [
            { left: 64, width: 360, top: 64, bottom: 56 },
            { left: 588, right: 28, top: 64, bottom: 56 },
          ],
      xAxis: [
        { ...alongAxis('step', 30), max: steps, splitLine: { show: false } },
        { ...alongAxis('θ', 30), gridIndex: 1, splitLine: { show: false } },
      ],
      yAxis: [alongAxis('θ', 40), { ...alongAxis('f(θ)', 40), gridIndex: 1 }],
      series: [
        {
          type: 'line',
          xAxisIndex: 1,
          yAxisIndex: 1,
          symbol: 'none',
          silent: true,
          lineStyle: quiet,
          data: kinks.map((theta) => [theta, heightAt(theta, landscape)]),
        },
        ...series,
        {
          type: 'line',
          data: [],
          silent: true,
          markLine: {
            symbol: 'none',
            lineStyle: { ...quiet, type: 'dotted', width: 1.5 },
            data: [
              { yAxis: 1, label: { formatter: 'local\nminimum', position: 'end' } },
              { yAxis: top, label: { formatter: 'top of the\nbarrier', position: 'end' } },
            ],
          },
        },
      ],
    },
  };
}

const alongAxis = (name: string, nameGap: number) =>
  ({ type: 'value', name, nameGap, nameLocation: 'middle' }) as const;
