// The type of a parameter that nobody has declared, from the values that it is to have.
import type { AxisDomain, Domain, Value } from '../../space/types.js';
import { isStructured } from '../../space/value.js';
import { axisAt } from '../../space/values.js';
import type { SpaceParam } from '../../trial/params.js';

export interface Inferred {
  readonly param: SpaceParam;
  readonly values: AxisDomain;
}

function startOf(domain: Exclude<Domain, { kind: 'choice' }>): number {
  return domain.kind === 'normal' ? domain.mean : domain.from;
}

/** Numbers, words, true and false; where they are mixed it is text, as it was written. */
export function inferParam(name: string, domain: AxisDomain): Inferred {
  if (domain.kind !== 'list' && domain.kind !== 'choice') {
    const first = 'count' in domain || domain.kind === 'range' ? axisAt(domain, 0) : startOf(domain);
    return { param: { name, type: 'number', default: first }, values: domain };
  }
  const { values, texts } = domain;
  const hasNull = values.includes(null);
  const nullable = hasNull ? ({ nullable: true } as const) : {};
  const types = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  const [type] = types;
  if (values.some(isStructured))
    return { param: { name, type: 'json', default: values[0]! }, values: domain };
  if (types.size === 1 && (type === 'number' || type === 'boolean'))
    return { param: { name, type, ...nullable, default: values[0]! }, values: domain };
  const written = values.map((value, i): Value => (value === null ? null : (texts?.[i] ?? String(value))));
  return {
    param: { name, type: 'string', ...nullable, default: written[0]! },
    values: { kind: domain.kind, values: written },
  };
}
