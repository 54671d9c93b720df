// Makes one figure: its file, its narrow form for a phone, and the rows behind it.
import { SweeplineError } from '../ground/errors.js';
import type { Manifest } from '../run/manifest.js';
import { readData } from './chart-data.js';
import type { Cell, ChartSpec, FigureSpec, PictureSpec, ReportContext, Rows } from './define.js';
import { type Chart, drawChart } from './echarts.js';
import { drawInForms, type Form, redraw, WIDE } from './form.js';
import type { PageStyles } from './page-styles.js';
import { nameUnits } from './units.js';

export interface Figure {
  /** What is drawn, for those who do not see it. */
  readonly about: string;
  /** SVG text, or the bytes of a PNG: what the file has. */
  readonly picture: string | Uint8Array;
  /** SVG text for a phone. */
  readonly narrow?: string;
  readonly behind?: Behind;
}

/** What a figure shows, as a table. */
export interface Behind {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Where each row stands in the picture and in its narrow form, in their pixels; absent where it has no place. */
  readonly places?: Places;
  readonly narrowPlaces?: Places;
}

type Places = readonly (readonly [x: number, y: number])[];

/** Null where the run has nothing for it. Throws BAD_DEFINITION for what is no chart and no picture. */
export async function makeFigure(
  spec: FigureSpec,
  context: ReportContext,
  styles: PageStyles,
): Promise<Figure | null> {
  return 'render' in spec ? makePicture(spec, context) : makeChart(spec, context, styles);
}

async function makePicture(spec: PictureSpec, context: ReportContext): Promise<Figure | null> {
  const given: unknown = await spec.render(context);
  const drawn = typeof given === 'function' ? (given as (form: Form) => unknown)(WIDE) : given;
  if (drawn === undefined || drawn === null) return null;
  const picture = checkPicture(drawn);
  const narrow =
    typeof given === 'function'
      ? checkPicture((given as (form: Form) => unknown)({ ...WIDE, isNarrow: true }))
      : undefined;
  const rows = await figureRows(spec, context);
  return {
    about: spec.about,
    picture,
    ...(typeof narrow === 'string' ? { narrow } : {}),
    ...(rows === undefined ? {} : { behind: tabulate(rows) }),
  };
}

function checkPicture(picture: unknown): string | Uint8Array {
  if (typeof picture === 'string' || picture instanceof Uint8Array) return picture;
  throw new SweeplineError(
    'BAD_DEFINITION',
    `render returned ${typeof picture}; expected SVG text or a PNG's bytes`,
  );
}

async function makeChart(
  spec: ChartSpec,
  context: ReportContext,
  styles: PageStyles,
): Promise<Figure | null> {
  const found = (await figureRows(spec, context))!;
  if (found.rows.length === 0) return null;
  const given = await spec.draw(found.rows, context);
  const chart = typeof given === 'function' ? drawInForms(given) : given;
  if (typeof (chart as Partial<Chart> | undefined)?.option !== 'object')
    throw new SweeplineError('BAD_DEFINITION', `draw returned no chart but ${String(chart)}`, {
      hint: 'return what lineChart, barChart, scatterChart or heatMap give, or { option, width, height }',
    });
  return finishChart(chart, spec, { manifest: context.manifest, styles, found });
}

interface Finishing {
  readonly manifest: Pick<Manifest, 'worker'>;
  readonly styles: PageStyles;
  /** What stands behind a chart that does not say what it shows. */
  readonly found?: Rows;
}

/** A chart as a figure: both its forms, with the looks of its page, and the rows behind it. */
export async function finishChart(
  chart: Chart,
  { name, about }: Pick<FigureSpec, 'name' | 'about'>,
  { manifest, styles, found = { columns: [], rows: [] } }: Finishing,
): Promise<Figure> {
  // Once for both forms: a name has one look.
  const looks = (names: readonly string[]) => styles.of(names);
  const finish = ({ width = 760, height = 440, ...rest }: Chart) =>
    nameUnits({ ...rest, width, height }, manifest.worker.metrics);
  const wide = finish(redraw(chart, { isNarrow: false, styles: looks }) ?? chart);
  const narrow = redraw(chart, { isNarrow: true, styles: looks });
  const drawing = await drawWithData(wide, name, about);
  const small =
    narrow === undefined ? undefined : await drawWithData(finish(narrow), `${name}-narrow`, about);
  return {
    about,
    picture: drawing.svg,
    ...(small === undefined ? {} : { narrow: small.svg }),
    behind: {
      ...(drawing.data === undefined ? tabulate(found) : drawing.data),
      ...(small?.data?.places === undefined ? {} : { narrowPlaces: small.data.places }),
    },
  };
}

async function drawWithData(
  chart: Chart,
  name: string,
  about: string,
): Promise<{ readonly svg: string; readonly data: Behind | undefined }> {
  const data = chart.data ?? readData(chart.option);
  const { svg, places } = await drawChart(data === undefined ? chart : { ...chart, data }, name, about);
  if (data === undefined) return { svg, data: undefined };
  return { svg, data: { columns: data.columns, rows: data.marks.map(({ cells }) => cells), places } };
}

function tabulate({ columns, rows }: Rows): Behind {
  return { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
}

/** Undefined where it names none. */
async function figureRows(
  { table, sql }: Pick<ChartSpec, 'table' | 'sql'>,
  context: ReportContext,
): Promise<Rows | undefined> {
  if (table !== undefined) return context.table(table);
  if (sql === undefined) return undefined;
  return context.query(typeof sql === 'string' ? sql : await sql(context));
}
