// Panels of one size in rows, under a heading and a legend: where each stands, in either form.
import { type Form, NARROW_WIDTH } from '../form.js';
import { heading } from '../layout.js';
import type { ChartLook } from '../look.js';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface PanelGrid {
  readonly width: number;
  readonly height: number;
  /** `title` and `legend` of an option. */
  readonly option: Readonly<Record<string, unknown>>;
  readonly boxes: readonly Box[];
}

const WIDTH = 960;
/** Of one panel. */
const NARROWER = 620;
const TALL = 200;
/** For the numbers and the name of an axis. */
const [LEFT, BOTTOM, RIGHT] = [62, 62, 20];
const LETTER = 7;

/** Three panels a row, and one on a phone. The legend is left out where there is one name. */
export function layOutPanels(
  look: ChartLook,
  form: Form,
  count: number,
  names: readonly string[],
): PanelGrid {
  const columns = form.isNarrow ? 1 : Math.min(3, count);
  const width = form.isNarrow ? NARROW_WIDTH : columns === 1 ? NARROWER : WIDTH;
  const { title, bottom } = heading(look, width);
  const hasLegend = names.length > 1;
  const legend = {
    left: 8,
    top: bottom,
    width: width - 24,
    itemWidth: 14,
    itemHeight: 10,
    data: [...names],
  };
  const wide = names.reduce((sum, name) => sum + 35 + LETTER * name.length, 0);
  const top = bottom + (hasLegend ? 24 * Math.ceil(wide / (width - 24)) : 0) + 8;
  const size = width / columns;
  const boxes = Array.from({ length: count }, (_, i) => ({
    left: (i % columns) * size + LEFT,
    top: top + Math.floor(i / columns) * (TALL + BOTTOM),
    width: size - LEFT - RIGHT,
    height: TALL,
  }));
  return {
    width,
    height: top + Math.ceil(count / columns) * (TALL + BOTTOM) + 4,
    option: { ...title, ...(hasLegend ? { legend } : {}) },
    boxes,
  };
}
