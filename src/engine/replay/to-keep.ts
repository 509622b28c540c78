import type { AccountId, PersonId } from '../event.ts';
import type { Instant } from '../time.ts';
import type { World } from './world.ts';

/** What a first run could not do exactly for want of these being kept: with them the next run can. */
export type ToKeep = {
  readonly accounts: ReadonlySet<AccountId>;
  readonly people: ReadonlySet<PersonId>;
  /** The asks that the history tells of, and when it does for the last time. */
  readonly asks: ReadonlyMap<string, Instant>;
};

export const KEEP_NOTHING: ToKeep = { accounts: new Set(), people: new Set(), asks: new Map() };

/** What another run of the same history has to keep to be exact; undefined when these were. */
export function toKeepNext(worlds: readonly World[]): ToKeep | undefined {
  const [first] = worlds;
  if (first === undefined || !worlds.some(hasMissed)) return undefined;
  const all = <Id>(known: Iterable<Id>, found: (world: World) => Iterable<Id>) =>
    new Set([...known, ...worlds.flatMap((world) => [...found(world)])]);
  return {
    accounts: all(first.keep.accounts, ({ missed }) => missed.accounts),
    people: all(first.keep.people, ({ missed }) => missed.people),
    asks: worlds.some(({ missed }) => missed.asks.size > 0) ? first.told : first.keep.asks,
  };
}

function hasMissed({ keep, missed }: World): boolean {
  return (
    [...missed.accounts].some((id) => !keep.accounts.has(id)) ||
    [...missed.people].some((id) => !keep.people.has(id)) ||
    [...missed.asks].some((id) => !keep.asks.has(id))
  );
}
