// What the pruner of a run has to know of its trials: their points, the names of their checkpoints, and which values their
// axes can have.
import { createDimension, type Dimension } from '../../search/dimension.js';
import type { Population } from '../../search/pruning/population.js';
import { contains } from '../../space/domain.js';
import type { AxisDomain, GridSpec, Point } from '../../space/types.js';
import { createKeyer } from '../../trial/key.js';
import { createRowPrefixes } from '../../trial/prefixes.js';
import { type ProposedTrial, type Selection, selectNumbers } from '../../trial/selection.js';
import type { Job } from '../job.js';
import { samplerOf } from '../samplers/list.js';

export class ProposedPopulation implements Population {
  readonly #job: Job;
  readonly #grids: readonly GridSpec<AxisDomain>[];
  readonly #points = new Map<number, ProposedTrial>();
  readonly #dimensions = new Map<string, Dimension>();
  readonly #prefixes: ReturnType<typeof createRowPrefixes>;

  constructor(job: Job) {
    this.#job = job;
    const { worker, resolved, space } = job;
    const { axes, fixed, sampler, seed: sweepSeed } = resolved;
    // As the manifest has them, which is all that a run knows that is taken up again.
    this.#grids = samplerOf(sampler).grids?.(sampler, resolved.space) ?? resolved.space.grids;
    const keyer = createKeyer(worker.name, worker.version);
    this.#prefixes = createRowPrefixes({ space, axes, params: worker.params, fixed, keyer, sweepSeed });
  }

  /** Points that a sampler has made; others are known by their numbers. */
  note(proposal: Selection): void {
    if (proposal.kind === 'points' && this.#job.pruner?.name === 'pbt')
      for (const point of proposal.points) this.#points.set(point.trial, point);
  }

  pointOf(trial: number): Point {
    const { space } = this.#job;
    return this.#points.get(trial)?.point ?? space.at(Math.floor(trial / space.replicates));
  }

  keyOf(trial: number): string {
    const point = this.#points.get(trial);
    const selection: Selection =
      point === undefined ? selectNumbers([trial]) : { kind: 'points', points: [point] };
    return this.#prefixes(selection).keys[0]!;
  }

  dimensionOf(axis: string, point: Point): Dimension | undefined {
    if (!Object.hasOwn(point, axis)) return undefined;
    for (const [i, grid] of this.#grids.entries()) {
      const spec = grid.axes.find(({ names }) => names.length === 1 && names[0] === axis);
      if (spec === undefined || !contains(spec.values[0]!, point[axis]!)) continue;
      const name = `${i} ${axis}`;
      const known = this.#dimensions.get(name) ?? createDimension({ names: spec.names, values: spec.values });
      this.#dimensions.set(name, known);
      return known;
    }
    return undefined;
  }

  accepts(point: Point): boolean {
    return this.#job.loaded.sweep.where?.(point) ?? true;
  }
}
