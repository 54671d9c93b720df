// Text inside HTML and SVG.

/** Characters that no XML file may hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const ODD = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g;

/** For element content and for attributes in double or single quotes. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll(ODD, '\ufffd');
}
