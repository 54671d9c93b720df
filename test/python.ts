// The Python whose packages a peer needs. Debian's belong to the system's own, which need not be the first on the path.
import { spawnSync } from 'node:child_process';

/** SWEEPLINE_PYTHON, `python3`, or the system's: the first that can import all of them; undefined if none can. */
export function findPython(...packages: readonly string[]): string | undefined {
  return [process.env.SWEEPLINE_PYTHON, 'python3', '/usr/bin/python3'].find(
    (python): python is string =>
      python !== undefined && spawnSync(python, ['-c', `import ${packages.join(', ')}`]).status === 0,
  );
}
