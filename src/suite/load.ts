// Finds and loads suite files: the shipped ones by name, a user's by path. They lie beside the sweeps that they are of.
import { pathToFileURL } from 'node:url';
import { compiledPath } from '../ground/compiled.js';
import { loadDefault, resolveReference } from '../ground/module.js';
import { findFile, type ShippedFiles, shippedNames } from '../sweep/definition/shipped.js';
import type { Suite } from './define.js';

const SUITES: ShippedFiles = {
  word: 'suite',
  folder: compiledPath(import.meta.url, '../../sweeps/suites/'),
};

/** Loads a shipped suite by name, or a file by path. BAD_USAGE where there is none, BAD_DEFINITION where it is no suite. */
export async function loadSuite(nameOrFile: string): Promise<Suite> {
  const url = pathToFileURL(findFile(nameOrFile, SUITES)).href;
  const suite = await loadDefault<Suite>(url, {
    kind: 'sweepline-suite',
    word: 'suite',
    example: 'defineSuite({ name, runs })',
  });
  return { ...suite, runs: suite.runs.map((run) => ({ ...run, sweep: placeOf(run.sweep, url) })) };
}

/** A path is from the suite's file; a name without dots and slashes is that of a shipped sweep. */
function placeOf(sweep: string, suite: string): string {
  return /[/\\.]/.test(sweep) ? resolveReference(sweep, suite) : sweep;
}

export async function listShippedSuites(): Promise<
  readonly { name: string; title: string; about: string }[]
> {
  return Promise.all(
    shippedNames(SUITES.folder).map(async (name) => {
      const { title, about } = await loadSuite(name);
      return { name, title, about };
    }),
  );
}
