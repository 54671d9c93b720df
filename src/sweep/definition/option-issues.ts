// What is wrong with a value that somebody gave an option of a sampler or a pruner: which option, which value, what was
// expected.
import type { z } from 'zod';
import { showValue } from '../../ground/shape.js';

type Issue = z.core.$ZodIssue;

/** `startup -1: expected a number of at least 0`. `given`: the options that zod found the issue in. */
export function describeIssue(issue: Issue, given: Readonly<Record<string, unknown>>): string {
  const [name = '', ...rest] = issue.path.map(String);
  const option = [name, ...rest].join('.');
  if (!Object.hasOwn(given, name)) return `${option} is missing; ${expectedOf(issue)}`;
  return `${option} ${showValue(given[name])}: ${expectedOf(issue)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
};

/** In plain words where zod's own would stand; an option's own words stay. */
function expectedOf(issue: Issue): string {
  const { message } = issue;
  if (!/^(Too (small|big)|Invalid)/.test(message)) return message;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => showValue(value)).join(' or ')}`;
    default:
      return message;
  }
}
