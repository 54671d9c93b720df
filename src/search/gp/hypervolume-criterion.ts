// Several objectives: the logarithm of the expected growth of the hypervolume that the front dominates (Emmerich 2005; in
// logarithms Ament et al. 2023). Objectives are taken to be independent, so that the measure of a box is a product: of
// E[(u − f)⁺] − E[(l − f)⁺] over objectives f, with l and u the ends of the box.
import { logImprovement, logImprovementSlope } from '../../stats/normal.js';
import { type Boxes, cutBoxes, findFront } from './boxes.js';
import type { Acquisition } from './maximise.js';
import type { GaussianProcess } from './posterior.js';

/** Boxes grow with the front; a larger one loses the points that dominate least by the sum of their objectives. */
const MOST_BOXES = 1000;

/** `known` are values of all objectives, the worst of which make the reference. */
export function expectHypervolume(
  processes: readonly GaussianProcess[],
  known: readonly Float64Array[],
): Acquisition {
  const objectives = processes.length;
  const reference = new Float64Array(objectives);
  for (let m = 0; m < objectives; m++) {
    const [least, most] = ends(known.map((values) => values[m]!));
    reference[m] = most + 0.1 * (most - least) + 1e-3;
  }
  const most = Math.max(2, Math.floor(MOST_BOXES ** (1 / (objectives - 1))));
  const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const front = findFront(known)
    .sort((a, b) => sumOf(a) - sumOf(b))
    .slice(0, most);
  return measure(processes, cutBoxes(front, reference));
}

function ends(values: readonly number[]): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
}

function measure(processes: readonly GaussianProcess[], { count, ends, lower, upper }: Boxes): Acquisition {
  const objectives = processes.length;
  const size = ends[0]!.length;
  // Of each end the logarithm of E[(end − f)⁺], and its derivatives by the mean and standard deviation of f.
  const tables = processes.map(() => ({
    log: new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
    byMean: new Float64Array(size),
    bySd: new Float64Array(size),
  }));
  const parts = new Float64Array(count);
  return (at, slopes) => {
    const sds = new Float64Array(objectives);
    processes.forEach((process, m) => {
      const { mean, variance } = process.predict(at, slopes !== undefined);
      const sd = Math.sqrt(variance);
      const { log, byMean, bySd } = tables[m]!;
      sds[m] = sd;
      for (let i = 1; i < size; i++) {
        const z = (ends[m]![i]! - mean) / sd;
        log[i] = Math.log(sd) + logImprovement(z);
        const rise = logImprovementSlope(z);
        byMean[i] = -rise / sd;
        bySd[i] = (1 - z * rise) / sd;
      }
    });
    let most = Number.NEGATIVE_INFINITY;
    for (let b = 0; b < count; b++) {
      let sum = 0;
      for (let m = 0; m < objectives; m++) {
        const { log } = tables[m]!;
        const high = log[upper[b * objectives + m]!]!;
        sum += high + Math.log(-Math.expm1(log[lower[b * objectives + m]!]! - high));
      }
      parts[b] = sum;
      if (sum > most) most = sum;
    }
    let total = 0;
    for (let b = 0; b < count; b++) total += Math.exp(parts[b]! - most);
    if (slopes !== undefined) {
      slopes.fill(0);
      processes.forEach((process, m) => {
        const { log, byMean, bySd } = tables[m]!;
        let ofMean = 0;
        let ofSd = 0;
        for (let b = 0; b < count; b++) {
          const share = Math.exp(parts[b]! - most) / total;
          if (share < 1e-12) continue;
          const high = upper[b * objectives + m]!;
          const low = lower[b * objectives + m]!;
          const ratio = Math.exp(log[low]! - log[high]!);
          ofMean += (share * (byMean[high]! - ratio * byMean[low]!)) / (1 - ratio);
          ofSd += (share * (bySd[high]! - ratio * bySd[low]!)) / (1 - ratio);
        }
        const { meanSlope, varianceSlope } = process.answer;
        for (let d = 0; d < slopes.length; d++)
          slopes[d] = slopes[d]! + ofMean * meanSlope[d]! + (ofSd * varianceSlope[d]!) / (2 * sds[m]!);
      });
    }
    return most + Math.log(total);
  };
}
