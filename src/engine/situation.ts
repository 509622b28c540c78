import type { AccountView, AskRecord, Opening, Person } from './account.ts';
import type { Approach } from './approach.ts';
import { zoneOf } from './calendar.ts';
import type { Catalog, Signal } from './catalog.ts';
import { type CatalogIndex, indexOf } from './catalog-index.ts';
import type { JsonObject, PersonId } from './event.ts';
import type { Finding } from './finding.ts';
import { type Measured, measure } from './measure.ts';
import { type Owner, ownerOf } from './owner.ts';
import { type ReadinessBound, readinessReaches } from './reaches.ts';
import { type Evidence, explainReadiness, type Readiness, weigh } from './readiness.ts';
import type { Instant } from './time.ts';
import { accountTrait, accountTraits } from './traits.ts';

/** An account at one instant: what gates ask of it, each thing worked out once. */
export type Situation = {
  readonly catalog: Catalog;
  readonly index: CatalogIndex;
  readonly view: AccountView;
  readonly at: Instant;
  /** What readiness is, and rests on. */
  readonly evidence: Evidence;
  /** The account's time zone, else the workspace's. */
  readonly zone: string;
  /** The account's asks, with those planned in this evaluation and without the one being checked again. */
  readonly asks: readonly AskRecord[];
  /** The ask that is being checked again: left out wherever asks are counted. */
  readonly except: string | undefined;
  /** Readiness counts as of an earlier decision, so no time that passes changes it. */
  readonly isSecondLook: boolean;
  /** Whether an ask takes part in the count of places. */
  readonly counts: (ask: AskRecord) => boolean;
  readonly memo: Memo;
  readonly found: Found;
};

/** Whom a trigger would ask; `unknown`: that cannot be said before these people are loaded. */
export type Choice =
  | { readonly kind: 'chosen'; readonly person: Person }
  | { readonly kind: 'unknown'; readonly people: readonly PersonId[] }
  | { readonly kind: 'nobody'; readonly because: string };

/** Whom and what a trigger would ask about. */
export type Subject = { readonly person?: Person | undefined; readonly opening?: Opening | undefined };

// What does not change while one account is looked at, whichever asks are planned meanwhile.
type Memo = {
  readonly measured: Map<string, Measured>;
  readonly reaches: Map<string, Instant | undefined>;
  readonly choices: { promoter: Choice | undefined; readonly champions: (Choice | undefined)[] };
  /** Who comes first for champion, if nothing is in the way of asking them; null: not found out yet. */
  leader: PersonId | undefined | null;
  /** Bounds on readiness that gates looked at. */
  readonly bounds: ReadinessBound[];
  traits: JsonObject | undefined;
  owner: Owner | undefined;
};

/** What was found with these asks. Most triggers ask the guardrails the same, and many have gates in common. */
export type Found = {
  /** By the gate's slot in the catalog's index. */
  readonly gates: (Finding | undefined)[];
  /** By the number of the approach there. */
  readonly approaches: (Approach | undefined)[];
  account: readonly Finding[] | undefined;
  /** Open cards that nobody has seen: they go before what is weaker. */
  cards: readonly AskRecord[] | undefined;
  readonly people: Map<PersonId, FoundOfPerson>;
};

export type FoundOfPerson = {
  readonly person: Person;
  /** In any account, those planned in this evaluation among them. */
  readonly asks: readonly AskRecord[];
  /** Of triggers that ask whoever did something, by the number of the approach there. */
  readonly approaches: (Approach | undefined)[];
  notAgain: Finding | undefined;
  guards: readonly Finding[] | undefined;
};

/** `readinessAt`: the instant as of which readiness counts; an earlier decision's when an ask is checked again. */
export function situate(
  catalog: Catalog,
  view: AccountView,
  at: Instant,
  readinessAt: Instant = at,
): Situation {
  const { state } = view;
  return {
    catalog,
    index: indexOf(catalog),
    view,
    at,
    evidence: weigh(state, catalog.signals, readinessAt),
    zone: zoneOf(accountTrait(state, 'timezone'), catalog.guardrails.timezone),
    asks: view.asks,
    except: undefined,
    isSecondLook: false,
    counts: everyAsk,
    memo: {
      measured: new Map(),
      reaches: new Map(),
      choices: { promoter: undefined, champions: [] },
      leader: null,
      bounds: [],
      traits: undefined,
      owner: undefined,
    },
    found: nothingYet(),
  };
}

