// What went wrong in a part of a report, in words for its author: the part, the reason, and the place. A part that
// fails is named in its place; the others are written. Only a damaged run folder ends the whole report.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SweeplineError } from '../ground/errors.js';

export interface ReportFault {
  /** `table "best"`, `figure "loss"`, `section 2 of the text`. */
  readonly part: string;
  readonly message: string;
  /** `report.ts:12:5`, where the report's own code failed and that is known. */
  readonly place?: string;
}

/** `file` is the report's module. Throws what is no fault of a part. */
export function describeFault(part: string, error: unknown, file: string | undefined): ReportFault {
  if (error instanceof SweeplineError) {
    if (error.code === 'BAD_RUN_FOLDER') throw error;
    const message = error.hint === undefined ? error.message : `${error.message}\nHint: ${error.hint}`;
    return { part, message, ...placeOf(error, file) };
  }
  if (!(error instanceof Error)) return { part, message: String(error) };
  const named = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  return { part, message: named, ...placeOf(error, file) };
}

/** The first place of the error's stack that lies in the report's file. */
function placeOf(error: Error, file: string | undefined): { readonly place?: string } {
  if (file === undefined || error.stack === undefined) return {};
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  for (const line of error.stack.split('\n')) {
    const found = /((?:file:\/\/)?[^\s()]+?)(?:\?[^:]*)?:(\d+):(\d+)\)?$/.exec(line);
    if (found === null) continue;
    const [, at, row, column] = found;
    if (decodeURI(at!.replace(/^file:\/\//, '')) === path.replaceAll('\\', '/'))
      return { place: `${basename(path)}:${row}:${column}` };
  }
  return {};
}

/** Markdown that stands in the part's place. */
export function renderFault({ message, place }: ReportFault, heading: string): string {
  const where = place === undefined ? '' : ` (${place})`;
  return `**${heading}**${where}\n\n\`\`\`\n${message.replaceAll('```', "'''")}\n\`\`\``;
}
