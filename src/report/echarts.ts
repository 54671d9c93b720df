// Draws a chart as SVG text without a browser. Equal options give equal bytes: no animation, no counters in ids, no
// script. ECharts is loaded when the first chart is drawn, from its bundle (50 ms; its 600 single files take 350).
import type { ChartData, Mark } from './chart-data.js';
import { escapeMarkup, ODD } from './markup.js';
import { FONT, INK, MUTED, PAPER, RULE } from './theme.js';

/** An ECharts option with the size it is made for, in CSS pixels. ECharts' own types do not compile in a strict project. */
export interface Chart {
  readonly option: Readonly<Record<string, unknown>>;
  readonly width: number;
  readonly height: number;
  /** What it shows, as rows; of an option made by hand they are read out of its lines and points. */
  readonly data?: ChartData;
}

/** A chart as SVG text, and where in it its values stand. */
export interface Drawing {
  readonly svg: string;
  /** Pixels of each row of the chart's data, to the right and down. */
  readonly places: readonly (readonly [x: number, y: number])[];
}

/** The theme mends ECharts' defaults: axis lines stay at the edge, no minor ticks, quiet grid lines. */
const THEME = {
  backgroundColor: PAPER,
  textStyle: { fontFamily: FONT, color: INK },
  title: {
    textStyle: { color: INK, fontSize: 15, fontWeight: 600 },
    subtextStyle: { color: MUTED, fontSize: 12 },
  },
  legend: { textStyle: { color: INK } },
  categoryAxis: axisTheme(false),
  valueAxis: axisTheme(true),
  logAxis: axisTheme(true),
};

function axisTheme(splitLine: boolean): object {
  return {
    axisLine: { show: true, onZero: false, lineStyle: { color: MUTED } },
    axisTick: { show: true, lineStyle: { color: MUTED } },
    minorTick: { show: false },
    minorSplitLine: { show: false },
    axisLabel: { color: INK, fontSize: 12 },
    nameTextStyle: { color: INK, fontSize: 13 },
    splitLine: { show: splitLine, lineStyle: { color: RULE } },
  };
}

/** SVG text of a chart; `name` makes its ids its own (several stand in one page), `about` is read out to the blind. */
export async function renderChart(chart: Chart, name: string, about: string): Promise<string> {
  return (await drawChart(chart, name, about)).svg;
}

/** The same, and where the rows of its data stand. */
export async function drawChart(chart: Chart, name: string, about: string): Promise<Drawing> {
  const { init } = await loadECharts();
  const { width, height, data } = chart;
  const drawing = init(null, THEME, { renderer: 'svg', ssr: true, width, height });
  try {
    drawing.setOption({ animation: false, ...chart.option });
    const svg = cleanSvg(drawing.renderToSVGString(), name, about);
    return { svg, places: (data?.marks ?? []).map((mark) => placeOf(mark, drawing as unknown as Placing)) };
  } finally {
    drawing.dispose();
  }
}

/** What is asked of ECharts that its types leave out. */
interface Placing {
  convertToPixel(finder: object, point: readonly number[]): readonly [number, number];
  getModel(): {
    getSeriesByIndex(index: number): {
      getData(): { getItemLayout(item: number): { x: number; y: number; width: number; height: number } };
    };
  };
}

function placeOf({ axes, point, bar }: Mark, drawing: Placing): readonly [number, number] {
  if (bar === undefined) return drawing.convertToPixel({ xAxisIndex: axes, yAxisIndex: axes }, point);
  const [series, item] = bar;
  const { x, y, width, height } = drawing.getModel().getSeriesByIndex(series).getData().getItemLayout(item);
  // From the axis to the value, which is upwards.
  return [x + width / 2, y + height];
}

type ECharts = Pick<typeof import('echarts'), 'init'>;
let loaded: Promise<ECharts> | undefined;

function loadECharts(): Promise<ECharts> {
  // The bundle has no types of its own: it exports what 'echarts' does.
  const bundle: string = 'echarts/dist/echarts.esm.min.mjs';
  loaded ??= import(bundle) as Promise<ECharts>;
  return loaded;
}

/** Leaves out what only a script in the page would use, and renames `zr7-c0` (7 drawings before) to `<name>-c0`. */
function cleanSvg(svg: string, name: string, about: string): string {
  return (
    svg
      .replace(/<style\s*><!\[CDATA\[[\s\S]*?\]\]>\s*<\/style>\n?/g, '')
      .replace(/ class="zr\d+-cls-\d+"/g, '')
      .replace(/ ecmeta_\w+="[^"]*"/g, '')
      .replace(/ pointer-events="visible"/g, '')
      .replace(/\bzr\d+-/g, `${name}-`)
      .replace(/<defs\s*>\s*<\/defs>\n?/g, '')
      .replace(/#fff\b/g, PAPER)
      .replaceAll('"rgb(255,255,255)"', `"${PAPER}"`)
      // Labels of mark lines come in ECharts' own dark grey, which a dark page would swallow.
      .replace(/(<text [^>]*fill=")#(?:333|000)"/g, `$1${INK}"`)
      .replaceAll(`font-family:${FONT};`, '')
      .replace(/<svg /, `<svg role="img" aria-label="${escapeMarkup(about)}" font-family="${FONT}" `)
      .replaceAll(ODD, '\ufffd')
      .replace(/\s*$/, '\n')
  );
}
