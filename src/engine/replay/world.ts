import type { Agenda, AskRecord, Hold, Workspace } from '../account.ts';
import type { Bindings, Membership } from '../binding.ts';
import type { Catalog, Scalar } from '../catalog.ts';
import { type CatalogIndex, indexOf } from '../catalog-index.ts';
import type { PlannedAsk } from '../decision.ts';
import type { AccountId, Event, PersonId, Stamp } from '../event.ts';
import { indexSignals, type SignalIndex } from '../signal-index.ts';
import { type AccountState, emptyState, type PersonMemory } from '../state.ts';
import type { Instant } from '../time.ts';
import { championPlans, createEffects, type EffectsOf, type Opened } from './effects.ts';
import type { Glances, HeldOpening } from './glance.ts';
import { newLine, type Room } from './line.ts';
import type { PersonKind } from './plain-person.ts';
import { createTally, type Tally } from './tally.ts';
import { createTasks, type Tasks } from './tasks.ts';
import { KEEP_NOTHING, type ToKeep } from './to-keep.ts';
import type { Work } from './work.ts';

/** An event as its source reported it: who and where are still to be found out. */
export type Reported = Omit<Event, 'accountId' | 'personId' | 'imported'> & {
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly email?: string;
  readonly ownAccountId?: AccountId;
  readonly imported: boolean;
  readonly trust: 'server' | 'user' | 'public';
  /** Further aliases (`anon:…`, `email:…`) that the event says are its user. */
  readonly ties?: readonly string[];
};

/** An ask of the replay: what the ledger sees, and what its life needs beside. */
export type Ask = Mutable<AskRecord> & {
  readonly plan: PlannedAsk;
  /** The history tells of it too, so what becomes of it is what the history says. */
  isRecorded: boolean;
  openedAt?: Instant;
};

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Stands for an AccountView, so that a decision reads it as it is. */
export type Account = {
  readonly id: AccountId;
  state: AccountState;
  agenda: Agenda;
  /** What the ledger can still see of its asks. */
  asks: readonly Ask[];
  readonly people: ReadonlyMap<PersonId, Person>;
  readonly pauses: readonly { readonly trigger: string; readonly until: Instant }[];
  readonly workspace: Workspace;
  hold: Hold | undefined;
  /** Cycles that have asked, as `trigger/cycle`: each asks once. */
  asked: Set<string> | undefined;
  /** When to look again; Infinity: when something happens. */
  wakeAt: Instant;
  /** The earliest wake-up in the queue, which may be before `wakeAt`. */
  queuedAt: Instant;
  /** What glances at new events found, good until the next look. */
  glances: Glances | undefined;
  /** Events that open triggers and hold, not yet on the agenda. */
  held: HeldOpening[] | undefined;
  /** Who was champion at the last look, and at glances since; undefined among them: nobody was. */
  champions: readonly (Person | undefined)[] | undefined;
  /** The state has changed since the last look in a way that nobody has looked at. */
  isStale: boolean;
  /** All its events, where the replay was told to keep them. */
  log: Event[] | undefined;
};

export type Person = {
  readonly id: PersonId;
  readonly traits: Record<string, Scalar>;
  /** Of each trait, the event that said so. */
  stamps: Map<string, Stamp> | undefined;
  asks: readonly Ask[];
  hold: Hold | undefined;
  /** Grows whenever something about them changes that a decision may look at. */
  version: number;
  /** What the guardrails say of them, as of a version. */
  kind: { readonly version: number; readonly is: PersonKind } | undefined;
  /** What the state of an account remembers of them, so that it need not be looked up at each of their events. */
  rememberedBy: AccountState | undefined;
  memory: PersonMemory | undefined;
  /** Accounts whose last look was about them. */
  watchedBy: readonly Account[];
  /** What decides the bindings: without the events that only say again where the person is, unless all are kept. */
  memberships: readonly Membership[];
  bindings: Bindings;
  /** The memberships left out lie between these. */
  leftOut: Span | undefined;
  /** Events without a group of their own that may still find their account, or have to move to another. */
  loose: Loose[] | undefined;
  /** Per account: between which instants it has events of this person that it got by a membership. */
  bound: Map<AccountId, Span> | undefined;
  /** Where they are since `homeFrom`, as far as these bindings say. */
  home: Account | undefined;
  homeFrom: Instant;
  homeBy: Bindings | undefined;
  /** The anonymous id they were last known by, with the instant from which it is theirs. */
  alias: { readonly id: string; readonly at: Instant } | undefined;
  /** Accounts that know this person, who is pending, by name. */
  knownIn: Set<AccountId> | undefined;
};

export type Span = { from: Instant; to: Instant };

