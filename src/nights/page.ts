// night.html: the night's Markdown as a page, with the nights of each cell as a small picture.
import { renderPage } from '../report/page.js';
import type { Commits } from './commits.js';
import type { Gate } from './gate.js';
import { renderGate } from './markdown.js';
import { renderNightsSvg } from './sparkline.js';

export function renderNightPage(gate: Gate, commits: readonly Commits[]): string {
  const pictures = new Map<string, string>();
  const markdown = renderGate(gate, commits, (cell) => {
    const path = `nights/${pictures.size}.svg`;
    pictures.set(path, renderNightsSvg(cell));
    return `![](${path})`;
  });
  const { suite, night } = gate.night;
  return renderPage(`${suite}: night ${night}`, markdown, (path) => pictures.get(path));
}
