// What a command is: plain data and one function. Commander reads the arguments and lays out the help; every fault is
// collected here and reported together, before a command touches anything.
import { Command, Option } from 'commander';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { nearestName } from '../ground/text.js';
import type { Terminal } from './terminal.js';

/** One option. `read` is called once for every time it is given, with what the times before gave. */
export interface OptionSpec<T = unknown> {
  /** `--workers <N>`; without `<…>` it is a switch. */
  readonly flags: string;
  readonly about: string;
  /** Heading in the help. */
  readonly group: string;
  /** May be given many times. Another one with a value is refused where it is given twice: one would not count. */
  readonly isMany?: boolean;
  /** Throws a SweeplineError that says which value was expected. */
  read(text: string, before: T | undefined): T;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]?: S[K] extends OptionSpec<infer T> ? T : never;
};

export interface ArgumentSpec {
  readonly name: string;
  readonly about: string;
  readonly optional?: boolean;
  /** Takes all that follow. */
  readonly many?: boolean;
}

/** What a command is called with, checked. */
export interface Call<S extends OptionSpecs = OptionSpecs> {
  readonly arguments: readonly string[];
  readonly options: OptionValues<S>;
  readonly terminal: Terminal;
  /** As typed, `sweepline` first: for the manifest. */
  readonly commandLine: readonly string[];
}

export interface CommandSpec<S extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  readonly about: string;
  readonly arguments: readonly ArgumentSpec[];
  /** Each under the name that Commander makes of its flags: `--max-failures` is `maxFailures`. */
  readonly options: S;
  /** What to do instead, by options that people expect: `--sampler`. */
  readonly advice?: Readonly<Record<string, string>>;
  /** Further sections of the help: heading and text. */
  readonly sections?: readonly (readonly [heading: string, text: string])[];
  readonly examples: readonly (readonly [command: string, about: string])[];
  /** Faults that lie between options. */
  check?(call: Pick<Call<S>, 'arguments' | 'options'>): readonly string[];
  /** The exit code. */
  run(call: Call<S>): Promise<number>;
}

/** Keeps the types of a command's options. */
export function defineCommand<S extends OptionSpecs>(spec: CommandSpec<S>): CommandSpec<S> {
  return spec;
}

/** The arguments and options, or `help` where it was asked for. Throws BAD_USAGE with every fault. */
export function parseCall<S extends OptionSpecs>(
  spec: CommandSpec<S>,
  argv: readonly string[],
): Pick<Call<S>, 'arguments' | 'options'> | 'help' {
  const command = createCommander(spec);
  const given: Given[] = [];
  for (const option of command.options) {
    command.on(`option:${option.name()}`, (text: string | null | undefined) => {
      given.push({ name: option.attributeName(), text: text ?? null });
    });
  }
  const { operands, unknown } = command.parseOptions([...argv]);
  if (unknown.includes('--help') || unknown.includes('-h')) return 'help';

  const faults: string[] = [];
  const hints = new Set<string>();
  const options: Record<string, unknown> = {};
  faults.push(...findTwice(spec, given));
  for (const { name, text } of given) {
    const option = spec.options[name]!;
    const flag = flagOf(option);
    if (isSwitch(option)) options[name] = option.read('', options[name]);
    else if (text === null) faults.push(`${flag}: no value; expected ${option.flags}`);
    else {
      try {
        options[name] = option.read(text, options[name]);
      } catch (error) {
        if (!(error instanceof SweeplineError)) throw error;
        faults.push(`${flag} ${text}: ${error.message}`);
        if (error.hint !== undefined) hints.add(error.hint);
      }
    }
  }
  faults.push(...findUnknown(spec, unknown), ...findArgumentFaults(spec, operands, unknown.length > 0));
  const call = { arguments: operands, options: options as OptionValues<S> };
  if (faults.length === 0) faults.push(...(spec.check?.(call) ?? []));
  hints.add(`\`sweepline ${spec.name} --help\` shows the arguments, the options and examples`);
  throwFaults('BAD_USAGE', `sweepline ${spec.name}`, faults, { hint: [...hints].join('; ') });
  return call;
}

