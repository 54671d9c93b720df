// What `doctor` finds out, as plain data: one thing that was looked at, and what to do where it is not there.

export interface Check {
  readonly name: string;
  /** `missing` is needed and not there; `absent` is not there either, but only some things need it. */
  readonly state: 'ok' | 'missing' | 'absent';
  readonly found: string;
  /** The command or step that adds it. */
  readonly hint?: string;
}
