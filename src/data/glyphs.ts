// Stroke models of the ten digits, several ways of writing each, in a box of width and height about 1 (y down). Drawn
// for this project from how people write; no image of any data set went into them.

export interface Glyph {
  /** How often this way of writing is met, against the others of its digit. */
  readonly weight: number;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Smooth curves through the points of these numbers; where two strokes share an end there is a corner. */
  readonly strokes: readonly (readonly number[])[];
}

export const GLYPHS: readonly (readonly Glyph[])[] = [
  [
    writeGlyph(3, '55,0 25,12 8,50 22,88 50,100 80,85 93,48 78,12', '0-1-2-3-4-5-6-7-0'),
    writeGlyph(2, '68,6 40,2 12,32 10,70 38,100 75,82 88,40 66,10 45,8', '0-1-2-3-4-5-6-7-8'),
  ],
  [
    writeGlyph(6, '52,0 50,33 50,67 48,100', '0-1-2-3'),
    writeGlyph(2, '32,20 52,0 51,50 50,100', '0-1 1-2-3'),
    writeGlyph(1, '30,22 52,0 51,50 50,98 22,100 80,97', '0-1 1-2-3 4-3-5'),
  ],
  [
    writeGlyph(3, '12,25 30,4 62,2 78,24 62,55 36,80 8,100 50,97 92,95', '0-1-2-3-4-5-6 6-7-8'),
    writeGlyph(3, '15,20 35,2 68,8 74,32 55,62 28,90 10,96 8,82 28,78 58,92 95,90', '0-1-2-3-4-5-6-7-8-9-10'),
  ],
  [
    writeGlyph(4, '14,14 42,0 74,16 62,38 36,46 68,54 82,74 52,98 10,90', '0-1-2-3-4 4-5-6-7-8'),
    writeGlyph(1, '14,4 46,3 78,2 42,40 72,50 82,74 50,99 12,90', '0-1-2 2-3 3-4-5-6-7'),
  ],
  [
    writeGlyph(3, '20,2 12,30 16,52 50,54 86,46 76,2 72,50 66,100', '0-1-2-3-4 5-6-7'),
    writeGlyph(2, '20,0 8,52 50,52 94,50 70,10 68,50 66,100', '0-1 1-2-3 4-5-6'),
    writeGlyph(2, '64,0 36,32 8,62 50,62 92,60 63,50 60,100', '0-1-2 2-3-4 0-5-6'),
  ],
  [
    writeGlyph(3, '86,2 54,3 26,5 22,22 20,42 50,37 80,56 68,88 40,99 10,90', '0-1-2 2-3-4 4-5-6-7-8-9'),
    writeGlyph(2, '84,0 44,6 26,30 52,46 74,64 66,90 40,100 10,92', '0-1-2-3-4-5-6-7'),
  ],
  [
    writeGlyph(3, '68,0 36,22 16,60 26,94 58,98 76,74 58,54 32,62 20,80', '0-1-2-3-4-5-6-7-8'),
    writeGlyph(2, '42,0 26,30 18,64 26,94 52,98 74,80 66,60 42,60 24,84', '0-1-2-3-4-5-6-7-8'),
  ],
  [
    writeGlyph(4, '10,8 45,5 82,3 58,46 42,100', '0-1-2 2-3-4'),
    writeGlyph(1, '10,8 45,5 82,3 58,46 42,100 28,52 84,47', '0-1-2 2-3-4 5-6'),
    writeGlyph(2, '10,26 14,6 46,7 80,4 76,30 60,64 52,100', '0-1 1-2-3 3-4-5-6'),
  ],
  [
    writeGlyph(4, '76,12 48,0 20,16 36,40 66,60 76,84 46,100 18,84 34,58 66,36', '0-1-2-3-4-5-6-7-8-9-0'),
    writeGlyph(1, '50,46 24,26 46,0 74,22 20,66 28,94 64,97 80,72', '0-1-2-3-0 0-4-5-6-7-0'),
  ],
  [
    writeGlyph(3, '76,16 50,0 20,20 30,44 60,42 76,16 72,55 62,100', '0-1-2-3-4-5 5-6-7'),
    writeGlyph(2, '74,20 50,1 20,20 32,46 62,40 74,20 74,60 56,96 20,94', '0-1-2-3-4-5 5-6-7-8'),
  ],
];

/** A glyph from its points in hundredths (`x,y x,y …`) and its strokes as numbers of points (`0-1-2 2-3`). */
function writeGlyph(weight: number, points: string, strokes: string): Glyph {
  const pairs = points
    .split(' ')
    .map((pair) => pair.split(',').map((text) => Number(text) / 100) as [number, number]);
  return {
    weight,
    points: pairs,
    strokes: strokes.split(' ').map((stroke) => stroke.split('-').map(Number)),
  };
}
