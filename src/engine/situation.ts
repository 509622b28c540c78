import type { AccountView, AskRecord, Opening, Person } from './account.ts';
import { zoneOf } from './calendar.ts';
import type { Catalog, Signal } from './catalog.ts';
import { type CatalogIndex, indexOf } from './catalog-index.ts';
import type { GateAnswer } from './decision.ts';
import type { JsonObject, PersonId } from './event.ts';
import { type Measured, measure } from './measure.ts';
import { type Owner, ownerOf } from './owner.ts';
import { type ReadinessBound, readinessReaches } from './reaches.ts';
import { type Readiness, score } from './readiness.ts';
import type { Instant } from './time.ts';
import { accountTrait, accountTraits } from './traits.ts';

/** An account at one instant: what gates ask of it, each thing worked out once. */
export type Situation = {
  readonly catalog: Catalog;
  readonly index: CatalogIndex;
  readonly view: AccountView;
  readonly at: Instant;
  readonly readiness: Readiness;
  /** The account's time zone, else the workspace's. */
  readonly zone: string;
  /** The account's asks, with those planned in this evaluation and without the one being checked again. */
  readonly asks: readonly AskRecord[];
  /** The ask that is being checked again: left out wherever asks are counted. */
  readonly except?: string;
  /** Readiness counts as of an earlier decision, so no time that passes changes it. */
  readonly isSecondLook?: boolean;
  /** Whether an ask takes part in the count of places. */
  readonly counts: (ask: AskRecord) => boolean;
  readonly memo: Memo;
  /** What the guardrails said already, with these asks: of the account under its own key, else per person. */
  readonly guarded: Map<string, readonly GateAnswer[]>;
};

/** Whom a trigger would ask; `unknown`: that cannot be said before these people are loaded. */
export type Choice =
  | { readonly kind: 'chosen'; readonly person: Person }
  | { readonly kind: 'unknown'; readonly people: readonly PersonId[] }
  | { readonly kind: 'nobody'; readonly because: string };

/** Whom and what a trigger would ask about. */
export type Subject = { readonly person?: Person; readonly opening?: Opening };

// What does not change while one account is looked at, whichever asks are planned meanwhile.
type Memo = {
  readonly measured: Map<string, Measured>;
  readonly reaches: Map<string, Instant | undefined>;
  traits?: JsonObject;
  owner?: Owner;
  readonly choices: Map<string, Choice>;
};

/** `readinessAt`: the instant as of which readiness counts; an earlier decision's when an ask is checked again. */
export function situate(
  catalog: Catalog,
  view: AccountView,
  at: Instant,
  readinessAt: Instant = at,
): Situation {
  const { people, state } = view;
  const nameOf = (id: PersonId) => firstName(people.get(id)) ?? id;
  return {
    catalog,
    index: indexOf(catalog),
    view,
    at,
    readiness: score(state, catalog.signals, readinessAt, nameOf),
    zone: zoneOf(accountTrait(state, 'timezone'), catalog.guardrails.timezone),
    asks: view.asks,
    counts: () => true,
    memo: { measured: new Map(), reaches: new Map(), choices: new Map() },
    guarded: new Map(),
  };
}

export function withAsk(situation: Situation, ask: AskRecord): Situation {
  return { ...situation, asks: [...situation.asks, ask], guarded: new Map() };
}

/** The answers under `key`, given once per situation: most triggers ask the guardrails the same. */
export function guardedOnce(
  { guarded }: Situation,
  key: string,
  answer: () => readonly GateAnswer[],
): readonly GateAnswer[] {
  const known = guarded.get(key);
  if (known) return known;
  const answers = answer();
  guarded.set(key, answers);
  return answers;
}

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

export function traitsIn({ view, memo }: Situation): JsonObject {
  memo.traits ??= accountTraits(view.state);
  return memo.traits;
}

export function ownerIn({ view, memo }: Situation): Owner {
  memo.owner ??= ownerOf(view.state, view.workspace);
  return memo.owner;
}

/** A person's asks in any account, those planned in this evaluation among them. */
export function asksOf({ asks, except, counts }: Situation, person: Person): readonly AskRecord[] {
  const here = asks.filter((ask) => ask.personId === person.id);
  const elsewhere = person.asks.filter(({ id }) => id !== except && !here.some((ask) => ask.id === id));
  return [...here, ...elsewhere].filter(counts);
}

function firstName(person: Person | undefined): string | undefined {
  const { first_name: first, name } = person?.traits ?? {};
  if (typeof first === 'string' && first !== '') return first;
  return typeof name === 'string' && name !== '' ? name.split(' ')[0] : undefined;
}
