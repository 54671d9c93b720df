// Whether text is well-formed XML, as far as SVG needs it: tags that nest, quoted attributes, no stray `<` or `&`.

/** The first fault, or undefined. */
export function findXmlFault(text: string): string | undefined {
  const open: string[] = [];
  const token =
    /<\/([\w:]+)\s*>|<([\w:]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|<!\[CDATA\[[\s\S]*?\]\]>|[^<]+|</g;
  for (const [whole, closed, opened, , selfClosed] of text.matchAll(token)) {
    if (whole === '<') return `a stray "<" within ${open.join('/')}`;
    if (/&(?!(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(whole)) return `a stray "&" in ${whole}`;
    if (closed !== undefined && open.pop() !== closed) return `</${closed}> closes another tag`;
    if (opened !== undefined && selfClosed === '') open.push(opened);
  }
  return open.length === 0 ? undefined : `<${open.at(-1)}> is not closed`;
}
