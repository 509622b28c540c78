import type { Catalog } from '../catalog.ts';
import type { Instant } from '../time.ts';
import { passUntil } from './life.ts';
import { receive, receiveEach } from './receive.ts';
import { createWorld, type Reported, type World, type WorldOptions } from './world.ts';

/**
 * A history played through the live path: fold, open, decide, schedule, check again, with guardrails and wake-ups,
 * in memory, its time driven by the events. What live use does is done by the same functions; what people do to an
 * ask is taken from the history where it tells, else a card is seen when it opens and a draft is sent when it is due.
 */
export type Replay = {
  /** Takes events that came together at `at`, which is no earlier than the step before. */
  readonly receive: (events: readonly Reported[], at: Instant) => void;
  /** Takes events that happened at `at`, each a step of its own. */
  readonly receiveEach: (events: readonly Reported[], at: Instant) => void;
  /** Lets time pass up to and including `until`, and says what came of it all. */
  readonly end: (until?: Instant) => World;
  readonly world: World;
};

export function createReplay(catalog: Catalog, options: WorldOptions): Replay {
  const world = createWorld(catalog, options);
  return {
    world,
    receive: (events, at) => receive(world, events, at),
    receiveEach: (events, at) => receiveEach(world, events, at),
    end: (until = world.now) => {
      passUntil(world, until + 1);
      return world;
    },
  };
}
