// The report as one Markdown text and, made from it, one self-contained HTML page: figures inlined, no network, no
// script, readable on a phone and in the dark.
import type { AnswerLine } from '../answer/words.js';
import { formatCount, plural } from '../ground/text.js';
import type { Manifest } from '../run/manifest.js';
import { renderAnswerItems } from './answer-list.js';
import type { TrialCounts } from './counts.js';
import type { RunDatabase } from './database.js';
import type { Report } from './define.js';
import { type ReportFault, renderFault } from './faults.js';
import type { Figure } from './figure.js';
import { renderFigure } from './figure-html.js';
import { renderHtml } from './markdown.js';
import { escapeMarkup } from './markup.js';
import { renderOddities } from './oddities.js';
import { PAGE_STYLE } from './page-style.js';
import type { MadeFigure, MadeParts, MadeTable } from './parts.js';
import { escapeMarkdown, markdownCode, renderMarkdownTable } from './tables.js';

export interface PageParts {
  readonly report: Report;
  readonly counts: TrialCounts;
  /** What is best, and what matters: none where nothing says what to look for. */
  readonly answer: readonly AnswerLine[];
  readonly parts: MadeParts;
  readonly database: Pick<RunDatabase, 'manifests' | 'oddities' | 'renamed'>;
  /** Paths of the figures that were drawn. */
  readonly figures: readonly { readonly name: string; readonly path: string }[];
}

const PREVIEW = 20;
const SUMMARY_ROWS = 200;

export function renderReport({ report, counts, answer, parts, database, figures }: PageParts): string {
  const { tables, text, faults } = parts;
  const paths = new Map(figures.map(({ name, path }) => [name, path]));
  const shown = parts.figures.map((made) => describeFigure(made, paths.get(made.spec.name)));
  const absent = parts.figures.filter(({ figure, fault }) => figure === null && fault === undefined);
  return [
    `# ${report.title}`,
    renderOrigin(database.manifests[0]!, report.title),
    renderCounts(counts),
    ...(answer.length === 0 ? [] : [renderAnswerItems(answer).join('\n')]),
    ...(faults.length === 0 ? [] : [summariseFaults(faults)]),
    ...text.map((section) => section.trim()),
    ...(parts.figures.length === 0 ? [] : ['## Figures']),
    ...shown.filter((figure) => figure !== undefined),
    ...(absent.length === 0
      ? []
      : [
          `Left out, since this run has no rows for them: ${absent.map(({ spec }) => spec.name).join(', ')}.`,
        ]),
    ...(tables.length === 0 ? [] : ['## Tables']),
    ...tables.map((made) =>
      renderTable(made, {
        limit: made.spec.preview ?? PREVIEW,
        path: `summary/${made.spec.name}.csv`,
        level: 3,
      }),
    ),
    ...renderOddities(database, counts.total),
  ]
    .map((part) => `${part.trimEnd()}\n`)
    .join('\n');
}

/** `summary/<name>.md`: the table by itself, its first 200 rows of so many that its CSV has. */
export function renderTablePage(made: MadeTable, total = made.rows?.rows.length): string {
  return renderTable(made, { limit: SUMMARY_ROWS, path: `${made.spec.name}.csv`, level: 1, total });
}

interface Shown {
  readonly limit: number;
  readonly path: string;
  readonly level: number;
  /** Rows that the CSV has; absent: as many as there are. */
  readonly total?: number | undefined;
}

function renderTable({ spec, rows, fault }: MadeTable, { limit, path, level, total }: Shown): string {
  const head = [`${'#'.repeat(level)} ${spec.name}`, spec.about];
  if (rows === null) return [...head, renderFault(fault!, 'This table could not be made.')].join('\n\n');
  const shown = Math.min(limit, rows.rows.length);
  const all = total ?? rows.rows.length;
  const rest = shown < all ? `The first ${formatCount(shown)} of ` : '';
  const link = `${rest}${plural(all, 'row')}: [${path}](${path})`;
  const meanings = rows.columns
    .filter((column) => spec.columns?.[column] !== undefined)
    .map((column) => `- \`${column}\`: ${spec.columns![column]}`);
  return [
    ...head,
    ...(fault === undefined ? [] : [renderFault(fault, 'The check of this table failed.')]),
    ...(meanings.length === 0 ? [] : [meanings.join('\n')]),
    ...(shown === 0 ? [] : [renderMarkdownTable(rows, limit).trimEnd()]),
    `${link}\n`,
  ].join('\n\n');
}

