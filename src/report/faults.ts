// What went wrong in a part of a report, in words for its author: the part, the reason, and the place. A part that
// fails is named in its place; the others are written. Only a damaged run folder ends the whole report.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SweeplineError } from '../ground/errors.js';

export interface ReportFault {
  /** `table "best"`, `figure "loss"`, `section 2 of the text`. */
  readonly part: string;
  readonly message: string;
  /** The report's file, where it is known, with the place in it where its own code failed: `report.ts:12:5`. */
  readonly place?: string;
}

/** `file` is the report's module. Throws what is no fault of a part. */
export function describeFault(part: string, error: unknown, file: string | undefined): ReportFault {
  if (error instanceof SweeplineError) {
    if (error.code === 'BAD_RUN_FOLDER') throw error;
    const message = error.hint === undefined ? error.message : `${error.message}\nHint: ${error.hint}`;
    return { part, message, ...placeOf(error, file) };
  }
  if (!(error instanceof Error)) return { part, message: String(error), ...placeOf(undefined, file) };
  const named = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  return { part, message: named, ...placeOf(error, file) };
}

/** One fault for the terminal: `report.ts:12:5: figure "loss": TypeError: …`. */
export function formatFault({ part, message, place }: ReportFault): string {
  return `${place === undefined ? '' : `${place}: `}${part}: ${message}`;
}

/** The report's file, with the first place of the error's stack that lies in it. */
function placeOf(error: Error | undefined, file: string | undefined): { readonly place?: string } {
  if (file === undefined) return {};
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  for (const line of error?.stack?.split('\n') ?? []) {
    const found = /((?:file:\/\/)?[^\s()]+?)(?:\?[^:]*)?:(\d+):(\d+)\)?$/.exec(line);
    if (found === null) continue;
    const [, at, row, column] = found;
    if (decodeURI(at!.replace(/^file:\/\//, '')) === path.replaceAll('\\', '/'))
      return { place: `${basename(path)}:${row}:${column}` };
  }
  return { place: basename(path) };
}

/** Markdown that stands in the part's place. */
export function renderFault({ message, place }: ReportFault, heading: string): string {
  const where = place === undefined ? '' : ` (${place})`;
  return `**${heading}**${where}\n\n\`\`\`\n${message.replaceAll('```', "'''")}\n\`\`\``;
}
