// Changes that somebody has accepted: from the night on that they began, what is, is as it should be. Files are written
// once, beside the nights, and merged like them.
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../ground/clock.js';
import { isTemporaryName, makeFolder, replaceFile } from '../ground/durable.js';
import { ACCEPTED } from './history.js';

export interface Accepted {
  readonly at: string;
  readonly suite: string;
  /** `loss`, `latent/loss` or `latent/loss/latent=16`: run and configuration are optional. */
  readonly metrics: readonly string[];
  readonly why: string;
  /** The first night that counts again. */
  readonly since: string;
}

const TEXT = z.string().max(10_000);
const FILE = z.object({
  at: z.iso.datetime(),
  suite: TEXT,
  metrics: z.array(TEXT),
  why: TEXT,
  since: TEXT,
});

export async function readAccepted(
  folder: string,
  suite: string,
): Promise<{ readonly accepted: readonly Accepted[]; readonly faults: readonly string[] }> {
  const own = join(resolve(folder), ACCEPTED);
  const accepted: Accepted[] = [];
  const faults: string[] = [];
  for (const name of (await readdir(own).catch(() => [])).sort()) {
    if (isTemporaryName(name) || !name.endsWith('.json')) continue;
    const path = join(own, name);
    try {
      const found = FILE.parse(JSON.parse(await readFile(path, 'utf8')));
      if (found.suite === suite) accepted.push(found);
    } catch {
      faults.push(`${path}: it is cut off, or says nothing that was accepted`);
    }
  }
  return { accepted, faults };
}

export async function addAccepted(
  folder: string,
  accepted: Omit<Accepted, 'at'>,
  clock: Clock,
): Promise<string> {
  const at = new Date(clock.now()).toISOString();
  const own = join(resolve(folder), ACCEPTED);
  await makeFolder(own);
  const path = join(own, `${at.replaceAll(/[:.]/g, '')}-${randomUUID().slice(0, 8)}.json`);
  await replaceFile(path, `${JSON.stringify({ at, ...accepted }, null, 2)}\n`);
  return path;
}

export interface Named {
  readonly run: string;
  readonly configuration: string;
  readonly metric: { readonly name: string };
}

export function isMeant(name: string, { run, configuration, metric }: Named): boolean {
  return [metric.name, `${run}/${metric.name}`, `${run}/${metric.name}/${configuration}`].includes(name);
}

/** The first night that counts for a series; empty: all do. */
export function startOf(series: Named, accepted: readonly Accepted[]): string {
  const starts = accepted
    .filter(({ metrics }) => metrics.some((name) => isMeant(name, series)))
    .map(({ since }) => since);
  return starts.sort().at(-1) ?? '';
}
