// CPU time that the judgement of a night takes, after 60 nights of ten metrics: with nothing but noise, and where every
// metric got worse at night 41. `node dist/test/bench/nights-speed.js [configurations]`
import { randomFor } from '../../src/ground/random.js';
import { judgeTonight } from '../../src/nights/gate.js';
import { cellOf, nightOf, runOf } from '../nights/nights.js';

const configurations = Number(process.argv[2] ?? 2000);
const loss = runOf([]).metrics[0]!;
const metrics = Array.from({ length: 10 }, (_, i) => ({ ...loss, name: `loss_${i}` }));

for (const shift of [0, 5]) {
  const random = randomFor('nights', 'speed', shift);
  const nights = Array.from({ length: 61 }, (_, day) => {
    const cells = Array.from({ length: configurations }, (_, i) =>
      metrics.map(({ name }) => {
        const mean = 10 + random.normal() + (day >= 41 ? shift : 0);
        return cellOf(name, mean, { configuration: `latent=${i}`, sd: 1, n: 3 });
      }),
    );
    return nightOf(day, [runOf(cells.flat(), { metrics })]);
  });
  const tonight = nights.pop()!;
  const start = process.cpuUsage();
  const { cells } = judgeTonight(tonight, { nights, faults: [] }, { accepted: [] });
  const { user, system } = process.cpuUsage(start);
  const worse = cells.filter(({ verdict }) => verdict === 'worse').length;
  const seconds = ((user + system) / 1e6).toFixed(2);
  console.log(`shift ${shift} σ: ${seconds} s of CPU; ${worse} of ${cells.length} cells are worse`);
}