interface Given {
  readonly name: string;
  /** Null: no value was given. */
  readonly text: string | null;
}

/** Options that take one value, and have several. */
function findTwice(spec: CommandSpec, given: readonly Given[]): string[] {
  return Object.entries(spec.options).flatMap(([name, option]) => {
    if (isSwitch(option) || option.isMany) return [];
    const texts = given.flatMap((one) => (one.name === name && one.text !== null ? [one.text] : []));
    if (texts.length < 2) return [];
    // Not what was given: addresses of queues and webhooks hold secrets.
    const times = texts.length === 2 ? 'twice' : `${texts.length} times`;
    return [`${flagOf(option)} is given ${times}; expected one value`];
  });
}

/** The help of one command. */
export function renderCommandHelp(spec: CommandSpec, width = 100): string {
  const command = createCommander(spec, width);
  const examples = spec.examples.map(([line, about]) => `  $ ${line}\n      ${about}`).join('\n');
  const sections = [...(spec.sections ?? []), ['Examples', examples] as const];
  return command.helpInformation() + sections.map(([heading, text]) => `\n${heading}:\n${text}\n`).join('');
}

function createCommander(spec: CommandSpec, width = 100): Command {
  // Unknown options and missing values would end Commander at the first fault: it is told to let them through. A value
  // is declared as optional for the same reason, which also keeps `--workers --seed 1` from taking `--seed` for one.
  const command = new Command(`sweepline ${spec.name}`)
    .description(spec.about)
    .allowUnknownOption()
    .helpOption(false);
  for (const { name, about, optional, many } of spec.arguments) {
    const inner = many ? `${name}...` : name;
    command.argument(optional ? `[${inner}]` : `<${inner}>`, about);
  }
  for (const { flags, about, group } of Object.values(spec.options)) {
    const option = new Option(flags.replace('<', '[').replace('>', ']'), about);
    command.addOption(option.helpGroup(`${group}:`));
  }
  command.configureHelp({
    helpWidth: width,
    optionTerm: (option) => option.flags.replace('[', '<').replace(']', '>'),
    visibleOptions: (shown) => [...shown.options],
  });
  return command;
}

/** `--number` of `-n, --number <N>`. */
export function flagOf({ flags }: Pick<OptionSpec, 'flags'>): string {
  return /--[\w-]+/.exec(flags)![0];
}

function isSwitch(option: OptionSpec): boolean {
  return !option.flags.includes('<');
}

/** Commander puts everything after the first unknown option there: values of unknown options, and later arguments. */
function findUnknown(spec: CommandSpec, unknown: readonly string[]): string[] {
  const legal = [...Object.values(spec.options).map(flagOf), '--help'];
  return unknown
    .filter((text) => text.startsWith('-') && text !== '--')
    .map((text) => {
      const name = text.split('=')[0]!;
      if (legal.includes(name)) return `${name} takes no value; found "${text}"`;
      if (spec.advice !== undefined && Object.hasOwn(spec.advice, name))
        return `unknown option "${name}": ${spec.advice[name]}`;
      // All legal names would fill the screen; the hint says where they are told.
      const near = nearestName(name, legal);
      return `unknown option "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
    });
}

function findArgumentFaults(spec: CommandSpec, operands: readonly string[], isUncertain: boolean): string[] {
  if (isUncertain) return [];
  const faults = spec.arguments
    .filter(({ optional }, i) => !optional && operands[i] === undefined)
    .map(({ name, about }) => `no <${name}>; expected ${about}`);
  if (spec.arguments.some(({ many }) => many)) return faults;
  return [...faults, ...operands.slice(spec.arguments.length).map((text) => `unexpected argument "${text}"`)];
}
