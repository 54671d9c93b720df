// The nightly judgement on made-up nights: how often it cries wolf, and how many lasting changes it finds after two,
// three and four nights. An alarm is a move away from the goal: over either goal, and over the one with more of them.
// Prints the table of docs/compare.md. `node dist/test/bench/nights.js [histories]`
import { countLost, countMoved, nightDeviation, SHAPES } from '../nights/simulate.js';

const histories = Number(process.argv[2] ?? 10_000);
const REPLICATES = [2, 5, 10];
const NIGHTS = [16, 24, 60];
/** Enough to tell 95 % from 90 %. */
const few = Math.ceil(histories / 20);

const show = (cells: readonly (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);

show([
  ...['noise', 'nights', 'replicates', 'false alarms in 1,000 nights (worse goal)'],
  ...['3 σ: in 2 nights', 'in 3', 'in 4', '3 σ of a night: in 2 nights', 'in 3', 'in 4'],
]);
show(['---', ...Array.from({ length: 9 }, () => '---:')]);
let [alarms, nightsInAll] = [0, 0];
for (const shape of SHAPES)
  for (const nights of NIGHTS)
    for (const replicates of REPLICATES) {
      const none = countMoved({ shape, nights, replicates, shift: 0, shifted: 0 }, histories, 'none');
      alarms += none.up + none.down;
      nightsInAll += 2 * histories;
      const found = [3, 3 * nightDeviation(shape, replicates)].flatMap((shift) =>
        [2, 3, 4].map((shifted) => {
          const { up } = countMoved({ shape, nights, replicates, shift, shifted }, few, 'shifted');
          return `${Math.round((100 * up) / few)} %`;
        }),
      );
      const most = Math.max(none.up, none.down);
      const rate = (count: number) => ((1000 * count) / histories).toFixed(1);
      show([shape.name, nights, replicates, `${rate((none.up + none.down) / 2)} (${rate(most)})`, ...found]);
    }
console.log(
  `\nOver all of them: ${((1000 * alarms) / nightsInAll).toFixed(2)} false alarms in 1,000 nights.`,
);

console.log(
  '\nAn improvement of 3 σ that lasted 20 nights and was lost, after 30 nights, with 5 replicates:\n',
);
show(['noise', 'told in 2 nights', 'in 3', 'in 4']);
show(['---', '---:', '---:', '---:']);
for (const shape of SHAPES) {
  const told = [2, 3, 4].map((shifted) => {
    const series = { shape, nights: 50 + shifted, replicates: 5, shift: 3, shifted };
    return `${Math.round((100 * countLost(series, 20, few, 'lost')) / few)} %`;
  });
  show([shape.name, ...told]);
}
