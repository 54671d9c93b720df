// The nights of one metric as a small picture: those before as a line, tonight as a mark whose form and colour say the
// verdict, and behind them the band in which tonight was to be expected. Its colours are those of the page.
import { plural } from '../ground/text.js';
import { escapeMarkup } from '../report/markup.js';
import { formatValue } from './words.js';

export interface Drawn {
  /** Means of the nights before, oldest first. */
  readonly past: readonly number[];
  readonly tonight: { readonly mean: number } | null;
  readonly expected: { readonly low: number; readonly high: number } | null;
  readonly verdict: string;
}

/** Nights before that are drawn, or shown as blocks. */
export const SHOWN_NIGHTS = 30;

const WIDTH = 150;
const HEIGHT = 34;
/** Room for the mark. */
const EDGE = 6;

export function renderNightsSvg(drawn: Drawn): string {
  const { tonight, expected, verdict } = drawn;
  const past = drawn.past.slice(-SHOWN_NIGHTS);
  const values = [...past, ...(tonight === null ? [] : [tonight.mean])];
  if (values.length === 0) return '';
  const all = [...values, ...(expected === null ? [] : [expected.low, expected.high])];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const x = (i: number) => round(EDGE + (past.length === 0 ? 0.5 : i / past.length) * (WIDTH - 2 * EDGE));
  const y = (value: number) =>
    round(
      most > least ? HEIGHT - EDGE - ((value - least) / (most - least)) * (HEIGHT - 2 * EDGE) : HEIGHT / 2,
    );
  const label = escapeMarkup(describe({ ...drawn, past }));
  const points = past.map((value, i) => `${x(i)},${y(value)}`);
  return [
    `<svg role="img" aria-label="${label}" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<title>${label}</title>`,
    ...(expected === null ? [] : [renderBand(y(expected.high), y(expected.low))]),
    `<polyline points="${points.join(' ')}" fill="none" stroke="var(--muted)" stroke-width="1.5"/>`,
    // A line of one point is none.
    ...(past.length === 1 ? [`<circle cx="${x(0)}" cy="${y(past[0]!)}" r="1.5" fill="var(--muted)"/>`] : []),
    ...(tonight === null ? [] : [renderMark(verdict, x(past.length), y(tonight.mean))]),
    '</svg>',
  ].join('');
}

function renderBand(top: number, bottom: number): string {
  const height = Math.max(2, round(bottom - top));
  return `<rect class="band" x="0" y="${round((top + bottom - height) / 2)}" width="${WIDTH}" height="${height}" fill="var(--rule)"/>`;
}

/** Forms differ as colours do: a cross is worse, a disc better, a square moved, a ring anything else. */
function renderMark(verdict: string, x: number, y: number): string {
  const r = 4;
  switch (verdict) {
    case 'worse':
      return `<path d="M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}" fill="none" stroke="var(--c4)" stroke-width="2.5"/>`;
    case 'better':
      return `<circle cx="${x}" cy="${y}" r="${r}" fill="var(--c2)"/>`;
    case 'moved':
      return `<rect x="${x - r}" y="${y - r}" width="${2 * r}" height="${2 * r}" fill="var(--c0)"/>`;
    default:
      return `<circle cx="${x}" cy="${y}" r="${r - 1}" fill="var(--paper)" stroke="var(--ink)" stroke-width="1.5"/>`;
  }
}

/** `12 nights before: 0.5 to 0.61, last 0.58; expected 0.55 to 0.6; tonight 0.72, worse` */
function describe({ past, tonight, expected, verdict }: Drawn): string {
  const [least, most] = [Math.min(...past), Math.max(...past)].map(formatValue);
  return [
    ...(past.length === 0
      ? []
      : [
          `${plural(past.length, 'night')} before: ${least === most ? least : `${least} to ${most}`}, last ${formatValue(past.at(-1)!)}`,
        ]),
    ...(expected === null ? [] : [`expected ${formatValue(expected.low)} to ${formatValue(expected.high)}`]),
    tonight === null ? `no value tonight, ${verdict}` : `tonight ${formatValue(tonight.mean)}, ${verdict}`,
  ].join('; ');
}

const round = (value: number): number => Number(value.toFixed(1));
