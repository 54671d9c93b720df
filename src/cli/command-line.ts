// From arguments to an exit code: finds the command, checks its call, runs it, and says what went wrong.
import { Command } from 'commander';
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { hideSecrets } from '../queue/address.js';
import { parseCall, renderCommandHelp } from './command.js';
import { COMMANDS } from './commands.js';
import { describeError, EXIT } from './errors.js';
import type { Terminal } from './terminal.js';

/** Runs `argv` (without node and script). Never rejects: every error ends in a message and an exit code. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    const { text, code } = describeError(error);
    terminal.say(hideSecrets(text));
    return code;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = argv[0] === 'help' ? [argv[1] ?? '--help', '--help'] : argv;
  if (first === undefined) {
    terminal.say(renderHelp(terminal.width));
    return EXIT.usage;
  }
  if (first === '--help' || first === '-h') {
    terminal.print(renderHelp(terminal.width));
    return EXIT.done;
  }
  if (first === '--version' || first === '-V') {
    const { ownVersion } = await import('../ground/version.js');
    terminal.print(ownVersion());
    return EXIT.done;
  }
  const entry = COMMANDS.find(({ name }) => name === first);
  if (entry === undefined) {
    const [kind, legal] = first.startsWith('-')
      ? ['option', ['--help', '--version']]
      : ['command', COMMANDS.map(({ name }) => name)];
    throw new SweeplineError('BAD_USAGE', describeUnknown(kind as string, first, legal as string[]), {
      hint: '`sweepline --help` lists the commands; options follow the command',
    });
  }
  const spec = await entry.load();
  const call = parseCall(spec, rest);
  if (call === 'help') {
    terminal.print(renderCommandHelp(spec, terminal.width));
    return EXIT.done;
  }
  // It stands in the manifest.
  const commandLine = ['sweepline', ...argv].map((text, i) => hideSecrets(hideWebhook(text, argv[i - 2])));
  return spec.run({ ...call, terminal, commandLine });
}

/** Who has the address of a webhook can write to it. `before`: the argument before this one. */
function hideWebhook(text: string, before: string | undefined): string {
  return before === '--notify' ? '…' : text.replace(/^--notify=.*/, '--notify=…');
}

export function renderHelp(width = 100): string {
  const program = new Command('sweepline')
    .usage('<command> …')
    .description(
      'Runs hyperparameter sweeps on all cores, keeps every result, and turns them into CSVs, tables ' +
        'and figures. A run is a folder: runs/<sweep>/<run-id>/ with trials.csv, summary/, figures/ and report.html.',
    )
    .helpOption('-h, --help', 'this text; see also `sweepline <command> --help`')
    .version('', '-V, --version', 'the version')
    .configureHelp({ helpWidth: width });
  for (const { name, summary } of COMMANDS)
    program.addCommand(new Command(name).description(summary).helpOption(false));
  program.helpCommand(false);
  return `${program.helpInformation()}
Begin with:
  $ sweepline doctor
  $ sweepline plan escape
  $ sweepline run escape
`;
}