export type Loose = { readonly event: Reported; accountId: AccountId | undefined };

export type Tie = { readonly personId: PersonId; readonly stamp: Stamp };

export type World = {
  readonly catalog: Catalog;
  readonly index: SignalIndex;
  readonly catalogIndex: CatalogIndex;
  readonly effectsOf: EffectsOf;
  /** The triggers that ask a champion, by whether they wait for an event: to them it matters who is first in an account. */
  readonly champions: { readonly plans: readonly Opened[]; readonly prompted: readonly string[] };
  /** Looks at every account at every event, as live use does: for tests of the shorter way. */
  readonly isCareful: boolean;
  readonly workspace: Workspace;
  readonly keep: ToKeep;
  readonly missed: {
    readonly accounts: Set<AccountId>;
    readonly people: Set<PersonId>;
    readonly asks: Set<string>;
  };
  /** The asks that the history has told of so far, and when it did last. */
  readonly told: Map<string, Instant>;
  readonly accounts: Map<AccountId, Account>;
  readonly people: Map<PersonId, Person>;
  readonly ties: Map<string, Tie>;
  readonly asks: Map<string, Ask>;
  readonly tasks: Tasks<Work>;
  readonly pauses: { trigger: string; until: Instant }[];
  readonly room: Room;
  readonly tally: Tally;
  /** Who has events that wait for an account, and until when, the first to be let go first. */
  readonly waiting: { readonly queue: { readonly person: Person; readonly until: Instant }[]; first: number };
  now: Instant;
};

export type WorldOptions = {
  readonly workspace: Workspace;
  readonly from?: Instant;
  readonly to?: Instant;
  readonly keep?: ToKeep;
  readonly isCareful?: boolean;
};

export function createWorld(
  catalog: Catalog,
  { workspace, from, to, keep, isCareful = false }: WorldOptions,
): World {
  const index = indexOf(catalog);
  return {
    catalog,
    effectsOf: createEffects(catalog),
    champions: {
      plans: championPlans(catalog),
      prompted: index.prompted
        .filter(({ trigger }) => trigger.who === 'champion')
        .map(({ trigger }) => trigger.name),
    },
    isCareful,
    index: indexSignals(catalog.signals),
    catalogIndex: index,
    workspace,
    keep: keep ?? KEEP_NOTHING,
    missed: { accounts: new Set(), people: new Set(), asks: new Set() },
    told: new Map(),
    accounts: new Map(),
    people: new Map(),
    ties: new Map(),
    asks: new Map(),
    tasks: createTasks(),
    pauses: [],
    room: { emails: newLine(), owners: new Map(), made: new Map() },
    tally: createTally(from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY),
    waiting: { queue: [], first: 0 },
    now: Number.NEGATIVE_INFINITY,
  };
}

export function accountOf(world: World, id: AccountId): Account {
  const known = world.accounts.get(id);
  if (known !== undefined) return known;
  const { people, pauses, workspace, keep } = world;
  const account: Account = {
    id,
    state: emptyState(),
    agenda: NOTHING_YET,
    asks: NONE,
    people,
    pauses,
    workspace,
    wakeAt: Number.POSITIVE_INFINITY,
    queuedAt: Number.POSITIVE_INFINITY,
    isStale: true,
    // All that may come later, too: objects of one form are read several times as fast.
    hold: undefined,
    asked: undefined,
    glances: undefined,
    held: undefined,
    champions: undefined,
    log: keep.accounts.has(id) ? [] : undefined,
  };
  world.accounts.set(id, account);
  return account;
}

const NOTHING_YET: Agenda = { openings: {}, cycles: {}, verdicts: {} };

export function personOf(world: World, id: PersonId): Person {
  const known = world.people.get(id);
  if (known !== undefined) return known;
  // A person known by an address only has that address.
  const traits: JsonTraits = id.startsWith('email:') ? { email: id.slice('email:'.length) } : {};
  const person: Person = {
    id,
    traits,
    asks: NONE,
    version: 0,
    watchedBy: NONE,
    memberships: NONE,
    bindings: NONE,
    stamps: undefined,
    hold: undefined,
    kind: undefined,
    rememberedBy: undefined,
    memory: undefined,
    leftOut: undefined,
    loose: undefined,
    bound: undefined,
    home: undefined,
    homeFrom: Number.POSITIVE_INFINITY,
    homeBy: undefined,
    alias: undefined,
    knownIn: undefined,
  };
  world.people.set(id, person);
  return person;
}

const NONE: readonly never[] = [];
type JsonTraits = Record<string, Scalar>;

/** Pending people are known by an anonymous id or an address until an event says who they are. */
export const isPending = (id: PersonId): boolean => id.startsWith('anon:') || id.startsWith('email:');
