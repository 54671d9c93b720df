// The importance of parameters as bars with their intervals, the most important on top; of a search also what decides who
// is among the best, beside it.
import type { Importances } from '../../answer/importance.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form, NARROW_WIDTH } from '../form.js';
import { layOutChart, squeeze } from '../layout.js';
import { CATEGORY_COLOURS, INK } from '../theme.js';

/** Less important ones are in the table. */
const MOST = 20;
const ROW = 30;

export const METHODS = {
  anova: 'share of the variance',
  fanova: 'share of the variance',
  'ped-anova': 'decides who is in the top tenth',
} as const;

export function importanceChart(found: Importances): Chart {
  return drawInForms((form) => draw(found, form));
}

function draw(found: Importances, form: Form): Chart {
  const { parameters, deciding } = found;
  const { metric } = parameters[0]!;
  const shown = parameters.slice(0, MOST).map(({ parameter }) => parameter);
  const lists = [parameters, deciding].filter(({ length }) => length > 0);
  const names = lists.map((list) => METHODS[list[0]!.method]);
  const places = new Map(shown.map((name, i) => [name, shown.length - 1 - i]));
  const layout = layOutChart(
    {
      title: `Importance of parameters for ${metric}`,
      subtitle: `${describeSource(found)}${parameters.length > MOST ? `; the first ${MOST} of ${parameters.length} parameters` : ''}`,
      height: 130 + shown.length * ROW * (lists.length > 1 ? 1.5 : 1),
    },
    form,
    { names, title: '', symbolWidth: 14 },
  );
  const labels = shown.toReversed().map((name) => squeeze(name));
  const left = Math.min(
    form.isNarrow ? NARROW_WIDTH * 0.42 : 300,
    24 + 7 * Math.max(...labels.map((label) => label.length)),
  );
  const { grid } = layout.option as { readonly grid: object };
  return {
    ...layout,
    data: {
      columns: ['parameter', 'importance', 'low', 'high', 'method'],
      marks: lists.flatMap((list) =>
        list.slice(0, list === parameters ? MOST : list.length).flatMap((each) => {
          const at = places.get(each.parameter);
          const { parameter, importance, low, high, method } = each;
          return at === undefined
            ? []
            : [
                {
                  cells: [parameter, importance, low, high, method],
                  axes: 0,
                  point: [importance, at] as const,
                },
              ];
        }),
      ),
    },
    option: {
      ...layout.option,
      grid: { ...grid, left },
      xAxis: {
        type: 'value',
        min: 0,
        splitNumber: form.isNarrow ? 3 : 5,
        axisLabel: {
          formatter: (value: number) => `${Number((value * 100).toPrecision(6))} %`,
          hideOverlap: true,
        },
        name: lists.length > 1 ? 'share' : METHODS[parameters[0]!.method],
        nameLocation: 'middle',
        nameGap: 32,
      },
      yAxis: {
        type: 'category',
        data: labels,
        axisTick: { show: false },
        axisLabel: { width: left - 12, overflow: 'truncate' },
      },
      series: lists.flatMap((list, i) =>
        barsOf(list, {
          name: names[i]!,
          colour: CATEGORY_COLOURS[i]!,
          places,
          index: i,
          count: lists.length,
        }),
      ),
    },
  };
}

/** By which methods, and of which configurations. */
function describeSource({ parameters, deciding, configurations, sampled, pruned }: Importances): string {
  const methods = [parameters, deciding].flatMap((list) => list.slice(0, 1).map(({ method }) => method));
  const from = sampled < configurations ? `a sample of ${sampled} of ${configurations}` : `${configurations}`;
  if (pruned === 0) return `${methods.join(' and ')}, of ${from} configurations`;
  const all = `${pruned} pruned ones`;
  return `${methods[0]}, of ${from} configurations that were not pruned, no fair sample of all${
    deciding.length > 0 ? `; ${methods[1]}, of these and ${all}` : `: ${all} are left out`
  }`;
}

interface Bars {
  readonly name: string;
  readonly colour: string;
  /** From the bottom. */
  readonly places: ReadonlyMap<string, number>;
  readonly index: number;
  readonly count: number;
}

function barsOf(list: Importances['parameters'], { name, colour, places, index, count }: Bars): object[] {
  const rows = Array.from({ length: places.size }, (_, at) =>
    list.find(({ parameter }) => places.get(parameter) === at),
  );
  const bars = {
    type: 'bar',
    name,
    color: colour,
    data: rows.map((row) => row?.importance ?? null),
    barMaxWidth: 18,
    barGap: '12%',
  };
  const ends = rows.flatMap((row, at) =>
    row?.low == null || row.high === null ? [] : [[row.low, at, row.high]],
  );
  return ends.length === 0 ? [bars] : [bars, whiskers(ends, index, count)];
}

/** `data` is [low, category, high]. */
function whiskers(data: readonly (readonly number[])[], index: number, count: number): object {
  return {
    type: 'custom',
    silent: true,
    z: 3,
    data,
    encode: { x: [0, 2], y: 1 },
    renderItem: (
      _: unknown,
      api: {
        value(dimension: number): number;
        coord(point: readonly number[]): [number, number];
        barLayout(layout: object): { offsetCenter: number }[];
      },
    ) => {
      const { offsetCenter } = api.barLayout({ count, barMaxWidth: 18, barGap: '12%' })[index]!;
      const [low, middle] = api.coord([api.value(0), api.value(1)]);
      const [high] = api.coord([api.value(2), api.value(1)]);
      const y = middle + offsetCenter;
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: INK, lineWidth: 1.5 },
      });
      const children = [line(low, y, high, y), line(low, y - 4, low, y + 4), line(high, y - 4, high, y + 4)];
      return { type: 'group', children };
    },
  };
}
