// Every command that a message, a comment or the README tells to type is one that there is, with the options it names
// and values that they take. A hint that sends people to a command that does not exist is worse than none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CommandSpec, parseCall } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands.js';

const specs = new Map<string, CommandSpec>(
  await Promise.all(COMMANDS.map(async ({ name, load }) => [name, await load()] as const)),
);

const sourceFiles = ['src', 'workers', 'sweeps', 'reports'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);
const texts = ['README.md', 'CHANGELOG.md', ...sourceFiles];

/** A mention: where, of which command, and what follows it up to the end of the quotation. */
interface Mention {
  readonly where: string;
  readonly command: string;
  readonly rest: string;
}

const ANY = '<…>';

/** `sweepline <command> …` in any text, and `${commandOn('<command>', …)} …` in the sources. */
function findMentions(file: string, text: string): Mention[] {
  const mentions: Mention[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const where = `${file}:${at + 1}`;
    const plain = line
      .replace(/\$\{commandOn\('(\w+)'[^}]*\}/g, `sweepline $1 ${ANY}`)
      .replace(/\$\{[^}]*\}/g, ANY)
      .replaceAll('\\`', '`');
    // `sweepline` before a word in ordinary prose, or in an import, is the program or the package, not a call of it.
    for (const { 1: command, 2: rest } of plain.matchAll(
      /(?:['"`(:$] ?|\bnpx |\bthen |^)sweepline ([a-z][\w-]*|--?[a-z]+)([^`'"\n;)#]*)/g,
    ))
      mentions.push({ where, command: command!, rest: rest! });
  }
  return mentions;
}

/** Faults of options named in `rest`: unknown to the command, or given a value that it refuses. */
function findOptionFaults(where: string, spec: CommandSpec, rest: string): string[] {
  return [...rest.matchAll(/(?<=^|[\s(`'"/])--([a-z][\w-]*)(?:[ =]([\w.:/=,-]+))?/g)].flatMap(
    ([, flag, value]) => {
      if (flag === 'help') return [];
      const option = Object.values(spec.options).find((each) => each.flags.split(' ')[0] === `--${flag}`);
      if (option === undefined) return [`${where}: ${spec.name} has no --${flag}`];
      if (value === undefined || !option.flags.includes('<')) return [];
      try {
        option.read(value.replace(/[.,:]$/, ''), undefined);
        return [];
      } catch (error) {
        return [`${where}: --${flag} ${value}: ${(error as Error).message}`];
      }
    },
  );
}

test('every `sweepline <command> --option` named anywhere is there', () => {
  const mentions = texts.flatMap((file) => findMentions(file, readFileSync(file, 'utf8')));
  // Were the search broken, the rest would say nothing.
  const mentioned = new Set(mentions.map(({ command }) => command));
  expect([...specs.keys(), '--help'].filter((name) => !mentioned.has(name))).toEqual([]);
  expect(mentions.filter(({ rest }) => rest.includes('--')).length).toBeGreaterThan(20);
  const faults = mentions.flatMap(({ where, command, rest }) => {
    if (command === '--help') return [];
    const spec = specs.get(command);
    return spec === undefined ? [`${where}: no command ${command}`] : findOptionFaults(where, spec, rest);
  });
  expect(faults).toEqual([]);
});

/** Which commands show the hints of a file, by the longest prefix: an option they name must be one of each. */
const SHOWN_BY: Readonly<Record<string, readonly string[]>> = {
  src: ['run'],
  'src/sweep/start.ts': ['run', 'suite'],
  'src/sweep/plan/plan.ts': ['plan', 'run', 'suite'],
  'src/sweep/device.ts': ['run', 'plan', 'suite'],
  'src/sweep/explain': ['explain'],
  'src/session': ['run', 'plan', 'suite'],
  'src/data': ['run', 'plan', 'suite'],
  'src/run/folder.ts': ['run', 'suite', 'merge'],
  'src/run/merge-sources.ts': ['merge'],
  'src/run/overlaps.ts': ['merge'],
  'src/run/reference.ts': ['resume', 'replay', 'report'],
  'src/queue': ['run', 'resume', 'host', 'hosts'],
  'src/queue/hosted-run.ts': ['host'],
  'src/queue/find-worker.ts': ['host'],
  'src/queue/hosted-task.ts': ['run', 'resume'],
  'src/queue/run-files.ts': ['run', 'resume'],
  'src/queue/send-artifacts.ts': ['run', 'resume'],
  'src/queue/shared-checkpoints.ts': ['run', 'resume'],
  'src/cli/suite.ts': ['suite'],
  'src/suite/run.ts': ['suite'],
  'src/report/load.ts': ['report'],
  'src/cli/doctor': ['doctor'],
  'src/export': ['export'],
  'src/compare': ['compare'],
  'src/dashboard': ['serve'],
  'src/nights/accept.ts': ['accept'],
  'src/nights/turn.ts': ['suite'],
  ...Object.fromEntries([...specs.keys()].map((name) => [`src/cli/commands/${name}.ts`, [name]])),
};

function shownBy(file: string): readonly string[] {
  const prefixes = Object.keys(SHOWN_BY).filter((prefix) => file === prefix || file.startsWith(`${prefix}/`));
  return SHOWN_BY[prefixes.sort((a, b) => b.length - a.length)[0]!]!;
}

/** The texts behind `hint:`, `hint =` and `remedy:`, with the line each stands on. */
function findHints(file: string): { readonly where: string; readonly text: string }[] {
  const source = readFileSync(file, 'utf8');
  return [
    ...source.matchAll(/\b(?:hint|remedy)\b[^\n'"`]{0,60}[:=?]\s*((['"`])(?:\\.|(?!\2)[^\\])*\2)/g),
  ].map((found) => ({
    where: `${file}:${source.slice(0, found.index).split('\n').length}`,
    text: found[1]!.slice(1, -1),
  }));
}

test('an option that a hint names without its command belongs to the command that shows the hint', () => {
  const hints = sourceFiles
    .filter((file) => file.startsWith('src'))
    .flatMap((file) => findHints(file).map((hint) => ({ ...hint, file })));
  expect(hints.length).toBeGreaterThan(50);
  const faults = hints.flatMap(({ file, where, text }) => {
    // Whole commands are looked at above; those of other programs (npm, node, truncate) end with the sentence.
    const bare = text.replace(/\bsweepline [^`'";,]*/g, '').replace(/\b(npm|node|truncate) [^`;,)]*/g, '');
    return shownBy(file).flatMap((name) => findOptionFaults(where, specs.get(name)!, bare));
  });
  expect(faults).toEqual([]);
});

/** The words of a command line as a shell would split it, up to a comment. */
function splitShell(line: string): string[] {
  return [...line.matchAll(/#.*|((?:'[^']*'|"[^"]*"|[^\s'"])+)/g)].flatMap(([, word]) =>
    word === undefined ? [] : [word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2')],
  );
}

describe('whole command lines are accepted as they stand', () => {
  const shown = [...specs.values()].flatMap(({ examples }) => examples.map(([line]) => line));
  const blocks = [...readFileSync('README.md', 'utf8').matchAll(/^npx (sweepline .*)$/gm)].map(
    ([, line]) => line!,
  );
  test('there are some', () => {
    expect(shown.length).toBeGreaterThan(20);
    expect(blocks.length).toBeGreaterThan(10);
  });
  test.each([...shown, ...blocks])('%s', (line) => {
    const [program, command, ...argv] = splitShell(line);
    expect(program).toBe('sweepline');
    expect(specs.has(command!)).toBe(true);
    expect(parseCall(specs.get(command!)!, argv)).not.toBe('help');
  });
});
