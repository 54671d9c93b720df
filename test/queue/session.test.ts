// One coordinator a run, whatever becomes of folders and servers; and what one that is refused, or cut short, leaves.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHostPool } from '../../src/pool/host.js';
import { readAddress } from '../../src/queue/address.js';
import { fieldsOf } from '../../src/queue/inbox.js';
import { beat, keysOf, publish } from '../../src/queue/keys.js';
import { packResult } from '../../src/queue/messages.js';
import type { Redis } from '../../src/queue/packages.js';
import { createQueuePool } from '../../src/queue/pool.js';
import { Session } from '../../src/queue/session.js';
import { fixtureWorker, rangeTask, setupOf, spaceOf } from '../conformance/pool.js';
import { connectTo, resultOf, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

const quiet = () => undefined;

describe.skipIf(NO_REDIS !== undefined)(
  `a coordinator${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`,
  () => {
    const place = useRedis();
    const keys = keysOf('r');
    let redis: Redis;
    const sessions: Session[] = [];
    const newSession = (onTaken: (error: Error) => void = quiet) => {
      const session = new Session({ redis, run: 'r', say: quiet, onTaken });
      sessions.push(session);
      return session;
    };
    beforeAll(async () => {
      redis = await connectTo(place.redis);
    });
    afterEach(() => {
      for (const session of sessions) session.end();
      sessions.length = 0;
    });
    afterAll(() => redis.disconnect());

    it('is refused while another one beats, and gets in once that was killed', async () => {
      const first = newSession();
      await first.enter();
      const second = newSession();
      await expect(second.enter()).rejects.toMatchObject({ code: 'LOCKED' });
      expect(second.hasEntered).toBe(false);
      expect(await first.stand()).toBe('own');
      first.end(); // as after kill -9: its key stays, and nobody beats
      await second.enter();
      expect(await redis.hget(keys.run, 'session')).toBe(second.id);
    }, 30_000);

    it('finds that another one has taken its run over, and is told who', async () => {
      const told: Error[] = [];
      const first = newSession((error) => told.push(error));
      await first.enter();
      // Cut off for a while, and silent: another one gets in.
      first.end();
      const second = newSession();
      await second.enter();
      await redis.hset(keys.run, 'about', JSON.stringify({ coordinator: { host: 'elsewhere', process: 9 } }));
      expect(await first.stand()).toBe('taken');
      expect(told).toEqual([
        expect.objectContaining({ code: 'LOCKED', message: expect.stringContaining('pid 9 on elsewhere') }),
      ]);
      expect(await first.isOwn()).toBe(false);
    }, 30_000);

    it('takes up again what a server has lost, or has in an older state', async () => {
      const session = newSession();
      await session.enter();
      await redis.flushall();
      expect(await session.stand()).toBe('lost');
      await redis.hset(keys.run, 'session', 'of a snapshot');
      await redis.set(keys.alive, 'of a snapshot 17');
      expect(await session.stand()).toBe('lost'); // it does not beat
      await session.enter();
      expect(await session.stand()).toBe('own');
      expect(await beat(redis, keys, { session: 'another', count: 1, ms: 1 })).toBe(session.id);
    }, 30_000);

    describe('with results that were left', () => {
      const space = spaceOf({ x: [1, 2, 3] });
      const open = (filesBytes = 2 ** 20) =>
        createQueuePool({
          ...{ address: readAddress(place.redis.url), secret: undefined, priority: 0, share: undefined },
          ...{
            ship: false,
            filesBytes,
            local: createHostPool({ workerUrl: fixtureWorker('echo'), threads: 1 }),
          },
          workerUrl: fixtureWorker('echo'),
          limits: { isolation: 'thread' as const, memoryBytes: null, loadMs: 60_000 },
          ...{ say: quiet, now: () => 0 },
        });
      const setup = () => setupOf(space, { run: 'r', folder: mkdtempSync(join(tmpdir(), 'sweepline-run-')) });
      /** As a host does it. */
      const answer = async (task: number, rows: string) => {
        const about = { run: 'r', digest: (await redis.hget(keys.run, 'digest'))! };
        const job = (await redis.keys('sweepline:queue:r:*-*-*-*')).map((key) => key.split(':').at(-1)!)[
          task
        ]!;
        const body = new TextEncoder().encode(rows);
        const fields = fieldsOf({ about, secret: undefined }, job, packResult(resultOf(0)), { body });
        expect(await publish(redis, { keys, digest: about.digest }, job, fields)).toBe(true);
      };
      const jobs = async () => (await redis.keys('sweepline:queue:r:*-*-*-*')).length;

      it('keeps them where it is killed before they are on disk, and the next one has them', async () => {
        const first = open();
        await first.begin(setup());
        const lost = first.submit(rangeTask(1, 0, 1));
        while ((await jobs()) < 1) await redis.ping();
        await answer(0, 'row 0\n');
        expect(Buffer.from((await lost.result).rows).toString()).toBe('row 0\n');
        first.kill(); // before it was kept
        await first.close();
        expect(await redis.xlen(keys.results)).toBe(1);
        expect(await redis.hget(keys.run, 'left')).toBe('1');
        // Refused for the file of a stage: everything is left as it is.
        const stage = mkdtempSync(join(tmpdir(), 'sweepline-stage-'));
        mkdirSync(join(stage, 'artifacts', '0'), { recursive: true });
        writeFileSync(join(stage, 'artifacts', '0', 'model'), 'large');
        const refused = open(3);
        const stages = [{ name: 'draw', params: [], folder: stage, results: {} }];
        await expect(refused.begin({ ...setup(), stages })).rejects.toThrow(
          'at most 3 travel through the queue',
        );
        await refused.close();
        expect(await redis.xlen(keys.results)).toBe(1);

        const second = open();
        await second.begin(setup());
        const found = second.submit(rangeTask(7, 0, 1));
        expect(await found.result).toMatchObject({ id: 7, rows: new TextEncoder().encode('row 0\n') });
        second.kept!(7);
        await second.close();
        expect(await redis.keys('sweepline:run*')).toEqual([]);
      }, 30_000);
    });
  },
);
