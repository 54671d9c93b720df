// A report that never ends does not keep a run from its end.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { writeReportApart } from '../../src/cli/report-process.js';
import { makeProject } from '../sweep/project.js';
import { runProgram } from './program.js';

test('is ended when its time is up, and says so', async () => {
  const project = makeProject(
    'params: { x: z.int().default(0) }, metrics: { y: { type: "integer" } }, run: () => ({ y: 1 }),',
    'axes: { x: [1, 2] }',
  );
  const { home, sweep } = project;
  expect((await runProgram(home, 'run', sweep, '--out', 'run', '--no-report')).code).toBe(0);
  const endless = pathToFileURL(
    project.write('report.mjs', 'setInterval(() => undefined, 1000);\nawait new Promise(() => undefined);\n'),
  ).href;
  const made = await writeReportApart(join(home, 'run'), endless, 600);
  expect(made).toEqual({
    fault: 'it took longer than 0.01 minutes and was ended; `sweepline report` has no limit',
  });
});
