// The explanation of a trial as text that teaches: what the sampler or the pruner did, with the numbers that it did it by.
import { describePoint } from '../answer/words.js';
import { formatCount, plural, quoteArgument } from '../ground/text.js';
import type {
  BisectOrigin,
  Explanation,
  GridOrigin,
  Origin,
  Part,
  Pruned,
  SearchOrigin,
} from '../sweep/explain/explanation.js';
import type { MetricValue } from '../trial/metrics.js';
import { showPath } from './paths.js';
import { describeLineage, describePromotions } from './pausing-words.js';

/** Competitors that are listed. */
const SHOWN = 8;

export function renderExplanation(told: Explanation): string {
  const { trial, status, replicate, replicates, seed, point, metrics, sampler, part, pruned } = told;
  const most = told.raced === null ? replicates : `at most ${replicates}`;
  const of = replicates > 1 ? `, replicate ${replicate} (from 0) of ${most}` : '';
  const lines = [
    `Trial ${trial} of ${told.sweep}, run ${told.run}: ${status === 'open' ? 'not ended' : status}${of}`,
    `  point    ${describePoint(point, Object.keys(point)) || '(no axis varies)'}`,
    ...(metrics === null ? [] : [`  metrics  ${showMetrics(metrics)}`]),
    ...(seed === null ? [] : [`  seed     ${seed}, from the sweep's seed and the trial's key`]),
    `  sampler  ${sampler}`,
    ...(part === null ? [] : [`  merged   ${describePart(part)}`]),
    '',
    'Why this point',
    ...describeOrigin(told.origin).map((line) => `  ${line}`),
  ];
  if (told.raced !== null && replicate >= told.raced)
    lines.push(
      '',
      'Why this replicate',
      `  Every configuration has ${told.raced}. This one could not be told from the best by them, so it got another.`,
    );
  for (const on of [
    told.promotions === null ? [] : describePromotions(told.promotions, whereToAsk(told)),
    told.lineage === null ? [] : describeLineage(told.lineage),
  ])
    if (on.length > 0) lines.push('', 'How it went on', ...on.map((line) => `  ${line}`));
  if (pruned !== null)
    lines.push(
      '',
      'Why it was stopped early',
      ...describePruned(pruned, whereToAsk(told)).map((line) => `  ${line}`),
    );
  return lines.join('\n');
}

function showMetrics(metrics: Readonly<Record<string, MetricValue>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name}=${typeof value === 'number' ? show(value) : String(value ?? 'none')}`)
    .join(' ');
}

function show(value: number): string {
  return String(Number(value.toPrecision(6)));
}

export function describeOrigin(origin: Origin): string[] {
  switch (origin.kind) {
    case 'grid':
      return describeGrid(origin);
    case 'draw':
      return [
        `Draw ${origin.draw} (from 0) from the domains. Each draw has a random stream of its own, named by the sweep's`,
        'seed and its number: it depends on no result, and a larger number of trials begins with the same draws.',
      ];
    case 'bisect':
      return describeBisection(origin);
    case 'search':
      return describeSearch(origin);
  }
}

function describeGrid({ grid, grids, place, points, axes, draw }: GridOrigin): string[] {
  const where = grids > 1 ? `grid ${grid} of ${grids}` : 'the grid';
  return [
    `Point ${formatCount(place)} (from 0) of the ${formatCount(points)} of ${where}; the last axis turns fastest.`,
    ...axes
      .filter(({ of }) => of > 1)
      .map(({ axis, position, of }) => `  ${axis}: value ${position} of ${of}`),
    draw === null
      ? 'Every point of a grid runs: no result had a say in it.'
      : `In the random order of the points it is number ${formatCount(draw)} (from 0); no result had a say in it.`,
  ];
}

function describeBisection({ axis, metric, step, tolerance, low, high, answers }: BisectOrigin): string[] {
  if (answers !== null)
    return [
      `Value ${step} (from 0) that a bisection with wrong answers asked: where it is the least certain on which side of`,
      `the threshold of ${axis} it lies. It ends once 95 % of the chance lies within ${show(tolerance)}.`,
      answers.length === 0 ? 'It had no answer yet.' : `What ${metric} had been until then:`,
      ...answers.map(({ at, yes, of }) => `  ${axis}=${show(at)}: true ${yes} of ${of} times`),
    ];
  if (low === null || high === null)
    return [
      step < 2
        ? `The ${step === 0 ? 'lower' : 'upper'} end of the bracket: a bisection of ${axis} tries both ends first.`
        : `What ${metric} was at both ends is not known: the trials before it have not ended well.`,
    ];
  return [
    `The middle of a bracket: ${metric} was ${low.value} at ${axis}=${show(low.at)} (trial ${low.trial})`,
    `and ${high.value} at ${axis}=${show(high.at)} (trial ${high.trial}), so it changes between them.`,
    `Halving goes on until the bracket is no wider than ${show(tolerance)}.`,
  ];
}

function describeSearch(origin: SearchOrigin): string[] {
  const { objectives, told, ok, pruned, failed, pending, best, lookahead } = origin;
  const parts = [
    `${ok} ok`,
    ...(pruned > 0 ? [`${pruned} pruned`] : []),
    ...(failed > 0 ? [`${failed} without a value`] : []),
  ];
  const lines = origin.isUnconstrained && origin.other !== null ? [] : describeWhy(origin);
  if (objectives.length > 0) {
    lines.push(
      told === 0
        ? 'It knew no result yet.'
        : `It knew the results of configurations 0 to ${told - 1} (${parts.join(', ')}), looking for ${objectives.join(' and ')}.`,
    );
    if (best !== null)
      lines.push(
        `The best of them: configuration ${best.configuration}, ${best.values.map(show).join(', ')}.`,
      );
    if (pending > 0)
      lines.push(
        `${plural(pending, 'configuration')} between counted as pending (look-ahead ${lookahead}), whether or not they had ended:`,
        'so the point is the same on any number of workers.',
      );
  }
  return [...lines, ...describeAgain(origin)];
}

