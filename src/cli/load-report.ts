// Loads a report file, TypeScript as it is.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SweeplineError } from '../ground/errors.js';
import type { Report } from '../report/define.js';

/** The report that a module exports as default. Throws BAD_DEFINITION where there is none. */
export async function loadReport(url: string): Promise<Report> {
  const path = fileURLToPath(url);
  if (!existsSync(path)) {
    throw new SweeplineError('BAD_DEFINITION', `there is no report file ${path}`, {
      hint: 'name another with --report <file>',
    });
  }
  if (/\.[cm]?tsx?$/.test(path)) {
    const { register } = await import('tsx/esm/api');
    register();
  }
  let module: { readonly default?: { readonly kind?: unknown } };
  try {
    module = (await import(url)) as typeof module;
  } catch (cause) {
    if (cause instanceof SweeplineError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SweeplineError('BAD_DEFINITION', `${path} cannot be loaded: ${why}`, { cause });
  }
  if (module.default?.kind !== 'sweepline-report') {
    throw new SweeplineError(
      'BAD_DEFINITION',
      `${path} is not a report: its default export was not made by defineReport`,
      {
        hint: 'write `export default defineReport({ … })`',
      },
    );
  }
  return module.default as Report;
}
