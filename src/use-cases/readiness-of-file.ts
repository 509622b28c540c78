import { bind } from '../engine/binding.ts';
import type { Catalog } from '../engine/catalog.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { fold } from '../engine/fold.ts';
import { type Readiness, score } from '../engine/readiness.ts';
import { arrive, toEvent, whoIs } from '../engine/replay/arrive.ts';
import { type ToKeep, toKeepNext } from '../engine/replay/to-keep.ts';
import { createWorld, type Reported, type World } from '../engine/replay/world.ts';
import { indexSignals } from '../engine/signal-index.ts';
import { calledBy } from '../engine/situation.ts';
import { type AccountState, emptyState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import type { Progress } from './history-lines.ts';
import { type HistoryRead, readHistory } from './read-history.ts';

export type AccountReadiness = { readonly id: AccountId; readonly readiness: Readiness };

/** Accounts as a file of events shows them at one instant. */
export type AccountsOfFile = {
  readonly states: ReadonlyMap<AccountId, AccountState>;
  readonly world: World;
  readonly read: HistoryRead;
};

/**
 * The readiness of each account over its events up to `at`, by id. Whose an event is depends on the whole file, as
 * it does in live use once everything has arrived; so neither the order of its lines nor when they came matters.
 */
export function readinessOfFile(
  path: string,
  catalog: Catalog,
  at: Instant,
  progress?: Progress,
): { readonly accounts: readonly AccountReadiness[]; readonly read: HistoryRead } {
  const { states, world, read } = accountsOfFile(path, catalog, at, progress);
  const accounts = [...states].map(([id, state]) => ({
    id,
    readiness: score(state, catalog.signals, at, (person) => calledBy(world.people, person)),
  }));
  return { accounts: accounts.sort((a, b) => (a.id < b.id ? -1 : 1)), read };
}

/** The same with all that is known of each account, and who is who. */
export function accountsOfFile(
  path: string,
  catalog: Catalog,
  at: Instant,
  progress?: Progress,
): AccountsOfFile {
  const world = learnWhoIsWho(path, catalog, progress);
  const index = indexSignals(catalog.signals);
  const states = new Map<AccountId, AccountState>();
  const read = readHistory(path, () => {
    states.clear();
    return (events) => {
      for (const event of events) {
        if (event.occurredAt > at) continue;
        const personId = whoIs(world, event);
        const accountId = event.ownAccountId ?? accountBy(world, personId, event);
        if (accountId === undefined) continue;
        const state = states.get(accountId) ?? emptyState();
        states.set(accountId, fold(state, toEvent(event, personId, accountId), index));
      }
    };
  });
  return { states, world, read };
}

/** First everything that says who is who and who is where; the events themselves are left for later. */
function learnWhoIsWho(path: string, catalog: Catalog, progress: Progress | undefined): World {
  let keep: ToKeep | undefined;
  for (;;) {
    let world = emptyWorld(catalog, keep);
    const begin = () => {
      world = emptyWorld(catalog, keep);
      return (events: readonly Reported[], at: Instant) => {
        world.now = at;
        arrive(world, events);
      };
    };
    readHistory(path, begin, progress);
    // Which accounts would have to be folded anew does not matter: none is folded yet.
    world.missed.accounts.clear();
    const next = toKeepNext([world]);
    if (next === undefined) return world;
    keep = next;
  }
}

const emptyWorld = (catalog: Catalog, keep: ToKeep | undefined) =>
  createWorld(catalog, { workspace: { teamDomains: [] }, ...(keep === undefined ? {} : { keep }) });

function accountBy(
  world: World,
  personId: PersonId | undefined,
  { occurredAt }: Reported,
): AccountId | undefined {
  const person = personId === undefined ? undefined : world.people.get(personId);
  return person && bind(person.bindings, occurredAt);
}
