// Units of systemd and crontabs as those programs read them, as far as docs/nightly uses them.
import { existsSync, readFileSync } from 'node:fs';

/** `[Service]` and what it sets: each value of a name that is set several times. */
export type Unit = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export function readUnit(text: string): Unit {
  const unit: Record<string, Record<string, string[]>> = {};
  let section: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const name = /^\[(\w+)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      unit[name] ??= {};
      section = unit[name];
    }
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    section[key] ??= [];
    section[key].push(value!);
  }
  return unit;
}

/** What a service sets, and the files that it names: `%C` is the folder of caches. */
export function environmentOf({ Service }: Unit, caches: string): Record<string, string> {
  const files = (Service!.EnvironmentFile ?? []).map((file) => file.replace(/^-/, '')).filter(existsSync);
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const all = [...(Service!.Environment ?? []).map((each) => each.replaceAll('%C', caches)), ...lines];
  return Object.fromEntries(
    all.filter((each) => /^\w+=/.test(each)).map((each) => [each.split('=')[0]!, each.replace(/^\w+=/, '')]),
  );
}

/** The words of ExecStart: `$NAME` is as many as its value has, `$$` a dollar. */
export function commandOf({ Service }: Unit, env: Record<string, string>): string[] {
  const words = Service!.ExecStart![0]!.matchAll(/'([^']*)'|(\S+)/g);
  return [...words].flatMap(([, quoted, plain]) => {
    const name = /^\$(\w+)$/.exec(plain ?? '')?.[1];
    if (name !== undefined) return (env[name] ?? '').split(' ').filter((word) => word !== '');
    return [(quoted ?? plain)!.replaceAll('$$', '$')];
  });
}

/** The command of a crontab's only line, and the environment that it sets. */
export function readCrontab(text: string): {
  readonly env: Record<string, string>;
  readonly command: string;
} {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const env = lines.flatMap((line) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value!] as const];
  });
  const [command, ...more] = lines.flatMap((line) => /^(?:[\d*,/-]+\s+){5}(.*)$/.exec(line)?.[1] ?? []);
  // Cron takes what follows a % for input.
  if (command === undefined || more.length > 0 || /(?<!\\)%/.test(command))
    throw new Error(`expected one line without %:\n${text}`);
  return { env: Object.fromEntries(env), command };
}
