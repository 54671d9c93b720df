// When a run ends before its trials are run: once its objective has reached a value, or has not got better for long. It is
// shown configurations one after another, in the order of their proposals, and looks at nothing else.
import { plural } from '../../ground/text.js';
import type { Aims } from '../../trial/objective.js';
import type { Observed } from './observations.js';
import type { Search } from './search-spec.js';

export class EndRule {
  readonly #search: Pick<Search, 'objectives' | 'target' | 'plateau'>;
  /** Configurations that it was shown. */
  looked = 0;
  /** The best value of those that count, and whose it is. */
  #best = Number.POSITIVE_INFINITY;
  #bestAt = -1;

  constructor(search: Pick<Search, 'objectives' | 'target' | 'plateau'>) {
    this.#search = search;
  }

  /** The next configuration. */
  look({ number, status, values, violation }: Observed): void {
    this.looked++;
    if (status !== 'ok' || violation > 0 || !(values![0]! < this.#best)) return;
    this.#best = values![0]!;
    this.#bestAt = number;
  }

  /** Why there is to be no proposal more, as those that it was shown have it; null where there is. */
  find(): string | null {
    const { target, plateau, objectives } = this.#search;
    const told = this.looked;
    if (told === 0 || (target === null && plateau === null)) return null;
    const [{ metric, goal }] = objectives as readonly [Aims['objectives'][number]];
    const [best, bestAt] = [this.#best, this.#bestAt];
    if (bestAt < 0)
      return plateau !== null && told >= plateau
        ? `none of the first ${plural(told, 'configuration')} has a value of ${metric} that counts`
        : null;
    const shown = goal === 'max' ? 0 - best : best;
    if (target !== null && (goal === 'max' ? shown >= target : shown <= target))
      return `${metric} ${Number(shown.toPrecision(6))} has reached the target of ${target}`;
    if (plateau !== null && told - 1 - bestAt >= plateau)
      return `${plateau} configurations in a row were not better than ${metric} ${Number(shown.toPrecision(6))}`;
    return null;
  }
}
