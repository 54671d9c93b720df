/** Deletes what stands under first, first + 1, … in a map: one of many, mostly, or all of a few. */
export function deleteRange(map: Map<number, unknown>, first: number, to: number): void {
  if (to - first < map.size) for (let key = first; key < to; key++) map.delete(key);
  else for (const key of map.keys()) if (key >= first && key < to) map.delete(key);
}
