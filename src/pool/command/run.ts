// A trial whose worker is a program: hands it the parameters, hears its metrics, and makes an error of whatever ended it.
import { fitsMetric } from '../../trial/metrics.js';
import type { Command } from '../../worker/command/contract.js';
import { readMetricsText } from '../../worker/command/files.js';
import { createLineReader, type Declared, type Reading, readLines } from '../../worker/command/lines.js';
import {
  commonEnvironment,
  findProgram,
  noProgram,
  SHELL,
  startFolder,
} from '../../worker/command/program.js';
import { fillTemplate, toShellLine } from '../../worker/command/template.js';
import { textsOf, variableOf } from '../../worker/command/values.js';
import type { Trial, Worker } from '../../worker/contract.js';
import { collect, failure } from './collect.js';
import { createOutput, type Output } from './output.js';
import { makePlace, type Place, removeEmptyWork } from './place.js';
import { type Ended, type Program, runProgram } from './program.js';

export interface CommandRunner {
  /** As `run` of a worker. */
  run(trial: Trial): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves once nothing is left of the trials that have ended. */
  settle(): Promise<void>;
}

/** `folder`: the run's; null: no files are kept. `warn` hears what the run's owner should be told once. */
export function createCommandRunner(
  worker: Worker,
  command: Command,
  folder: string | null,
  warn: (text: string) => void,
): CommandRunner {
  const declared: Declared = { metrics: worker.metrics, series: worker.series ?? [] };
  const readLine = createLineReader(command.read, declared);
  const cwd = startFolder(worker);
  const common = commonEnvironment(command);
  const shellLine = command.form === 'shell' ? toShellLine(command.parts[0]!, variableOf) : '';

  const argvOf = (texts: ReadonlyMap<string, string>): string[] => {
    if (command.form === 'shell') return [SHELL, '-c', shellLine];
    const [name, ...rest] = command.parts.map((part) => fillTemplate(part, (each) => texts.get(each)!));
    const program = findProgram(name!, cwd, common.PATH);
    if (program === undefined) throw noProgram(name!, cwd);
    return [program, ...rest];
  };

  const removing = new Set<Promise<void>>();
  const remove = (place: Place, output: Output): void => {
    const removal = place
      .remove()
      .catch((error: Error) => output.note(`its folder stays: ${error.message}`))
      .finally(() => removing.delete(removal));
    removing.add(removal);
  };

  const run: CommandRunner['run'] = async (trial) => {
    const place = makePlace(folder, trial);
    const output = createOutput(trial.number);
    const collected = collect(trial, declared, command.read);
    let outcome: 'ok' | 'failed' | 'stopped' = 'failed';
    try {
      const texts = textsOf(trial, place);
      const argv = argvOf(texts);
      const ended = await start({
        ...{ argv, cwd, folder: place.folder },
        env: { ...common, ...environmentOf(texts) },
        isStopAsked: () => trial.stopRequested,
        onLine(line, heard) {
          // Of a line that was cut, a value might be cut.
          const readings = heard.stream === 'stdout' && !heard.isCut ? readLines(line, readLine) : [];
          for (const reading of readings) collected.add(reading);
          if (readings.length > 0) return;
          collected.pass(line, heard);
          if (!heard.isOverwritten) output.add(line, heard.stream);
        },
      });
      if (ended.wasStopped) {
        outcome = 'stopped';
        throw trial.stopped();
      }
      place.eachArtifact((name, bytes) => void trial.saveArtifact(name, bytes));
      requireSuccess(ended, nameOf(command, argv), output);
      if (typeof command.read === 'object' && 'file' in command.read)
        for (const reading of readFile(command.read.file, place)) collected.add(reading);
      const values = collected.values();
      const warning = collected.warning();
      if (warning !== undefined) warn(warning);
      // One that does not fit fails the trial, whose folder may tell why.
      if (fitAll(values, declared)) outcome = 'ok';
      return values;
    } finally {
      output.end();
      const stays = command.keep === 'always' || (command.keep === 'failed' && outcome === 'failed');
      if (!stays) remove(place, output);
    }
  };
  return {
    run,
    async settle() {
      await Promise.all(removing);
      if (folder !== null) removeEmptyWork(folder);
    },
  };
}

function start(program: Program): Promise<Ended> {
  return runProgram(program).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'E2BIG') throw error;
    throw failure('the parameters are too long for what the system hands to a program', {
      cause: error,
      hint: 'keep long texts and lists in files, and vary the names of these',
    });
  });
}

/** It exited otherwise than with 0, or by a signal: that may pass, and is tried again where retries are asked for. */
class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';

  constructor(message: string) {
    super(message);
    delete this.stack; // which would tell of us and not of the program
  }
}

function fitAll(values: Readonly<Record<string, unknown>>, { metrics }: Declared): boolean {
  return Object.entries(values).every(
    ([name, value]) => value === null || fitsMetric(metrics[name]!.type, value),
  );
}

function environmentOf(texts: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...texts].map(([name, text]) => [variableOf(name), text]));
}

/** How messages call the program. */
function nameOf({ form }: Command, [program = '', , line = '']: readonly string[]): string {
  if (form === 'arguments') return program.split('/').at(-1)!;
  const first = line.trim().split(/\s/)[0]!;
  return /^[\w./+-]+$/.test(first) ? first.split('/').at(-1)! : 'the command';
}

function requireSuccess({ code, signal }: Ended, name: string, output: Output): void {
  if (code === 0) return;
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
  throw new ProgramFailed(`${name} ${how}${output.tail()}`);
}

function readFile(name: string, place: Place): readonly Reading[] {
  const text = place.read(name);
  return text === undefined ? [] : readMetricsText(name, text);
}
