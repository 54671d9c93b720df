// A worker that trains in steps and keeps checkpoints, as text for a project: what it has learnt is a number that depends on
// the parameters it had at each step, so that a wrong checkpoint, or a step too many, gives other numbers.
export const STEPS = 9;

/**
 * Steps of `ms` each. Of trials whose number is in `odd`: `deaf` ones never look at stop, `forgetful` ones keep no
 * checkpoint, `brief` ones end by themselves at step 4, `frail` ones fail once at step 5, `broken` ones at each attempt,
 * `slow` ones never end from step 5 on, `sleepy` ones look at every third step, `large` ones keep checkpoints of 100 KB.
 * Before their last step all wait as long as there is the file `hold`, or until they are asked to stop.
 */
export function trainingWorker(
  ms: number,
  odd: Readonly<Record<string, readonly number[]>> = {},
  hold = '',
): string {
  return `params: { x: z.number().default(0), y: z.number().default(0) },
    metrics: { loss: { type: 'number', goal: 'min' }, weight: { type: 'number' } }, series: ['loss', 'weight'],
    async run(trial) {
      const odd = ${JSON.stringify(odd)};
      const is = (kind) => (odd[kind] ?? []).includes(trial.number);
      const { x, y } = trial.params;
      const bytes = trial.loadCheckpoint();
      const known = bytes === undefined ? { rows: [], weight: 1 } : JSON.parse(Buffer.from(bytes).toString());
      const rows = [...known.rows];
      let { weight } = known;
      for (let step = 1; step <= ${STEPS}; step++) {
        if (rows[step - 1] === undefined) {
          await new Promise((done) => setTimeout(done, ${ms} * (0.5 + trial.random('ms ' + step).uniform())));
          if (is('broken') && step === 5) throw new Error('broken');
          if (is('frail') && step === 5) {
            const { existsSync, writeFileSync } = await import('node:fs');
            const mark = new URL('./frail-' + trial.number, import.meta.url);
            if (!existsSync(mark)) {
              writeFileSync(mark, '');
              throw new Error('frail');
            }
          }
          if (step === ${STEPS} && ${JSON.stringify(hold)} !== '') {
            const { existsSync } = await import('node:fs');
            while (existsSync(${JSON.stringify(hold)})) {
              if (trial.stopRequested) break;
              await new Promise((done) => setTimeout(done, 5));
            }
          }
          while (is('slow') && step === 5) await new Promise((done) => setTimeout(done, 5));
          weight *= 0.6 + Math.abs(x - 0.3) / 4 + Math.abs(y - 0.7) / 4;
          rows.push([weight + 0.02 * trial.random('noise ' + step).normal(), weight]);
        }
        const [loss, learnt] = rows[step - 1];
        trial.report(step, { weight: learnt, loss });
        if (step === 2) trial.saveArtifact('two.txt', x + ' ' + y);
        if (is('brief') && step === 4) return { loss, weight: learnt };
        if (is('deaf') || (is('sleepy') && step % 3 > 0) || !trial.stopRequested) continue;
        if (!is('forgetful')) trial.saveCheckpoint(Buffer.from(JSON.stringify({ rows, weight }).padEnd(is('large') ? 100_000 : 0)));
        throw trial.stopped();
      }
      return { loss: rows.at(-1)[0], weight: rows.at(-1)[1] };
    }`;
}
