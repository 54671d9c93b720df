// The version of this package, and of those beside it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export function ownVersion(): string {
  const root = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json';
  return (JSON.parse(readFileSync(new URL(root, import.meta.url), 'utf8')) as { version: string }).version;
}

/** Versions of packages; those that are not installed are left out. */
export function installedVersions(names: readonly string[]): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url);
  const versions: Record<string, string> = {};
  for (const name of names) {
    // Read from the folder: not every package exports its package.json.
    for (const folder of require.resolve.paths(name) ?? []) {
      try {
        const { version } = JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as {
          version: string;
        };
        versions[name] = version;
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
  return versions;
}
