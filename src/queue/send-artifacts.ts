// What the trials of a task have kept, from a host to the run folder: through the queue, or, where it is too large for that,
// through the folder that all machines see.
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { type Selection, trialsOf } from '../trial/selection.js';
import { ARTIFACTS } from '../trial/store.js';
import { insist } from './connect.js';
import type { QueueHostOptions } from './host-options.js';
import type { HostedRun } from './hosted-run.js';
import { fieldsOf } from './inbox.js';
import { append } from './keys.js';
import type { FromQueueHost } from './messages.js';
import type { Redis } from './packages.js';
import { listDeep } from './run-files.js';

interface Around {
  readonly run: HostedRun;
  readonly redis: Redis;
  readonly options: Pick<QueueHostOptions, 'secret' | 'share' | 'say'>;
}

/** `job`: whose trials they are. By trial, the names of all that were sent. */
export async function sendArtifacts(
  around: Around,
  job: string,
  trials: Selection,
): Promise<[trial: number, name: string][]> {
  const root = join(around.run.folder, ARTIFACTS);
  if (!existsSync(root)) return [];
  const there = new Set(readdirSync(root));
  const sent: [number, string][] = [];
  for (const trial of trialsOf(trials)) {
    if (!there.has(String(trial))) continue;
    for (const name of listDeep(join(root, String(trial)))) {
      await sendArtifact(around, job, trial, name);
      sent.push([trial, name]);
    }
  }
  return sent;
}

async function sendArtifact(around: Around, job: string, trial: number, name: string): Promise<void> {
  const { run, redis, options } = around;
  const path = join(run.folder, ARTIFACTS, String(trial), name);
  const { size } = await stat(path);
  const isSmall = size <= run.about.filesBytes;
  if (!isSmall && options.share === undefined)
    throw new SweeplineError(
      'BAD_USAGE',
      `artifact ${name} of trial ${trial} has ${size} bytes; at most ${run.about.filesBytes} travel through the queue`,
      {
        hint: 'give the run and its hosts the same --share folder, or raise the limit with --queue-files',
      },
    );
  const shared = isSmall ? {} : { shared: await share(around, job, path) };
  const message: FromQueueHost = { t: 'file', trial, name, ...shared };
  const sealing = { about: run.about, secret: options.secret };
  const fields = fieldsOf(sealing, job, message, isSmall ? { body: await readFile(path) } : {});
  await insist(() => append(redis, run, fields), options.say);
}

/** Under a name of its own: another host may have been given the same job. */
async function share({ run, options }: Around, job: string, path: string): Promise<string> {
  const shared = `${run.about.run}/${job}/${randomUUID()}`;
  const target = join(options.share!, shared);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(path, target);
  return shared;
}
