// The version of this package.
import { readFileSync } from 'node:fs';

export function ownVersion(): string {
  const root = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json';
  return (JSON.parse(readFileSync(new URL(root, import.meta.url), 'utf8')) as { version: string }).version;
}
