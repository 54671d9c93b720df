// What a loss measures. All are means over the batch; the formulas are here in words, the graph is in layers.ts.

/**
 * `l1`: mean |y − t| over examples and values. `l2`: mean (y − t)². `bce`: mean over examples and values of
 * max(z, 0) − z·t + ln(1 + e^−|z|), z the logits. `cce`: mean over examples of −Σ t·logSoftmax(z).
 * For `bce` the last activation must be sigmoid, for `cce` softmax: it is folded into the loss, which then works on the
 * logits; with a linear last layer the outputs are the logits. The subgradient of |x| at 0 is 0.
 */
export type LossName = 'l1' | 'l2' | 'bce' | 'cce';

export const LOSSES: readonly LossName[] = ['l1', 'l2', 'bce', 'cce'];

/** One loss, or several added up with weights (`{ l1: 0.9, l2: 0.1 }`). Weights are numbers a sweep can vary. */
export type Loss = LossName | Readonly<Partial<Record<LossName, number>>>;

/** The losses of a description in a fixed order, with their weights. */
export function lossTerms(loss: Loss): readonly { readonly name: LossName; readonly weight: number }[] {
  if (typeof loss === 'string') return [{ name: loss, weight: 1 }];
  return LOSSES.flatMap((name) => (loss[name] === undefined ? [] : [{ name, weight: loss[name] }]));
}
