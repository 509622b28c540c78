import type { Contribution, Damper, Readiness } from './readiness.ts';
import type { Instant } from './time.ts';

/**
 * Readiness whose sentences are written when they are first read: an evaluation mostly needs the number alone. Like
 * every object with getters it is to be copied field by field.
 */
export class Weighed implements Readiness {
  declare readonly at: Instant;
  declare readonly value: number;
  #explain: () => Readiness;
  #explained: Readiness | undefined;

  constructor(at: Instant, value: number, explain: () => Readiness) {
    this.at = at;
    this.value = value;
    this.#explain = explain;
  }

  get contributions(): readonly Contribution[] {
    this.#explained ??= this.#explain();
    return this.#explained.contributions;
  }

  get dampers(): readonly Damper[] {
    this.#explained ??= this.#explain();
    return this.#explained.dampers;
  }
}
