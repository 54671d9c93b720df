// How a page looks: in the light, in the dark, on a phone and on paper.
import { CATEGORY_COLOURS, DARK_CATEGORY_COLOURS, INK, MUTED, PAPER, RULE } from './theme.js';

/** `--c0: …; --c1: …;` */
function variables(colours: readonly string[]): string {
  return colours.map((colour, i) => `--c${i}: ${colour};`).join(' ');
}

const DARK = `--ink: #e6edf3; --muted: #9198a1; --rule: #3d444d; --paper: #0d1117; --link: #79b8ff;
    ${variables(DARK_CATEGORY_COLOURS)}`;

const LIGHT = `--ink: ${INK}; --muted: ${MUTED}; --rule: ${RULE}; --paper: ${PAPER}; --link: #0550ae;
  ${variables(CATEGORY_COLOURS)}`;

export const PAGE_STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) { ${DARK} }
}
:root[data-theme="light"] { color-scheme: light; }
@media screen { :root[data-theme="dark"] { color-scheme: dark; ${DARK} } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 1rem 0 0.5rem; }
h2 { font-size: 1.3rem; margin: 2.2rem 0 0.6rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.8rem 0 0.4rem; }
h1, h2, h3, p, li { overflow-wrap: anywhere; }
a { color: var(--link); }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid var(--rule); border-radius: 6px; }
:focus-visible { outline: 2px solid var(--c0); outline-offset: 1px; }
figure { margin: 1.6rem 0 0.4rem; }
figure svg, figure img { display: block; width: 100%; height: auto; }
figure .drawing { position: relative; overflow-x: auto; }
figure .wide svg { min-width: 34rem; }
figure .narrow { display: none; }
figure .narrow svg { max-width: 30rem; margin: 0 auto; }
figure .spot { position: absolute; width: 16px; height: 16px; margin: -10px; border: 2px solid var(--ink); border-radius: 50%; pointer-events: none; }
figure .said { font-size: 0.85rem; min-height: 1.4em; color: var(--muted); }
.tools { display: flex; gap: 0.4rem; align-items: center; flex-wrap: wrap; }
.tools button { font: inherit; font-size: 0.8rem; color: var(--ink); background: var(--paper); border: 1px solid var(--rule); border-radius: 5px; padding: 0.1rem 0.5rem; min-height: 1.75rem; cursor: pointer; }
.behind, .note { font-size: 0.85rem; margin: 0.3rem 0; color: var(--muted); }
.behind .table { max-height: 20rem; overflow: auto; color: var(--ink); }
.behind summary { cursor: pointer; min-height: 1.5rem; }
.table { overflow-x: auto; margin: 0.8rem 0; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid var(--rule); text-align: left; white-space: nowrap; }
td { max-width: 30rem; overflow: hidden; text-overflow: ellipsis; }
th { border-bottom: 2px solid var(--rule); }
.number { text-align: right; }
@media screen and (max-width: 40rem) {
  .has-narrow .wide { display: none; }
  .has-narrow .narrow { display: block; }
}
@media print {
  :root { color-scheme: light; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  h2, h3, .behind summary { break-after: avoid; }
  figure { break-inside: avoid; }
  figure .drawing { overflow: visible; }
  figure svg { max-height: 22cm; }
  figure .wide svg { min-width: 0; }
  .table, .behind .table { overflow: visible; max-height: none; }
  table { font-size: 7.5pt; }
  th, td { padding: 0.1rem 0.35rem; white-space: normal; overflow-wrap: anywhere; min-width: 5em; }
  tr { break-inside: avoid; }
  .tools, .spot, .said, .behind:not([open]) { display: none; }
}
`;
