// A program with a loop of its own, which does not come to its end: `exit`, it ends with trial 1 open; `stuck`, it asks for
// a trial that depends on an open one, with nothing else to do; `late`, the same with somebody who tells that one later.
import { loguniform } from '../../../src/space/domain.js';
import { openStudy } from '../../../src/sweep/ask-tell/study.js';

const [how, folder, sampler] = process.argv.slice(2) as ['exit' | 'stuck' | 'late', string, string];

const study = await openStudy({
  axes: { lr: loguniform(1e-5, 1) },
  objectives: 'loss:min',
  ...{ sampler, trials: 6, seed: 3, folder, lookahead: 2 },
});
const first = (await study.ask())!;
const second = (await study.ask())!;
if (how === 'exit') {
  await study.tell(first, { loss: 0.5 });
  process.exit(7);
}
await study.tell(second, { loss: 0.5 });
if (how === 'late') setTimeout(() => void study.tell(first, { loss: 1 }), 200);
const third = await study.ask().catch((error: Error) => error.message);
process.stdout.write(typeof third === 'string' ? third : `trial ${third?.number}`);
await study.close();
