// Colours that stand for numbers, on the whole page: figures and views take the same scale.

/** Viridis (Smith and van der Walt 2015) at nine points: even in lightness, and readable for colour-blind people. */
export const VIRIDIS = [
  '#440154',
  '#472d7b',
  '#3b528b',
  '#2c728e',
  '#21918c',
  '#28ae80',
  '#5ec962',
  '#addc30',
  '#fde725',
] as const;
