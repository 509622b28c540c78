import { isDeepStrictEqual } from 'node:util';
import type { CatalogInForce } from '../../src/catalog/in-force.ts';
import { bind, compressMemberships } from '../../src/engine/binding.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { foldSeen } from '../../src/engine/people.ts';
import { score } from '../../src/engine/readiness.ts';
import { emptyState } from '../../src/engine/state.ts';
import { groupBy } from '../../src/use-cases/group-by.ts';
import { type Entry, ofKind } from './history.ts';
import type { Tables } from './tables.ts';

/** What is wrong with the events and with what follows from them alone; empty when all is well. */
export function checkStored(entries: readonly Entry[], tables: Tables, inForce: CatalogInForce): string[] {
  return [
    ...checkAcked(entries, tables),
    ...checkIds(tables),
    ...checkMerges(tables),
    ...checkBindings(tables),
    ...checkStates(tables, inForce),
  ];
}

/** An event is known by its id; an answer sent to the survey door by that of its response. */
export function storedIds({ events }: Tables): Set<string> {
  return new Set(
    events.flatMap(({ id, source, properties }) =>
      source === 'nps' ? [id, String(JSON.parse(properties).response_id)] : [id],
    ),
  );
}

function checkAcked(entries: readonly Entry[], tables: Tables): string[] {
  const stored = storedIds(tables);
  const acked = ofKind(entries, 'acked').flatMap(({ events }) => events);
  return acked.filter((id) => !stored.has(id)).map((id) => `event ${id} was acknowledged and is not stored`);
}

function checkIds({ events, claimedIds }: Tables): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { id } of events) {
    if (seen.has(id)) faults.push(`event ${id} is stored twice`);
    seen.add(id);
  }
  if (claimedIds !== seen.size)
    faults.push(`${claimedIds} event ids are claimed, and ${seen.size} events are stored`);
  return faults;
}

/** Nothing stays with an anonymous id that some event has tied to a user. */
function checkMerges({ events, aliases }: Tables): string[] {
  const personOf = new Map(aliases.map(({ alias, person_id: person }) => [alias, person]));
  return events.flatMap(({ id, reported_person: who, person_id: person, trust }) => {
    const expected = personOf.get(who ?? '');
    return expected === undefined || trust === 'public' || person === expected
      ? []
      : [`event ${id} of ${who} is with ${person}, expected ${expected}`];
  });
}

/** Every event is where its person's memberships, read from scratch, put it. */
function checkBindings({ events, people }: Tables): string[] {
  const faults: string[] = [];
  const stored = new Map(people.map(({ id, bindings }) => [id, bindings]));
  const byPerson = groupBy(events, ({ person_id: person }) => person ?? '');
  for (const [person, theirs] of byPerson) {
    if (person === '') continue;
    const bindings = compressMemberships(
      theirs.flatMap(({ occurred_at: at, id, own_account_id: accountId, name, source }) =>
        accountId === null || source === 'goodturn'
          ? []
          : [{ occurredAt: at.getTime(), id, accountId, ends: name === 'Account Removed User' }],
      ),
    );
    if (!isDeepStrictEqual(JSON.parse(stored.get(person) ?? 'null'), JSON.parse(JSON.stringify(bindings)))) {
      faults.push(
        `person ${person} has the memberships ${stored.get(person)}, expected ${JSON.stringify(bindings)}`,
      );
    }
    for (const { id, account_id: account, own_account_id: own, occurred_at: at } of theirs) {
      const expected = own ?? bind(bindings, at.getTime()) ?? '';
      if (account !== expected) faults.push(`event ${id} is in account "${account}", expected "${expected}"`);
    }
  }
  return faults;
}

/** The state of each account is what its stored events fold to, and its readiness what that state scores. */
function checkStates(
  { events, accounts }: Tables,
  { catalog, signalIndex, signalsHash }: CatalogInForce,
): string[] {
  const faults: string[] = [];
  const byAccount = groupBy(events, ({ account_id: account }) => account);
  for (const account of accounts) {
    if (account.refold || account.signals_hash !== signalsHash) {
      faults.push(`account ${account.id} waits to be folded anew, and nothing gave a reason to`);
      continue;
    }
    const state = (byAccount.get(account.id) ?? [])
      .map(toEvent)
      .reduce((before, event) => fold(before, event, signalIndex), emptyState());
    const stored = foldSeen(JSON.parse(account.state), JSON.parse(account.seen ?? '{}'));
    if (!isDeepStrictEqual(stored, JSON.parse(JSON.stringify(state)))) {
      faults.push(
        `account ${account.id} has the state ${JSON.stringify(stored)}, its events fold to ${JSON.stringify(state)}`,
      );
    }
    if (account.evaluated_at === null) continue;
    const expected = score(stored, catalog.signals, account.evaluated_at.getTime()).value;
    if (Math.abs(expected - account.readiness) > 1e-6)
      faults.push(`account ${account.id} has readiness ${account.readiness}, expected ${expected}`);
  }
  const known = new Set(accounts.map(({ id }) => id));
  for (const id of byAccount.keys()) {
    if (id !== '' && !known.has(id)) faults.push(`account ${id} has events and no row`);
  }
  return faults;
}

function toEvent(row: Tables['events'][number]): Event {
  return {
    id: row.id,
    source: row.source,
    name: row.name,
    occurredAt: row.occurred_at.getTime(),
    receivedAt: row.received_at.getTime(),
    ...(row.account_id === '' ? {} : { accountId: row.account_id }),
    ...(row.person_id === null ? {} : { personId: row.person_id }),
    ...(row.imported ? { imported: true } : {}),
    properties: JSON.parse(row.properties),
  };
}
