// Disks that are full: the server's, under its append-only file, and the coordinator's.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { disk } from '../../src/ground/file-system.js';
import { createHostPool } from '../../src/pool/host.js';
import { readAddress } from '../../src/queue/address.js';
import { openQueueHost, type QueueHost } from '../../src/queue/host.js';
import { createQueuePool } from '../../src/queue/pool.js';
import { runProgram, startProgram } from '../cli/program.js';
import { rangeTask, setupOf, spaceOf } from '../conformance/pool.js';
import { makeProject } from '../sweep/project.js';
import { begun, makeSteps, newPlace, startHost, untilBegun, useRedis } from './machines.js';
import { NO_REDIS, startRedis } from './redis.js';

/** A disk of its own, of so many bytes; null where this user may not mount one. */
function mountSmall(bytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return null; // no root, or no Linux
  }
}

const small = NO_REDIS === undefined ? mountSmall(4 * 2 ** 20) : null;
const why = NO_REDIS ?? (small === null ? 'no disk may be mounted here' : undefined);

describe.skipIf(why !== undefined)(
  `a server whose disk is full${why === undefined ? '' : `: ${why}`}`,
  () => {
    const filler = join(small ?? '', 'filler');
    const fill = () => {
      for (let bytes = 2 ** 20; bytes >= 1; bytes /= 2)
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
        } catch {
          // less then
        }
    };
    afterAll(() => {
      execFileSync('umount', ['--lazy', small!]);
      rmSync(small!, { recursive: true, force: true });
    });

    it('is refused before anything starts, and waited for once a run goes on, with what to do', async () => {
      const server = await startRedis('--dir', small!, '--appendfsync', 'everysec');
      const project = makeSteps(50);
      const [out, data] = [join(newPlace(), 'run'), newPlace()];
      const argv = ['run', project.sweep, '--queue', server.url, '--data', data, '--out', out, '--no-report'];
      const started: { child: { pid?: number | undefined; exitCode: number | null } }[] = [];
      try {
        fill();
        // It finds out as it writes.
        let refused = await runProgram(project.home, 'hosts', '--queue', server.url);
        while (refused.code === 0) refused = await runProgram(project.home, 'hosts', '--queue', server.url);
        const run = await runProgram(project.home, ...argv);
        for (const { code, stderr } of [refused, run])
          expect([code, stderr]).toEqual([
            2,
            expect.stringMatching(
              /its server cannot write to its disk \(MISCONF.*\nHint: free some of its disk/,
            ),
          ]);
        expect(existsSync(out)).toBe(false);

        rmSync(filler);
        while (server.ask('set', 'probe', '1') !== 'OK') await new Promise((done) => setTimeout(done, 50));
        const again = startProgram(project.home, argv);
        const host = startHost(server.url, project, 'h');
        started.push(again, host);
        await untilBegun(data, 17); // the last ones wait
        fill();
        while (server.ask('set', 'probe', '1') === 'OK') await new Promise((done) => setTimeout(done, 50));
        writeFileSync(join(data, 'go'), '');
        await host.said('the queue takes nothing for now: MISCONF');
        await host.said('free some of its disk');
        rmSync(filler);
        const { code, stderr } = await again.finished;
        expect([code, stderr]).toEqual([0, expect.stringContaining('24 trials ok')]);
      } finally {
        for (const { child } of started) if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
        await server.remove();
      }
    }, 60_000);
  },
);

describe.skipIf(NO_REDIS !== undefined)(
  `a coordinator${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`,
  () => {
    const place = useRedis();
    const { later } = disk;
    let host: QueueHost;
    beforeAll(async () => {
      host = await openQueueHost({
        ...{
          address: readAddress(place.redis.url),
          secret: undefined,
          name: hostname(),
          threads: 2,
          devices: [],
        },
        ...{ sweeps: undefined, data: undefined, share: undefined, acceptShipped: false },
        ...{ say: () => undefined, onLine: () => undefined, now: () => 0 },
      });
    });
    afterEach(() => {
      disk.later = later;
    });
    afterAll(async () => {
      host.leave();
      await host.done;
    });

    it('whose disk is full for a while keeps what hosts send, and hands nothing out again', async () => {
      const { home } = makeProject(
        `params: { x: z.number().default(0) }, metrics: { path: { type: 'string' } },
       async run(trial) {
         const { appendFileSync } = await import('node:fs');
         appendFileSync(trial.data + '/log', trial.number + '\\n');
         return { path: trial.saveArtifact('note', 'x = ' + trial.params.x) };
       }`,
        'axes: { x: [1] }',
      );
      const workerUrl = `file://${home}/worker.mjs`;
      const [folder, data] = [newPlace(), newPlace()];
      const told: string[] = [];
      let refusals = 0;
      disk.later = {
        ...later,
        open: async (path, flags) => {
          if (path.startsWith(join(folder, 'artifacts')) && flags === 'wx' && ++refusals <= 2)
            throw Object.assign(new Error('ENOSPC: no space left on device'), {
              code: 'ENOSPC',
              syscall: 'open',
            });
          return later.open(path, flags);
        },
      };
      const pool = createQueuePool({
        ...{ address: readAddress(place.redis.url), secret: undefined, priority: 0, share: undefined },
        ...{ ship: false, filesBytes: 2 ** 20, local: createHostPool({ workerUrl, threads: 1 }), workerUrl },
        limits: { isolation: 'thread', memoryBytes: null, loadMs: 60_000 },
        ...{ say: (line: string) => told.push(line), now: () => 0 },
      });
      await pool.begin(setupOf(spaceOf({ x: [1, 2, 3] }), { engine: 'none', folder, data }));
      const results = await Promise.all([0, 1, 2].map((i) => pool.submit(rangeTask(i, i, 1)).result));
      await pool.close();
      expect(results.map(({ notes }) => notes)).toEqual([[], [], []]);
      expect([0, 1, 2].map((i) => readFileSync(join(folder, 'artifacts', `${i}`, 'note'), 'utf8'))).toEqual([
        ...['x = 1', 'x = 2', 'x = 3'],
      ]);
      expect(begun(data)).toBe(3);
      expect(told.filter((line) => line.includes('ENOSPC'))).toHaveLength(1);
    }, 30_000);
  },
);
