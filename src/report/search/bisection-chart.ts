// How the bisection of one configuration went: each value that it asked, what was answered, and where the threshold was
// known to lie after that.
import { formatCount } from '../../ground/text.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form } from '../form.js';
import { layOutChart } from '../layout.js';
import { scaleAxis } from '../look.js';
import { bandSeries } from '../shapes.js';
import { CATEGORY_COLOURS, INK } from '../theme.js';
import {
  type Answer,
  type Bisected,
  findThreshold,
  finiteCell,
  type Search,
  showOuter,
  within,
} from './bisection.js';
import { dotsSeries, LOOKS, type MarkLook, withLooks } from './marks.js';

const KINDS = [
  { name: 'true', value: true, look: LOOKS.ok },
  { name: 'false', value: false, look: { ...LOOKS.infeasible, colour: CATEGORY_COLOURS[1] } },
  { name: 'no answer', value: null, look: LOOKS.failed },
] as const satisfies readonly { name: string; value: Answer['value']; look: MarkLook }[];

/** The one of which the least is known, and of equal ones the first. */
export function chooseSearch({ searches, spec }: Bisected): number {
  const widthOf = ({ threshold, low, high }: Search) =>
    Number.isFinite(threshold) ? within(high, spec) - within(low, spec) : -1;
  return searches.reduce((best, each, row) => (widthOf(each) > widthOf(searches[best]!) ? row : best), 0);
}

export function bisectionChart(run: Bisected): Chart {
  const chosen = chooseSearch(run);
  return drawInForms((form) => draw(run, chosen, form));
}

function draw(run: Bisected, chosen: number, form: Form): Chart {
  const { spec, isNoisy, axes, searches } = run;
  const { answers } = searches[chosen]!;
  const steps = answers.map((answer, i) => {
    const { threshold, low, high } = findThreshold(spec, answers.slice(0, i + 1));
    return { ...answer, threshold, low, high };
  });
  const interval = isNoisy ? '95 % interval' : 'bracket';
  const middle = isNoisy ? 'median' : 'middle';
  const kinds = KINDS.filter(({ value }) => answers.some((answer) => answer.value === value));
  const names = [middle, ...kinds.map(({ name }) => name)];
  const which = axes.map((axis) => `${axis.name}=${showOuter(axis, chosen)}`).join(' ');
  const look = {
    title: `How ${spec.axis} was searched${which === '' ? '' : ` at ${which}`}`,
    subtitle: `values asked, and what ${spec.metric} was; the ${interval} of the threshold after each as a band${
      searches.length > 1
        ? `; ${isNoisy ? 'the least certain' : 'one'} of ${formatCount(searches.length)} searches`
        : ''
    }`,
  };
  const layout = layOutChart(look, form, { names, title: spec.metric, symbolWidth: 16 });
  const drawn = steps.flatMap(({ threshold, low, high }, i) =>
    Number.isNaN(threshold) || (!isNoisy && !Number.isFinite(threshold)) // before both ends are known
      ? []
      : [{ x: i + 1, low: within(low, spec), high: within(high, spec), middle: within(threshold, spec) }],
  );
  const style = { colour: CATEGORY_COLOURS[0], dash: 'solid', symbol: 'circle' } as const;
  return {
    ...layout,
    data: {
      columns: ['trial', spec.axis, spec.metric, middle, 'lower', 'upper'],
      marks: steps.map(({ trial, at, value, threshold, low, high }, i) => ({
        cells: [trial, at, value, ...[threshold, low, high].map(finiteCell)],
        axes: 0,
        point: [i + 1, within(at, spec)] as const,
      })),
    },
    option: {
      ...withLooks(layout.option, new Map<string, MarkLook>(KINDS.map((kind) => [kind.name, kind.look]))),
      xAxis: {
        ...scaleAxis('linear', 'x', 'answer'),
        min: 1,
        max: Math.max(2, steps.length),
        minInterval: 1,
      },
      yAxis: { ...scaleAxis('linear', 'y', spec.axis), min: spec.from, max: spec.to },
      series: [
        bandSeries(drawn, { x: 'x', low: 'low', high: 'high' }, style),
        {
          ...{ type: 'line', name: middle, data: drawn.map(({ x, middle: y }) => [x, y]) },
          ...{ symbol: 'none', color: INK, lineStyle: { width: 1.6 }, z: 3 },
        },
        ...kinds.map(({ name, value, look: mark }) =>
          dotsSeries({
            name,
            points: answers.flatMap((answer, i) =>
              answer.value === value ? [[i + 1, within(answer.at, spec)] as const] : [],
            ),
            look: mark,
            radius: 3.2,
          }),
        ),
      ],
    },
  };
}
