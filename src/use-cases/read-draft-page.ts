import { createHash } from 'node:crypto';
import { readAccountName } from '../db/account-name.ts';
import { readAccount } from '../db/accounts.ts';
import { readAsksOfAccount } from '../db/ask-ledger.ts';
import type { AskRow } from '../db/ask-row.ts';
import { findAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { type PersonRow, readPeople } from '../db/people.ts';
import { oneLine, parseAddress } from '../delivery/address.ts';
import { nameOfPerson } from '../delivery/context.ts';
import type { GoesInstead } from '../delivery/draft-notice.ts';
import { eventInWords } from '../delivery/event-in-words.ts';
import { toldByOpening } from '../delivery/told-by-opening.ts';
import type { Deps } from '../deps.ts';
import type { AskStatus } from '../engine/account.ts';
import type { Channel } from '../engine/catalog.ts';
import type { PersonId } from '../engine/event.ts';
import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import { othersToAsk } from './ask-instead.ts';
import { goesInstead } from './goes-instead.ts';
import { plainTraits } from './load-people.ts';

/** What an owner sees of a draft: whom, why now, the words, and how it stands. */
export type DraftPage = {
  readonly askId: string;
  readonly kind: 'ask' | 'thanks';
  readonly channel: Channel;
  readonly status: AskStatus;
  readonly statusReason?: string;
  readonly person: {
    readonly name: string | null;
    readonly title: string | null;
    readonly email: string | null;
  };
  readonly account: string;
  /** Stands for whose draft it is: "not mine" is said of this owner. */
  readonly owner: string;
  /** In words, the strongest first. */
  readonly because: readonly string[];
  readonly opened?: { readonly by: string; readonly at: Instant; readonly said: string | null };
  readonly draft: { readonly subject: string; readonly text: string };
  /** Stands for the words shown: what is done with the draft is done with these, or not at all. */
  readonly seen: string;
  readonly snoozedUntil?: Instant;
  readonly expiresAt?: Instant;
  readonly goesInstead?: GoesInstead;
  readonly deliveredAt?: Instant;
  readonly settledAt?: Instant;
  /** Whom its owner could ask in this person's place. */
  readonly instead: readonly {
    readonly personId: PersonId;
    readonly name: string;
    readonly score: number;
    readonly at: Instant;
  }[];
  /** What else was asked in this account, the latest first. */
  readonly others: readonly {
    readonly name: string;
    readonly channel: Channel;
    readonly status: AskStatus;
    readonly at: Instant;
  }[];
};

/** Reads and changes nothing. Throws `not_found` for what is no draft. */
export async function readDraftPage(
  deps: Pick<Deps, 'db' | 'clock' | 'catalog' | 'catalogOf'>,
  askId: string,
): Promise<DraftPage> {
  const sql = deps.db.pool;
  const ask = await findDraft(sql, askId);
  const state = (await readAccount(sql, ask.accountId))?.state;
  const instead = state === undefined || ask.status !== 'open' ? [] : othersToAsk(state, ask.personId);
  const others = (await readAsksOfAccount(sql, ask.accountId, deps.clock()))
    .filter(({ id, status }) => id !== askId && status !== 'shadow' && status !== 'held_out')
    .reverse()
    .slice(0, MOST_OTHERS);
  const named = [ask, ...instead, ...others].map(({ personId }) => personId);
  const people = await readPeople(sql, [...new Set(named)]);
  const { catalog } = await deps.catalogOf(sql, ask.catalogHash);
  const told = toldByOpening(catalog.signals, ask.opening?.name);
  const nameOf = (id: PersonId) => nameOfPerson(traitsOf(people.get(id))) ?? id;
  const draft = draftOf(ask);
  const person = { traits: traitsOf(people.get(ask.personId)) };
  const email = state && goesInstead(deps.catalog().catalog, ask, state, person);
  return {
    ...howItStands(ask, deps.clock()),
    ...(email === undefined ? {} : { goesInstead: email }),
    askId,
    person: personIn(people.get(ask.personId)),
    account: (await readAccountName(sql, ask.accountId)) ?? ask.accountId,
    owner: ownerMark(ask),
    because: ask.reasons.readiness.contributions
      .filter(({ signal }) => !told.has(signal))
      .map(({ says }) => oneLine(says))
      .filter((says) => says !== ''),
    ...(ask.opening === undefined ? {} : { opened: openedBy(ask.opening) }),
    draft,
    seen: fingerprint(draft),
    instead: instead.map(({ personId, score, answeredAt: at }) => ({
      personId,
      name: nameOf(personId),
      score,
      at,
    })),
    others: others.map(({ personId, channel, status, decidedAt, deliveredAt: at }) => ({
      name: nameOf(personId),
      channel,
      status,
      at: at ?? decidedAt,
    })),
  };
}

function howItStands(ask: AskRow, now: Instant) {
  const { kind, channel, status, statusReason } = ask;
  const { snoozedUntil, expiresAt, deliveredAt, settledAt } = ask;
  return {
    kind,
    channel,
    status,
    ...defined({ statusReason, expiresAt, deliveredAt, settledAt }),
    ...(snoozedUntil === undefined || snoozedUntil <= now ? {} : { snoozedUntil }),
  };
}

function personIn(person: PersonRow | undefined): DraftPage['person'] {
  const address = parseAddress(person?.email ?? '');
  const traits = traitsOf(person);
  return {
    name: nameOfPerson(traits),
    title: oneLine(textIn(traits['title']) || textIn(traits['role'])).slice(0, 120) || null,
    email: 'address' in address ? address.address : null,
  };
}

const MOST_OTHERS = 10;

const traitsOf = (person: PersonRow | undefined) => (person ? plainTraits(person.traits) : {});

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A draft; or an email, whose answer its owner can note. */
export async function findDraft(sql: Sql, askId: string): Promise<AskRow> {
  const ask = await findAsk(sql, askId);
  if (ask === undefined || ask.channel === 'nudge')
    throw new Refusal('not_found', 'This draft is no longer here.');
  return ask;
}

/** The words of a draft as they stand. */
export const draftOf = ({ content }: AskRow) => ({
  subject: content?.['subject'] ?? '',
  text: content?.['text'] ?? '',
});

/** Stands for words, so that those that were seen can be told from those that are there. */
export const fingerprint = (draft: { readonly subject: string; readonly text: string }): string =>
  markOf([draft.subject, draft.text]);

export const ownerMark = ({ ownerEmail = '' }: Pick<AskRow, 'ownerEmail'>): string => markOf([ownerEmail]);

const markOf = (texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('base64url').slice(0, 22);

function openedBy({ name, occurredAt, properties }: NonNullable<AskRow['opening']>) {
  const said = properties['comment'] ?? properties['text'];
  const company = properties['company_name'] ?? properties['company'];
  return {
    by: eventInWords({ name, properties, company: typeof company === 'string' ? oneLine(company) : null }),
    at: occurredAt,
    said: typeof said === 'string' && said.trim() !== '' ? oneLine(said).slice(0, 500) : null,
  };
}
