// Who may read what goes over a queue, and what a host takes from it.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram, type Started, startProgram } from '../cli/program.js';
import { makeProject } from '../sweep/project.js';
import { killAll, newPlace, startHost, useRedis } from './machines.js';
import { findPort, NO_REDIS, startRedis } from './redis.js';

const SECRET = 'sesame-4711';
const KEY = 'key-of-the-tests';

describe.skipIf(NO_REDIS !== undefined)(`trust${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis(SECRET);
  const { keep } = place;
  let url: string;
  beforeAll(() => {
    url = `redis://:${SECRET}@127.0.0.1:${place.redis.port}`;
  });
  /** Its trials tell what they see of the secrets. */
  const project = makeProject(
    `params: { x: z.number().default(0) }, metrics: { seen: { type: 'string' } },
     run: () => ({ seen: String(process.env.SWEEPLINE_QUEUE ?? process.env.SWEEPLINE_QUEUE_KEY ?? 'nothing') })`,
    'axes: { x: [1, 2, 3] }',
  );
  const run = (address: string, out: string, env: Record<string, string> = {}) =>
    keep(
      startProgram(
        project.home,
        ['run', project.sweep, '--queue', address, '--out', out, '--no-report'],
        env,
      ),
    );
  it('shows passwords and keys nowhere: not in files, not in output, not to workers, not to who lists processes', async () => {
    const out = join(newPlace(), 'run');
    const env = { SWEEPLINE_QUEUE_KEY: KEY };
    const host = keep(startHost(`redis://127.0.0.1:${place.redis.port}`, project, 'a'));
    expect((await host.finished).stderr).toContain('its server wants a password');
    const second = keep(
      startProgram(project.home, ['host', '--queue', url, '--name', 'b', '--threads', '1'], env),
    );
    await second.said('takes trials from');
    expect(readFileSync(`/proc/${second.child.pid}/cmdline`, 'utf8')).not.toContain(SECRET);
    const { code, stdout, stderr } = await run(url, out, env).finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('host b takes part')]);
    second.child.kill('SIGTERM');
    const left = await second.finished;
    const texts = [stdout, stderr, left.stdout, left.stderr, ...filesOf(out)];
    for (const text of texts) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(KEY);
    }
    expect(readFileSync(join(out, 'trials.csv'), 'utf8').match(/nothing/g)).toHaveLength(3);
    expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toContain(
      `"redis://127.0.0.1:${place.redis.port}"`,
    );
  });

  it('takes no task without the key of the host, and tells both sides', async () => {
    const host = keep(
      startProgram(project.home, ['host', '--queue', 'env', '--name', 'strict'], {
        SWEEPLINE_QUEUE: url,
        SWEEPLINE_QUEUE_KEY: KEY,
      }),
    );
    await host.said('takes trials from');
    const unsigned = run(url, join(newPlace(), 'run'));
    await unsigned.said('host strict does not take part: its tasks are not signed, and this host has a key');
    await host.said('is not taken: its tasks are not signed');
    killAll(unsigned);
    const other = run(url, join(newPlace(), 'run'), { SWEEPLINE_QUEUE_KEY: 'another' });
    await other.said('its signature is not that of this host’s key');
  });

  it('takes no code but that of the run, and names both', async () => {
    const refused = run(url, join(newPlace(), 'run'));
    await refused.said('no host takes part');
    // Since this machine is the coordinator's too, its own copy must be another by now.
    appendFileSync(join(project.home, 'worker.mjs'), '// edited\n');
    const host = keep(startHost(url, project, 'edited'));
    await refused.said('host edited does not take part: the code of worker mine is');
    await host.said(`worker.mjs has `);
    const { stderr } = await stop(host);
    expect(stderr).toMatch(
      /is [0-9a-f]{12} at the coordinator; here \/.*worker\.mjs has [0-9a-f]{12}.*--sweeps/,
    );
  });

  it('takes code from the queue where it was told to, and from nobody else', async () => {
    const lib = project.write('lib.mjs', 'export const word = "shipped";');
    const worker = `import { word } from './lib.mjs';
      export default defineWorker({ name: 'mine', version: '2', params: {}, metrics: { word: { type: 'string' } },
        run: () => ({ word: word + ' ' + import.meta.url.includes('sweepline-host-') }) });`;
    project.write('worker.mjs', worker);
    const out = join(newPlace(), 'run');
    const options = ['--queue', url, '--out', out, '--no-report', '--ship'];
    const file = project.write(
      'own.mjs',
      `export default defineSweep({ name: 'own', worker: new URL('./worker.mjs', import.meta.url), axes: {} });`,
    );
    const argv = ['run', file, ...options];
    const shipping = keep(startProgram(project.home, argv));
    await shipping.said('no host takes part');
    // As on a machine that has neither file.
    rmSync(lib);
    rmSync(join(project.home, 'worker.mjs'));
    const wary = keep(startProgram(newPlace(), ['host', '--queue', url, '--name', 'wary', '--threads', '1']));
    await shipping.said('host wary does not take part: its code would come through the queue');
    await stop(wary);
    const host = ['host', '--queue', url, '--name', 'open', '--threads', '1', '--accept-shipped'];
    keep(startProgram(newPlace(), host));
    const { code, stderr } = await shipping.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('host open takes part')]);
    expect(readFileSync(join(out, 'trials.csv'), 'utf8')).toContain(',ok,shipped true');
  });

  it.skipIf(!hasOpenssl())('speaks TLS, and says what is missing where it cannot', async () => {
    const folder = newPlace();
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '1',
        '-keyout',
        key,
        '-out',
        certificate,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    const port = await findPort();
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    const server = await startRedis('--tls-port', String(port), '--tls-auth-clients', 'no', ...files);
    try {
      const argv = ['hosts', '--queue', `rediss://localhost:${port}`];
      const good = await startProgram(folder, argv, { NODE_EXTRA_CA_CERTS: certificate }).finished;
      expect(good).toMatchObject({ code: 0, stdout: 'no hosts\nno runs\n' });
      const bad = await runProgram(folder, ...argv);
      expect([bad.code, bad.stderr]).toEqual([
        2,
        expect.stringMatching(/no TLS connection.*\nHint: .*NODE_EXTRA_CA_CERTS/),
      ]);
    } finally {
      await server.remove();
    }
  });

  async function stop(program: Started) {
    program.child.kill('SIGTERM');
    return program.finished;
  }
});

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