/** What came of asking the method again. */
function describeAgain({ other, why, isUnconstrained }: SearchOrigin): string[] {
  if (isUnconstrained)
    return [
      other === null
        ? 'Computed again just now from the journal, without the constraint: it is the same point, to the last bit.'
        : 'How it chose from there is not known: without the constraint it would have proposed another point.',
      'The constraint (where) is a function of the program that asked, in no file; --sweep <file>: a sweep that has the same.',
    ];
  if (other === null)
    return ['Computed again just now from the journal: it is the same point, to the last bit.'];
  if (why.stage === 'none') return ['NOT REPRODUCED: this version finds no point left to propose here.'];
  return [
    `NOT REPRODUCED: this version proposes ${describePoint(other, Object.keys(other))} instead. Sweepline or`,
    'the sweep has changed since; what is said above is of that other point.',
  ];
}

/** By method and stage, else by stage. What a method tells beside that is added as it is. */
const STAGES: Readonly<Record<string, string>> = {
  'start-up':
    'A start-up point, whatever the results: the method models nothing before it knows enough of them.',
  'tpe acquisition':
    'Of the candidates drawn where good configurations are dense, the one that is most likely among the good and least among the rest.',
  'gp acquisition':
    'Where the Gaussian process expects the most improvement (its logarithm is the value), over the whole space.',
  acquisition: 'Where the acquisition function is highest.',
  child:
    'A child of two configurations, the parents: each the better of two drawn from the population, then crossed over and mutated.',
  distribution: 'Drawn from the normal distribution that CMA-ES has learnt so far.',
  sequence: 'The next point of a sequence that fills the space evenly; it depends on no result.',
  hypercube:
    'A point of a Latin hypercube: each parameter has every stretch of its range once; no result had a say.',
  random: 'A point at random.',
  'tpe random':
    'A point at random: all candidates had been tried before, or the constraint of the sweep refuses them.',
  instead:
    'A point at random: what the method proposed had been tried before, or the constraint of the sweep refuses it.',
  'only point': 'The only point that there is.',
};

const DETAILS: Readonly<Record<string, string>> = {
  value: 'acquisition value',
  good: 'good configurations',
  observations: 'results modelled',
  sigma: 'step size',
  learnt: 'results learnt from',
  of: 'in place of',
  parents: 'parents: configurations',
  ranks: 'on the fronts',
  lengthScales: 'length scales',
  noise: 'noise',
};

function describeWhy({ method, why }: SearchOrigin): string[] {
  const { stage, ...details } = why;
  const text = STAGES[`${method} ${stage}`] ?? STAGES[stage];
  const shown = Object.entries(details).map(
    ([name, value]) => `${DETAILS[name] ?? name} ${showDetail(value)}`,
  );
  const about = stage === 'none' ? [] : [text ?? `Stage of ${method}: ${stage}.`];
  return [...about, ...(shown.length === 0 ? [] : [`  ${shown.join(', ')}`])];
}

function showDetail(value: SearchOrigin['why'][string]): string {
  if (typeof value === 'number') return show(value);
  return Array.isArray(value) ? value.map((each) => show(each as number)).join(' and ') : String(value);
}

function describePart({ shard, run, folder }: Part): string {
  return `from ${shard === null ? '' : `shard ${shard}, `}run ${run} in ${showPath(folder)}; its pruner knew the trials of that run alone`;
}

/** What a merged run cannot tell, the part can; undefined: it is not merged. */
function whereToAsk({ part, trial }: Explanation): string | undefined {
  if (part === null) return undefined;
  return `The merged run does not have all that its part had. Ask there: sweepline explain ${quoteArgument(showPath(part.folder))} ${trial}`;
}

/** `whereToAsk`: where this run cannot tell, and another one can. */
export function describePruned(told: Pruned, whereToAsk?: string): string[] {
  const { pruner, metric, goal, step, rung, value, isBest, cutoff, others, competitors, paused } = told;
  const better = goal === 'min' ? 'at most' : 'at least';
  const lines = [
    `${pruner}`,
    `At step ${show(step)}${rung === step ? '' : ` (rung ${show(rung)})`} ${isBest ? `the best of its ${metric} so far` : `its ${metric}`} was ${value === null ? 'not finite' : show(value)}; ${
      cutoff === null ? 'nothing would have gone on' : `to go on it had to be ${better} ${show(cutoff)}`
    }.`,
  ];
  if (others === 0 && competitors?.length === 0) lines.push('Its own curve alone decided.');
  else
    lines.push(
      `It was held against ${plural(others, 'trial')} ${paused ? '' : 'proposed before it '}that got there${competitors === null ? '.' : ':'}`,
    );
  for (const { trial, step: at, value: score } of competitors?.slice(0, SHOWN) ?? [])
    lines.push(
      `  trial ${trial}: ${score === null ? 'not finite' : show(score)}${at === rung ? '' : ` at step ${show(at)}`}`,
    );
  if (competitors === null)
    lines.push(
      whereToAsk ??
        'Who they were cannot be told any more: of the curves that the run has now, other ones come out than the journal says.',
    );
  if (competitors !== null && competitors.length > SHOWN)
    lines.push(`  and ${plural(competitors.length - SHOWN, 'worse one')}`);
  lines.push(
    paused
      ? 'It had paused there, and waited until nothing more came. Its row holds the values of that step.'
      : 'Its row holds the values of that step; what it did afterwards does not count.',
  );
  return lines;
}
