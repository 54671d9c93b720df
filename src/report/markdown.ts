// Markdown to HTML, as far as reports need it: headings, paragraphs, lists, pipe tables, code, emphasis, links, images.
// Raw HTML is shown as text: a report's text never becomes markup of the page by accident.
import { escapeMarkup } from './markup.js';

/** What stands in place of an image: HTML, or undefined for an ordinary <img>. */
export type InlineImage = (path: string, alt: string) => string | undefined;

export function renderHtml(markdown: string, image: InlineImage = () => undefined): string {
  const lines = markdown.replace(/\r\n?/g, '\n').split('\n');
  const out: string[] = [];
  for (let i = 0; i < lines.length; ) {
    const start = i;
    const block = BLOCKS.find((each) => each.begins(lines[start]!, lines[start + 1]));
    i++;
    if (block === undefined) continue;
    while (i < lines.length && block.continues(lines[i]!)) i++;
    out.push(block.render(lines.slice(start, i), (text) => renderInline(text, image)));
    if (block === FENCE) i++; // the closing fence
  }
  return `${out.join('\n')}\n`;
}

interface Block {
  begins(line: string, next: string | undefined): boolean;
  continues(line: string): boolean;
  render(lines: readonly string[], inline: (text: string) => string): string;
}

const HEADING: Block = {
  begins: (line) => /^#{1,6} /.test(line),
  continues: () => false,
  render: ([line], inline) => {
    const [, marks, text] = /^(#+) +(.*)$/.exec(line!)!;
    return `<h${marks!.length}>${inline(text!)}</h${marks!.length}>`;
  },
};

const FENCE: Block = {
  begins: (line) => line.startsWith('```'),
  continues: (line) => !line.startsWith('```'),
  render: (lines) => `<pre><code>${escapeMarkup(lines.slice(1).join('\n'))}</code></pre>`,
};

const TABLE: Block = {
  begins: (line, next) => line.startsWith('|') && /^\|( *:?-+:? *\|)+ *$/.test(next ?? ''),
  continues: (line) => line.startsWith('|'),
  render: (lines, inline) => {
    const [head, rule, ...body] = lines.map(splitCells);
    const right = rule!.map((cell) => cell.endsWith(':'));
    const row = (cells: readonly string[], tag: string) =>
      `<tr>${cells.map((cell, c) => `<${tag}${right[c] ? ' class="number"' : ''}>${inline(cell)}</${tag}>`).join('')}</tr>`;
    const rows = body.map((cells) => row(cells, 'td')).join('\n');
    return `<div class="table" tabindex="0" role="group" aria-label="Table"><table>\n<thead>${row(head!, 'th')}</thead>\n<tbody>\n${rows}\n</tbody></table></div>`;
  },
};

const LIST: Block = {
  begins: (line) => /^([-*]|\d+\.) /.test(line),
  continues: (line) => /^([-*]|\d+\.) |^ +\S/.test(line),
  render: (lines, inline) => {
    const items: string[] = [];
    for (const line of lines) {
      if (/^ /.test(line)) items.push(`${items.pop()} ${line.trim()}`);
      else items.push(line.replace(/^([-*]|\d+\.) +/, ''));
    }
    const tag = /^\d/.test(lines[0]!) ? 'ol' : 'ul';
    return `<${tag}>\n${items.map((item) => `<li>${inline(item)}</li>`).join('\n')}\n</${tag}>`;
  },
};

const PARAGRAPH: Block = {
  begins: (line) => line.trim() !== '',
  continues: (line) =>
    line.trim() !== '' && ![HEADING, FENCE, LIST].some((block) => block.begins(line, undefined)),
  render: (lines, inline) => {
    const html = inline(lines.join('\n'));
    return html.startsWith('<figure') ? html : `<p>${html}</p>`;
  },
};

const BLOCKS: readonly Block[] = [HEADING, FENCE, TABLE, LIST, PARAGRAPH];

function splitCells(line: string): string[] {
  const cells = `${line
    .trim()
    .slice(1)
    .replace(/(?<!\\)\|$/, '')}|`.matchAll(/((?:\\.|[^\\|])*)\|/g);
  return [...cells].map(([, cell]) => cell!.trim());
}

/** One pass over the text: what a token holds is escaped once and looked at by no later rule. */
function renderInline(text: string, image: InlineImage): string {
  const token =
    /\\([\\`*_{}[\]()#+\-.!|<>])|`([^`]+)`|!\[([^\]]*)\]\(([^)\s]+)\)|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|\*([^*\n]+)\*/g;
  let html = '';
  let at = 0;
  for (const found of text.matchAll(token)) {
    const [whole, escaped, code, alt, source, label, target, strong, emphasis] = found;
    html += escapeMarkup(text.slice(at, found.index));
    at = found.index + whole.length;
    if (escaped !== undefined) html += escapeMarkup(escaped);
    else if (code !== undefined) html += `<code>${escapeMarkup(code)}</code>`;
    else if (source !== undefined) {
      html += image(source, alt!) ?? renderImage(escapeMarkup(alt!), source);
    } else if (target !== undefined) html += renderLink(renderInline(label!, image), target);
    else if (strong !== undefined) html += `<strong>${renderInline(strong, image)}</strong>`;
    else html += `<em>${renderInline(emphasis!, image)}</em>`;
  }
  return html + escapeMarkup(text.slice(at));
}

/** Only links to the web, to a place in the page, or to a file beside it: no `javascript:`. */
function renderLink(label: string, target: string): string {
  const safe = /^(https?:|mailto:|#)/i.test(target) || isBeside(target);
  return safe ? `<a href="${escapeMarkup(target)}">${label}</a>` : label;
}

/** Pictures beside the page. A page asks the network for nothing: a picture from there is a link to it. */
function renderImage(alt: string, source: string): string {
  if (isBeside(source) || /^data:image\/(png|jpeg|gif|webp);base64,/.test(source))
    return `<img src="${escapeMarkup(source)}" alt="${alt}">`;
  return renderLink(alt === '' ? escapeMarkup(source) : alt, source);
}

/** A file by a relative path. Browsers leave out control characters and take a backslash for a slash. */
function isBeside(target: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return !/^[a-z][a-z0-9+.-]*:|^[/\\]{2}|[\x00-\x20]/i.test(target);
}
