// Pictures in panels: well-formed, complete, and readable without their colours.
import { describe, expect, it } from 'vitest';
import { renderSheet } from '../../src/data/png.js';
import { renderConfusions, renderImageRows, renderPointMaps } from '../../src/report/panels.js';
import { findXmlFault } from './xml.js';

const look = { name: 'picture', title: 'A & B', subtitle: '<here>', about: 'about "it"' };

describe('renderPointMaps', () => {
  const plane = Float64Array.of(0, 0, 10, 0, 10, 5);

  it('draws each point as its class, within its panel, to one scale, y upwards', () => {
    const svg = renderPointMaps([{ title: 'one', plane, labels: [7, 0, 7] }], look);
    expect(findXmlFault(svg)).toBeUndefined();
    const marks = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)">(\d)<\/text>/g)].map((m) =>
      m.slice(1).map(Number),
    );
    expect(marks).toEqual([
      [288, 219, 0],
      [12, 219, 7],
      [288, 81, 7],
    ]);
  });

  it('says so where all points coincide', () => {
    const svg = renderPointMaps([{ title: 'dead', plane: new Float64Array(6), labels: [1, 2, 3] }], look);
    expect(svg).toContain('all points coincide');
    expect(svg).not.toContain('NaN');
  });

  it('gives ten classes ten colours', () => {
    const labels = Array.from({ length: 10 }, (_, i) => i);
    const svg = renderPointMaps(
      [{ title: 'all', plane: Float64Array.from({ length: 20 }, (_, i) => i), labels }],
      look,
    );
    expect(new Set([...svg.matchAll(/<g fill="(#\w+)"/g)].map((m) => m[1])).size).toBe(10);
  });
});

describe('renderConfusions', () => {
  it('writes the percent of its row into each cell, and nothing into empty ones', () => {
    const counts = [
      [3, 1],
      [0, 0],
    ];
    const svg = renderConfusions([{ title: 'one', counts }], look);
    expect(findXmlFault(svg)).toBeUndefined();
    expect(svg).not.toContain('NaN');
    const texts = [...svg.matchAll(/font-size="10"[^>]*>([^<]*)</g)].map((m) => m[1]);
    expect(texts).toEqual(['75', '25']);
  });
});

describe('renderImageRows', () => {
  it('shows the part of a picture that is asked for', () => {
    const png = renderSheet(new Uint8Array(4 * 784), { rows: 28, columns: 28, perRow: 2 });
    const svg = renderImageRows(
      [
        { label: 'original', png, part: [0, 0.5] },
        { label: 'decoded <1>', note: 'L1 & more', png, part: [0.5, 1] },
      ],
      look,
    );
    expect(findXmlFault(svg)).toBeUndefined();
    // Two images of 56 pixels side by side and a gap of 4: 116 × 116.
    expect([...svg.matchAll(/viewBox="(0 \d+\.\d+ [^"]*)"/g)].map((m) => m[1])).toEqual([
      '0 0.00 116 58.00',
      '0 58.00 116 58.00',
    ]);
    expect(svg.split(Buffer.from(png).toString('base64'))).toHaveLength(3);
  });

  it('draws all rows as wide as is asked for', () => {
    const png = renderSheet(new Uint8Array(2 * 784), { rows: 28, columns: 28, perRow: 2 });
    const svg = renderImageRows([{ label: 'original', png }], { ...look, wide: 232 });
    // 116 × 56 pixels, twice as large.
    expect(svg).toContain('width="232" height="112.0" viewBox="0 0.00 116 56.00"');
    expect(svg).toMatch(/^<svg [^>]*width="438"/);
  });
});
