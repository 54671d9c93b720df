// Makes proposals of a search method: asks it, and takes a point at random instead where the constraint refuses what it
// proposes, or where that has been proposed before (the same trial would give the same result).
import { InternalError, SweeplineError } from '../../ground/errors.js';
import { randomFor } from '../../ground/random.js';
import type { Method, MethodDefinition, Observation, Why } from '../../search/contract.js';
import { createSearchSpace, type SearchSpace } from '../../search/space.js';
import type { AxisDomain, GridSpec, Point } from '../../space/types.js';
import { canonicalObject } from '../../space/value.js';
import type { Observed } from './observations.js';

/** Points at random that may be refused, one after another. */
const MOST_DRAWS = 10_000;
/** Spaces up to so many points are gone through where chance finds none. */
const MOST_LISTED = 200_000;

export interface ProposerSetup {
  readonly definition: MethodDefinition;
  readonly grids: readonly GridSpec<AxisDomain>[];
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly objectives: number;
  /** The constraint of the sweep; null: there is none. */
  readonly where: ((point: Point) => boolean) | null;
}

export interface Proposal {
  readonly point: Point;
  readonly why: Why;
}

export class Proposer {
  readonly space: SearchSpace;
  readonly #setup: ProposerSetup;
  readonly #method: Method;
  readonly #places: Float64Array[] = [];
  readonly #told: Observation[] = [];
  /** Identities of the points that have been proposed. */
  readonly #seen = new Set<string>();
  /** All points of a finite space that pass the constraint, once they were needed. */
  #all: readonly Point[] | undefined;

  constructor(setup: ProposerSetup) {
    this.#setup = setup;
    this.space = createSearchSpace(setup.grids);
    const { seed, options, objectives } = setup;
    this.#method = setup.definition.create({
      ...{ space: this.space, seed, options, objectives },
      allows: (x) => this.#allows(this.space.pointAt(x)),
    });
  }

  /**
   * The next proposal has been made. Methods see its coordinates as they are computed from the point, always: so a run
   * that is taken up again, whose points come from the journal, goes on as it would have.
   */
  add(point: Point): void {
    const x = this.space.placeOf(point);
    if (x === undefined) throw new InternalError(`a proposal lies in no grid: ${canonicalObject(point)}`);
    this.#places.push(x);
    this.#seen.add(canonicalObject(point));
  }

  /** What became of a proposal; in their order. */
  tell(observed: Observed): void {
    if (observed.number !== this.#told.length)
      throw new InternalError(`told of proposal ${observed.number}; expected ${this.#told.length}`);
    this.#told.push({ ...observed, x: this.#places[observed.number]! });
  }

  /**
   * The proposal after those added, from the first `told` observations; undefined where there is no point left, or chance
   * finds none that has not been proposed: an open domain may hold few numbers. Throws BAD_DEFINITION where the constraint
   * refuses all that chance finds.
   */
  propose(told: number): Proposal | undefined {
    if (this.#seen.size >= this.space.points) return undefined;
    const k = this.#places.length;
    const view = { told: this.#told.slice(0, told), pending: this.#places.slice(told) };
    const { x, why } = this.#method.propose(k, view);
    const point = this.space.pointAt(x);
    return this.#allows(point) ? { point, why } : this.#drawInstead(k, why);
  }

  #allows(point: Point): boolean {
    const { where } = this.#setup;
    return (where === null || where(point)) && !this.#seen.has(canonicalObject(point));
  }

  #drawInstead(k: number, why: Why): Proposal | undefined {
    const { definition, seed } = this.#setup;
    const random = randomFor(definition.name, seed, k, 'instead');
    let isRefused = true;
    for (let draws = 0; draws < MOST_DRAWS; draws++) {
      const point = this.space.pointAt(this.space.draw(random));
      if (this.#allows(point)) return { point, why: { stage: 'instead', of: why.stage } };
      isRefused &&= !this.#seen.has(canonicalObject(point));
    }
    // Of finitely many points those that are left are few, or none: chance hardly finds them.
    if (this.space.points <= MOST_LISTED) {
      const { where } = this.#setup;
      this.#all ??= [...this.space.places()]
        .map((x) => this.space.pointAt(x))
        .filter((point) => where === null || where(point));
      const left = this.#all.filter((point) => !this.#seen.has(canonicalObject(point)));
      return left.length === 0
        ? undefined
        : { point: left[random.below(left.length)]!, why: { stage: 'instead', of: why.stage } };
    }
    if (!isRefused) return undefined;
    throw new SweeplineError(
      'BAD_DEFINITION',
      `the constraint accepts none of ${MOST_DRAWS} points drawn at random`,
      { hint: 'widen `where`, or narrow the domains to where it holds' },
    );
  }
}
