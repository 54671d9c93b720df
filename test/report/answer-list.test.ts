// The answer at the top of a report: what is best, what comes next, which parameters matter.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeRunReport } from '../../src/index.js';
import { renderAnswerItems } from '../../src/report/answer-list.js';
import { startRun } from '../../src/sweep/start.js';
import { makeProject } from '../sweep/project.js';
import { newFolder } from '../sweep/session.js';

async function reportOf(metrics: string): Promise<string> {
  const { sweep } = makeProject(
    `params: { a: z.number().default(0), name: z.string().default('x') }, metrics: { ${metrics} },
    run: ({ params, replicate }) => ({ loss: params.a + replicate / 10 })`,
    "axes: { a: [1, 2, 3], name: ['x', '<b>|y'] }, replicates: 2",
  );
  const out = join(newFolder(), 'run');
  await (await startRun({ sweep, out, workers: 1 })).outcome;
  await writeRunReport(out);
  return readFileSync(join(out, 'report.md'), 'utf8');
}

test('a report begins with the answer, where something says what is best', async () => {
  const text = await reportOf("loss: { type: 'number', goal: 'min' }");
  expect(text).toMatch(/12 trials: 12 ok\.\n\n- \*\*Best:\*\* loss 1\.05 .*a=1/);
  expect(text).toContain('**Parameters that matter most:** a');
  expect(text).not.toContain('<b>');
  expect(await reportOf("loss: { type: 'number' }")).not.toContain('**Best:**');
});

test('lines without a label go on, repeated ones are items of their own, and texts are no markup', () => {
  expect(
    renderAnswerItems([
      ['best', 'loss <1>'],
      ['', 'a=1'],
      ['failed', 'x'],
      ['failed', 'y'],
    ]),
  ).toEqual([expect.stringMatching(/^- \*\*Best:\*\* loss .{0,2}<?1.*; a=1$/), '- **Not ok:** x', '- y']);
});