const everyAsk = () => true;

/** A situation with other asks, or counting them otherwise: nothing is found about it yet. */
export function situateWith(
  situation: Situation,
  change: Partial<Pick<Situation, 'asks' | 'except' | 'isSecondLook' | 'counts'>>,
): Situation {
  return { ...situation, ...change, found: nothingYet() };
}

/** The situation once this ask has its place. */
export function withAsk(situation: Situation, ask: AskRecord): Situation {
  return situateWith(situation, { asks: [...situation.asks, ask] });
}

function nothingYet(): Found {
  return { gates: [], approaches: [], account: undefined, cards: undefined, people: new Map() };
}

/** A signal, measured once. */
export function measuredIn({ view, at, memo }: Situation, signal: Signal): Measured {
  const known = memo.measured.get(signal.name);
  if (known) return known;
  const measured = measure(view.state, signal, at);
  memo.measured.set(signal.name, measured);
  return measured;
}

/** When readiness could cross the bound by time alone; never where it counts as of an earlier instant. */
export function readinessTurnsAt(situation: Situation, bound: ReadinessBound): Instant | undefined {
  const { catalog, view, at, isSecondLook, memo } = situation;
  if (isSecondLook) return undefined;
  const key = `${bound.atLeast}/${bound.atMost}`;
  if (memo.reaches.has(key)) return memo.reaches.get(key);
  const turns = readinessReaches(view.state, catalog.signals, at, bound);
  memo.reaches.set(key, turns);
  return turns;
}

/** The same with what each signal contributes, in words. */
export function readinessIn(situation: Situation): Readiness {
  const { catalog, evidence } = situation;
  return explainReadiness(catalog.signals, evidence, (id) => calledBy(situation.view.people, id));
}

/** How a sentence calls a person: by first name, else by user id or address; a visitor has neither. */
export function calledBy(people: AccountView['people'], id: PersonId): string | undefined {
  return firstName(people.get(id)) ?? (id.startsWith('anon:') ? undefined : id.replace(/^email:/, ''));
}

/** All traits of the account, gathered once. */
export function traitsIn({ view, memo }: Situation): JsonObject {
  memo.traits ??= accountTraits(view.state);
  return memo.traits;
}

/** Who is responsible for the account, found once. */
export function ownerIn({ view, memo }: Situation): Owner {
  memo.owner ??= ownerOf(view.state, view.workspace);
  return memo.owner;
}

/** What is found about a person with these asks, to be filled in. */
export function foundOf(situation: Situation, person: Person): FoundOfPerson {
  const { people } = situation.found;
  const known = people.get(person.id);
  if (known) return known;
  const found: FoundOfPerson = {
    person,
    asks: asksOf(situation, person),
    approaches: [],
    notAgain: undefined,
    guards: undefined,
  };
  people.set(person.id, found);
  return found;
}

function asksOf({ asks, except, counts }: Situation, person: Person): readonly AskRecord[] {
  if (asks.length === 0 && person.asks.length === 0) return NO_ASKS;
  const here = asks.filter((ask) => ask.personId === person.id);
  const elsewhere = person.asks.filter(({ id }) => id !== except && !here.some((ask) => ask.id === id));
  return [...here, ...elsewhere].filter(counts);
}

const NO_ASKS: readonly AskRecord[] = [];

export function firstName(person: Person | undefined): string | undefined {
  const { first_name: first, name } = person?.traits ?? {};
  if (typeof first === 'string' && first !== '') return first;
  const [word = ''] = typeof name === 'string' ? name.trim().split(/\s+/) : [];
  return word === '' ? undefined : word;
}
