import type { Agenda, AskRecord, Hold, Workspace } from '../account.ts';
import type { Bindings, Membership } from '../binding.ts';
import type { Catalog, Scalar } from '../catalog.ts';
import { type CatalogIndex, indexOf } from '../catalog-index.ts';
import type { PlannedAsk } from '../decision.ts';
import type { AccountId, Event, JsonObject, PersonId, Stamp } from '../event.ts';
import { indexSignals, type SignalIndex } from '../signal-index.ts';
import { type AccountState, emptyState } from '../state.ts';
import type { Instant } from '../time.ts';
import { createEffects, type EffectsOf } from './effects.ts';
import type { Glances, HeldOpening } from './glance.ts';
import { createTally, type Tally } from './tally.ts';
import { createTasks, type Tasks } from './tasks.ts';

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
  /** The history knows it too, so its outcomes are those of the history. */
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
  hold?: Hold;
  /** Cycles that have asked, as `trigger/cycle`: each asks once. */
  asked?: Set<string>;
  /** When to look again; Infinity: when something happens. */
  wakeAt: Instant;
  /** The earliest wake-up in the queue, which may be before `wakeAt`. */
  queuedAt: Instant;
  /** What glances at new events found, good until the next look. */
  glances?: Glances | undefined;
  /** Events that open triggers and hold, not yet on the agenda. */
  held?: HeldOpening[] | undefined;
  /** Who was champion at the last look; undefined among them: nobody was. */
  champions?: readonly (PersonId | undefined)[];
  /** The state has changed since the last look in a way that nobody has looked at. */
  isStale: boolean;
  /** All its events, where the replay was told to keep them. */
  log?: Event[] | undefined;
};

export type Person = {
  readonly id: PersonId;
  readonly traits: Record<string, Scalar>;
  /** Of each trait, the event that said so. */
  stamps?: Map<string, Stamp>;
  asks: readonly Ask[];
  hold?: Hold;
  /** Grows whenever something about them changes that a decision may look at. */
  version: number;
  /** What decides the bindings: without the events that only say again where the person is, unless all are kept. */
  memberships: readonly Membership[];
  bindings: Bindings;
  /** The memberships left out lie between these. */
  leftOut?: Span;
  /** Events without a group of their own that may still find their account, or have to move to another. */
  loose?: Loose[] | undefined;
  /** Per account: between which instants it has events of this person that it got by a membership. */
  bound?: Map<AccountId, Span>;
  /** Where they were last found, and the anonymous id they were last known by, with the instant from which it is theirs. */
  home?: Account | undefined;
  alias?: { readonly id: string; readonly at: Instant };
  /** Accounts that know this person, who is pending, by name. */
  knownIn?: Set<AccountId>;
};

export type Span = { from: Instant; to: Instant };

export type Loose = { readonly event: Reported; accountId: AccountId | undefined };

export type Tie = { readonly personId: PersonId; readonly stamp: Stamp };

/** What a first run could not do exactly for want of these being kept: with them the next run can. */
export type ToKeep = { readonly accounts: ReadonlySet<AccountId>; readonly people: ReadonlySet<PersonId> };

export type Work =
  | { readonly kind: 'settle' | 'fall_back' | 'due' | 'show'; readonly ask: Ask }
  | { readonly kind: 'wake'; readonly account: Account }
  | { readonly kind: 'room'; readonly owner: string | undefined };

/** In which order what is due at one instant is done. */
export const RANK = { settle: 0, wake: 1, fallBack: 2, due: 3, room: 4 } as const;

export type World = {
  readonly catalog: Catalog;
  readonly index: SignalIndex;
  readonly catalogIndex: CatalogIndex;
  readonly effectsOf: EffectsOf;
  /** Some trigger asks a champion, so that it matters who is the first of an account. */
  readonly hasChampions: boolean;
  /** Looks at every account at every event, as live use does: for tests of the shorter way. */
  readonly isCareful: boolean;
  readonly workspace: Workspace;
  readonly keep: ToKeep;
  readonly missed: { readonly accounts: Set<AccountId>; readonly people: Set<PersonId> };
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

export type OwnersRoom = { opened: Instant[]; open: number; waiting: Ask[] };

/** What the rates of the workspace look at. */
export type Room = {
  emails: Instant[];
  waitingEmails: Ask[];
  readonly owners: Map<string, OwnersRoom>;
  /** Per trigger: when it made its asks, as far back as `pause_above` looks. */
  readonly made: Map<string, Instant[]>;
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
  { workspace, from, to, keep, isCareful = true }: WorldOptions,
): World {
  const index = indexOf(catalog);
  return {
    catalog,
    effectsOf: createEffects(catalog),
    hasChampions: catalog.triggers.some(
      ({ who, status }) => who === 'champion' && (status === 'live' || status === 'shadow'),
    ),
    isCareful,
    index: indexSignals(catalog.signals),
    catalogIndex: index,
    workspace,
    keep: keep ?? { accounts: new Set(), people: new Set() },
    missed: { accounts: new Set(), people: new Set() },
    accounts: new Map(),
    people: new Map(),
    ties: new Map(),
    asks: new Map(),
    tasks: createTasks(),
    pauses: [],
    room: { emails: [], waitingEmails: [], owners: new Map(), made: new Map() },
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
  };
  if (keep.accounts.has(id)) account.log = [];
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
    memberships: NONE,
    bindings: NONE,
  };
  world.people.set(id, person);
  return person;
}

const NONE: readonly never[] = [];
type JsonTraits = Record<string, Scalar>;

/** Pending people are known by an anonymous id or an address until an event says who they are. */
export const isPending = (id: PersonId): boolean => id.startsWith('anon:') || id.startsWith('email:');

/** Our own word on an ask, in a history. */
export function outcomeOf({
  source,
  name,
  properties,
}: Reported): { readonly askId: string; readonly properties: JsonObject } | undefined {
  if (source !== 'goodturn' || !name.startsWith('Ask ')) return undefined;
  const id = properties['ask_id'];
  return typeof id === 'string' ? { askId: id, properties } : undefined;
}
