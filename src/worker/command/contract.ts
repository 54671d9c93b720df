// What a worker says of the program that is one trial of it: how its author writes it, and how it is known from then on.
import type { Piece } from './template.js';

/** Where the metrics of a program come from; see CommandOptions. */
export type ReadFrom =
  | 'auto'
  | 'json-lines'
  | 'name=value'
  | { readonly file: string }
  | { readonly pattern: RegExp | readonly RegExp[] };

export interface CommandOptions {
  /**
   * A list: the program and its arguments, each handed over as it is, without a shell. A text: a line for `/bin/sh`, in
   * which values stand quoted. `{lr}` stands for the parameter's value in both; `{{` and `}}` around text are braces.
   * Beside the parameters there are `{seed}`, `{trial}`, `{key}`, `{replicate}`, `{attempt}`, `{folder}` (the trial's
   * own) and `{params}` (the path of a JSON file of them all).
   */
  readonly run: string | readonly string[];
  /** Where it starts, as seen from the worker's file. Default: the folder of that file. */
  readonly cwd?: string;
  /** Variables of its environment, beside those of Sweepline's own environment and the SWEEPLINE_… of the trial. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * `auto` (the default): lines of stdout that are JSON objects, or `name=value`, of declared names; `{ file }`: a .json,
   * .jsonl or .csv file in the trial's folder, read at its end; `{ pattern }`: lines of stdout that match, by named
   * groups. What has a `step` is a row of the series; the last value of a metric counts.
   */
  readonly read?: ReadFrom;
  /** Whether the trial's folder stays: default `failed`, only of trials that are not ok. */
  readonly keep?: Keep;
  /** Files of the program, seen from `cwd`: an edit is told like one of the worker's own code. */
  readonly files?: readonly string[];
}

export type Keep = (typeof KEEPS)[number];
export const KEEPS = ['never', 'failed', 'always'] as const;

export type CommandInput = CommandOptions | CommandOptions['run'];

/** The same, checked and complete. */
export interface Command {
  /** `shell`: one part, a line for /bin/sh. */
  readonly form: 'arguments' | 'shell';
  readonly parts: readonly (readonly Piece[])[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly read: ReadFrom;
  readonly keep: Keep;
  readonly files: readonly string[];
  /** What numbers depend on, as text: part of the worker's declaration. */
  readonly text: string;
}
