// How trials went on that paused on their way, in words: promoted rung by rung, or with the weights of another one.
import { describePoint } from '../answer/words.js';
import { plural } from '../ground/text.js';
import type { Lineage, Promotions, RungPassed, Takeover, Training } from '../sweep/explain/explanation.js';

/** `whereToAsk`: where this run cannot tell, and another one can. */
export function describePromotions(
  { pruner, metric, goal, rungs }: Promotions,
  whereToAsk?: string,
): string[] {
  if (rungs === null)
    return [
      pruner,
      ...(whereToAsk === undefined
        ? [
            'Rung by rung it cannot be told any more: decided again from the curves, other trials are pruned than the journal says.',
            'That is so of a run that went on to more trials, and of a merged one that went on.',
          ]
        : [`Rung by rung it cannot be told here. ${whereToAsk}`]),
    ];
  if (rungs.length === 0) return [pruner, 'It has not got to a rung.'];
  return [
    pruner,
    ...rungs.map((rung) => describeRung(rung, metric)),
    `Ranks are among those whose results counted by then. The cut-off is the ${goal === 'min' ? 'largest' : 'smallest'} value that went on.`,
  ];
}

const OUTCOMES: Readonly<Record<RungPassed['outcome'], string>> = {
  promoted: 'promoted',
  pruned: 'pruned, once nothing more came',
  waits: 'it waits',
  ended: 'it came to its end there',
};

function describeRung(passed: RungPassed, metric: string): string {
  const { rung, step, value, rank, of, cutoff, outcome } = passed;
  const where = step === rung ? `Step ${show(step)}` : `Step ${show(step)} (rung ${show(rung)})`;
  return `${where}: ${metric} ${show(value)}, rank ${rank} of ${of}, cut-off ${show(cutoff)}: ${OUTCOMES[outcome]}.`;
}

export function describeLineage(told: Lineage): string[] {
  const { pruner, metric, population, began, takeovers, weights } = told;
  const values = showPoint(began);
  return [
    pruner,
    `It began with ${values}, as one of ${plural(population, 'trial')} that agree in all else.`,
    ...takeovers.flatMap((each) => describeTakeover(each, metric)),
    ...(takeovers.length === 0
      ? ['It has taken over nothing from others.']
      : ['Its weights were trained', ...weights.map(describeTraining)]),
  ];
}

function describeTakeover(takeover: Takeover, metric: string): string[] {
  const { step, from, value, better, before, taken, after } = takeover;
  return [
    `Step ${show(step)}: its ${metric} was ${show(value)}, and that of trial ${from} was ${show(better)}. It went on from the`,
    `  weights of trial ${from} with ${showPoint(after)}: trial ${from} had ${showPoint(taken)}, it had ${showPoint(before)} before.`,
  ];
}

function describeTraining(
  { trial, from, to, params }: Training,
  i: number,
  all: readonly Training[],
): string {
  const whose = i === all.length - 1 ? 'by itself' : `by trial ${trial}`;
  const when = from === 0 ? '' : ` from step ${show(from)}`;
  return `  ${whose}${when}${to === null ? '' : ` to step ${show(to)}`}, with ${showPoint(params)}`;
}

function showPoint(point: Takeover['after']): string {
  return describePoint(point, Object.keys(point));
}

function show(value: number | null): string {
  return value === null ? 'not finite' : String(Number(value.toPrecision(6)));
}
