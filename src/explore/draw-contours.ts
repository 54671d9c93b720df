// Lines of equal value over the cells of a heat map, each with its value written on it.
import { type Theme, viridis } from './colour.js';
import { type Field, findContours } from './contours.js';
import { formatNumber } from './numbers.js';
import { levelsBetween } from './scale.js';
import type { Frame } from './surface.js';

export interface ContourOptions {
  readonly field: Field;
  readonly frame: Frame;
  /** About how many levels. */
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** 0 to 1 of a value, on the scale of the colours. */
  readonly placeOf: (value: number) => number;
  /** The cells have the colours: lines have the ink's. */
  readonly isOver: boolean;
  readonly theme: Theme;
}

/** Pixels between two labels. */
const APART = 34;

/** Returns how many levels have a line. */
export function drawContours(context: CanvasRenderingContext2D, options: ContourOptions): number {
  const { field, frame, count, low, high, log, placeOf, isOver, theme } = options;
  const levels = levelsBetween(low, high, count, log);
  // Between points a value changes evenly on the scale of the colours.
  const placed = { ...field, values: field.values.map(placeOf) };
  const contours = findContours(placed, levels.map(placeOf));
  const [w, h] = [frame.width / field.columns, frame.height / field.rows];
  const x = (at: number) => frame.left + (at + 0.5) * w;
  const y = (at: number) => frame.top + frame.height - (at + 0.5) * h;
  for (const { level, points } of contours) {
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      if (i === 0) context.moveTo(x(points[0]!), y(points[1]!));
      else context.lineTo(x(points[i]!), y(points[i + 1]!));
    }
    if (isOver) {
      // A halo, so that it is seen on dark cells as well as on light ones.
      context.strokeStyle = theme.paper;
      context.lineWidth = 3;
      context.stroke();
    }
    context.strokeStyle = isOver ? theme.ink : viridis(placeOf(levels[level]!));
    context.lineWidth = 1.4;
    context.stroke();
  }
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const taken: (readonly [number, number])[] = [];
  // The longest lines first: where labels would meet, theirs stay.
  for (const { level, points } of [...contours].sort((a, b) => b.points.length - a.points.length)) {
    const place = middleOf(points).map((at, i) => (i === 0 ? x(at) : y(at))) as [number, number];
    if (taken.some(([u, v]) => Math.hypot(u - place[0], (v - place[1]) * 1.6) < APART)) continue;
    taken.push(place);
    const text = formatNumber(levels[level]!, 4);
    context.strokeStyle = theme.paper;
    context.lineWidth = 3.5;
    context.strokeText(text, ...place);
    context.fillStyle = theme.ink;
    context.fillText(text, ...place);
  }
  context.lineWidth = 1;
  return new Set(contours.map(({ level }) => level)).size;
}

/** Half-way along the line. */
function middleOf(points: Float64Array): readonly [number, number] {
  let length = 0;
  for (let i = 2; i < points.length; i += 2)
    length += Math.hypot(points[i]! - points[i - 2]!, points[i + 1]! - points[i - 1]!);
  let left = length / 2;
  for (let i = 2; i < points.length; i += 2) {
    const step = Math.hypot(points[i]! - points[i - 2]!, points[i + 1]! - points[i - 1]!);
    if (step >= left && step > 0) {
      const part = left / step;
      return [
        points[i - 2]! + (points[i]! - points[i - 2]!) * part,
        points[i - 1]! + (points[i + 1]! - points[i - 1]!) * part,
      ];
    }
    left -= step;
  }
  return [points[0]!, points[1]!];
}
