// The GPUs of this machine that a host may use.
import { execFile } from 'node:child_process';

/** `auto` is all that the driver tells of; none where there is no driver. */
export async function findDevices(asked: readonly string[]): Promise<readonly string[]> {
  if (!asked.includes('auto')) return asked;
  const text = await new Promise<string>((resolve) => {
    execFile('nvidia-smi', ['--query-gpu=index', '--format=csv,noheader'], (error, stdout) => {
      resolve(error === null ? stdout : '');
    });
  });
  return [...text.matchAll(/^\s*(\d+)\s*$/gm)].map(([, index]) => `cuda:${index}`);
}
