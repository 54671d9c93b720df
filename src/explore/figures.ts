// The figures of a report in its page: a pointer or the arrow keys tell the values that a figure shows, and each is saved
// as SVG or PNG. What they show stands in the page beside them; without this script the table behind a figure has it.
import { button, make, save } from './dom.js';
import { hideTip, showLines } from './tip.js';

/** Of `renderValues` in src/report/figure-html.ts. */
interface Values {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Pixels of each row in the wide and in the narrow picture: x, y, x, y, … */
  readonly wide: readonly number[];
  readonly narrow?: readonly number[];
}

/** CSS pixels from a value at which the pointer still means it. */
const NEAR = 24;
/** Pixels of a saved picture for one of the figure's. */
const DENSITY = 2;

export function startFigures(): void {
  document.body.append(createHelp());
  for (const figure of document.querySelectorAll<HTMLElement>('main > figure')) {
    const name = figure.id.replace(/^figure-/, '');
    const tools = make('div', { class: 'tools' });
    const svg = figure.querySelector<SVGSVGElement>('.wide svg');
    const offer = (kind: string, act: () => void) =>
      button(kind, act, {
        title: `Save this figure as ${kind}`,
        attributes: { 'aria-label': `Save ${name} as ${kind}` },
      });
    if (svg !== null)
      tools.append(
        offer('SVG', () => save(`${name}.svg`, new Blob([drawingOf(svg)], { type: 'image/svg+xml' }))),
        offer('PNG', () => void savePicture(svg, name)),
      );
    const values = figure.querySelector('script.values');
    figure.querySelector('.drawing')!.after(tools);
    if (values === null) continue;
    const said = make('span', { class: 'said', attributes: { 'aria-live': 'polite' } });
    tools.append(said);
    watch(figure, JSON.parse(values.textContent ?? '') as Values, said);
  }
}

interface Spot {
  readonly row: number;
  /** In the box of the drawing. */
  readonly x: number;
  readonly y: number;
}

function watch(figure: HTMLElement, values: Values, said: HTMLElement): void {
  const box = figure.querySelector<HTMLElement>('.drawing')!;
  const ring = make('div', { class: 'spot' });
  let at = -1;

  const show = (spot: Spot, told: boolean) => {
    at = spot.row;
    ring.style.left = `${spot.x}px`;
    ring.style.top = `${spot.y}px`;
    box.append(ring);
    const lines = linesOf(values, spot.row);
    const edge = box.getBoundingClientRect();
    showLines({ clientX: edge.x + spot.x - box.scrollLeft, clientY: edge.y + spot.y - box.scrollTop }, lines);
    if (told) said.textContent = lines.join(', ');
  };
  const hide = () => {
    ring.remove();
    hideTip();
  };

  box.addEventListener('pointermove', (event) => {
    const spots = spotsOf(box, values);
    const edge = box.getBoundingClientRect();
    const [x, y] = [event.clientX - edge.x + box.scrollLeft, event.clientY - edge.y + box.scrollTop];
    const found = nearest(spots, x, y);
    if (found === undefined) hide();
    else show(found, false);
  });
  box.addEventListener('pointerleave', hide);
  box.addEventListener('blur', hide);
  box.setAttribute('aria-describedby', HELP_ID);
  box.addEventListener('keydown', (event) => {
    const spots = spotsOf(box, values);
    const place = spots.findIndex(({ row }) => row === at);
    const next = {
      ArrowRight: place + 1,
      ArrowDown: place + 1,
      ArrowLeft: place < 0 ? 0 : place - 1,
      ArrowUp: place < 0 ? 0 : place - 1,
      Home: 0,
      End: spots.length - 1,
    }[event.key];
    if (event.key === 'Escape') hide();
    if (next === undefined || spots.length === 0) return;
    event.preventDefault();
    show(spots[Math.max(0, Math.min(spots.length - 1, next))]!, true);
  });
}

/** Said of a figure that has the focus. */
const HELP_ID = 'figure-keys';

function createHelp(): HTMLElement {
  const text = 'Arrow keys tell the values of a figure, one after the other.';
  return make('p', { text, attributes: { id: HELP_ID, hidden: '' } });
}

function linesOf({ columns, rows }: Values, row: number): readonly string[] {
  return columns.flatMap((column, c) => {
    const cell = rows[row]![c]!;
    return cell === '' ? [] : [`${column}: ${cell}`];
  });
}

/** Where the values stand now, in the form that is shown. */
function spotsOf(box: HTMLElement, { wide, narrow }: Values): readonly Spot[] {
  const isNarrow = box.querySelector<HTMLElement>('.narrow')?.offsetParent != null;
  const svg = box.querySelector<SVGSVGElement>(isNarrow ? '.narrow svg' : '.wide svg');
  const places = isNarrow ? narrow : wide;
  if (svg === null || places === undefined) return [];
  const [edge, outer] = [svg.getBoundingClientRect(), box.getBoundingClientRect()];
  const scale = edge.width / svg.viewBox.baseVal.width;
  const [left, top] = [edge.x - outer.x + box.scrollLeft, edge.y - outer.y + box.scrollTop];
  return Array.from({ length: places.length / 2 }, (_, row) => ({
    row,
    x: left + places[2 * row]! * scale,
    y: top + places[2 * row + 1]! * scale,
  }));
}

function nearest(spots: readonly Spot[], x: number, y: number): Spot | undefined {
  let found: Spot | undefined;
  let least = NEAR * NEAR;
  for (const spot of spots) {
    const distance = (spot.x - x) ** 2 + (spot.y - y) ** 2;
    if (distance >= least) continue;
    found = spot;
    least = distance;
  }
  return found;
}

/** SVG text that stands alone: the page's colours as they are now. */
function drawingOf(svg: SVGSVGElement): string {
  const style = getComputedStyle(document.documentElement);
  return new XMLSerializer()
    .serializeToString(svg)
    .replace(/var\((--[a-z0-9]+)\)/g, (_, name: string) => style.getPropertyValue(name).trim());
}

async function savePicture(svg: SVGSVGElement, name: string): Promise<void> {
  const { width, height } = svg.viewBox.baseVal;
  const image = new Image();
  // The page's policy lets pictures in as data only.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawingOf(svg))}`;
  await image.decode();
  const canvas = make('canvas');
  canvas.width = width * DENSITY;
  canvas.height = height * DENSITY;
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    if (blob !== null) save(`${name}.png`, blob);
  });
}