function describeFigure({ spec, fault }: MadeFigure, path: string | undefined): string | undefined {
  const { name, about } = spec;
  if (fault !== undefined)
    return `*${name}*: ${about}\n\n${renderFault(fault, 'This figure could not be drawn.')}`;
  return path === undefined ? undefined : `![${name}](${path})\n\n*${name}*: ${about}`;
}

function summariseFaults(faults: readonly ReportFault[]): string {
  const names = faults.map(({ part }) => part).join(', ');
  const word = faults.length === 1 ? 'part' : 'parts';
  return `**${faults.length} ${word} of this report failed: ${names}.** Each says why in its place.`;
}

/** A manifest may be somebody else's: nothing in it is markup, nor of the type it should be. */
function plain(value: unknown): string {
  return escapeMarkdown(String(value));
}

/** What the numbers come from: sweep, worker and its version, engine, data, seed, versions. No dates. */
function renderOrigin(manifest: Manifest, heading: string): string {
  const { worker, data, git } = manifest;
  const parts = [
    `sweep **${plain(manifest.sweep)}**`,
    `worker ${plain(worker.name)} version ${plain(worker.version)}`,
    ...(manifest.engine === 'none' ? [] : [`engine ${plain(manifest.engine)} (${plain(manifest.device)})`]),
    data === null
      ? 'no data set'
      : `data **${plain(data.name)}** (SHA-256 ${plain(data.sha256).slice(0, 12)}…)`,
    `sampler ${plain(manifest.sampler.name)}`,
    `seed ${plain(manifest.seed)}`,
    `Sweepline ${plain(manifest.sweepline)}${git === null ? '' : ` at ${plain(git).slice(0, 12)}`}, Node ${plain(manifest.node)}`,
    `run ${markdownCode(String(manifest.runId))}`,
  ];
  const origin = parts.join(' · ');
  // Said once.
  return manifest.title === heading ? origin : `${plain(manifest.title)}\n\n${origin}`;
}

function renderCounts({ byStatus, total, missing, failures }: TrialCounts): string {
  const parts = Object.entries(byStatus).map(([status, count]) => `${formatCount(count)} ${plain(status)}`);
  const gap = missing === undefined || missing === 0 ? '' : ` **${plural(missing, 'trial')} missing.**`;
  const heading = `${plural(total, 'trial')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.${gap}`;
  if (failures.rows.length === 0) return heading;
  return `${heading}\n\n## Trials that did not end ok\n\n${renderMarkdownTable(failures)}`;
}

/** What a page has beside its text: its one script, and what that script reads. */
export interface Extra {
  readonly html: string;
  readonly style: string;
  /** As a policy names the script: `sha256-…`. */
  readonly scriptHash: string;
}

/** `inline` gives the figure of a path, or the HTML that stands in its place. */
export function renderPage(
  title: string,
  markdown: string,
  inline: (path: string) => Figure | string | undefined,
  extra?: Extra,
): string {
  const body = renderHtml(markdown, (path, alt) => {
    const figure = inline(path);
    return figure === undefined || typeof figure === 'string' ? figure : renderFigure(figure, alt);
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(extra)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${PAGE_STYLE}${extra?.style ?? ''}</style>
</head>
<body>
<main>
${body}${extra?.html ?? ''}
</main>
</body>
</html>
`;
}

/** No network, no form, no script but the page's own: a page shows what is in it, and pictures that lie beside it. */
function policyOf(extra: Extra | undefined): string {
  const script = extra === undefined ? '' : ` script-src '${extra.scriptHash}';`;
  return `default-src 'none';${script} style-src 'unsafe-inline'; img-src data: 'self' file:; base-uri 'none'; form-action 'none'`;
}
