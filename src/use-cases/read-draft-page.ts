import { createHash } from 'node:crypto';
import type { AskRow } from '../db/ask-row.ts';
import { findAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { readAccountHead } from '../db/pages.ts';
import { readPeople } from '../db/people.ts';
import { oneLine, parseAddress, safeName } from '../delivery/address.ts';
import { eventInWords } from '../delivery/event-in-words.ts';
import type { Deps } from '../deps.ts';
import type { AskStatus } from '../engine/account.ts';
import type { Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';

/** What an owner sees of a draft: whom, why now, the words, and how it stands. */
export type DraftPage = {
  readonly askId: string;
  readonly kind: 'ask' | 'thanks';
  readonly status: AskStatus;
  readonly statusReason?: string;
  readonly person: {
    readonly name: string | null;
    readonly title: string | null;
    readonly email: string | null;
  };
  readonly account: string;
  readonly ownerEmail: string | null;
  /** In words, the strongest first. */
  readonly because: readonly string[];
  readonly opened?: { readonly by: string; readonly at: Instant; readonly said: string | null };
  readonly draft: { readonly subject: string; readonly text: string };
  /** Stands for the words shown: what is done with the draft is done with these, or not at all. */
  readonly seen: string;
  readonly snoozedUntil?: Instant;
  readonly expiresAt?: Instant;
  readonly fallbackAt?: Instant;
  readonly deliveredAt?: Instant;
  readonly settledAt?: Instant;
};

/** Reads and changes nothing. Throws `not_found` for what is no draft. */
export async function readDraftPage(deps: Pick<Deps, 'db'>, askId: string): Promise<DraftPage> {
  const sql = deps.db.pool;
  const ask = await findDraft(sql, askId);
  const person = (await readPeople(sql, [ask.personId])).get(ask.personId);
  const account = await readAccountHead(sql, ask.accountId);
  const trait = (name: string) => {
    const value = person?.traits[name]?.[0];
    return typeof value === 'string' ? value : '';
  };
  const address = parseAddress(person?.email ?? '');
  const { statusReason, snoozedUntil, expiresAt, fallbackAt, deliveredAt, settledAt } = ask;
  return {
    askId,
    kind: ask.kind,
    status: ask.status,
    person: {
      name: safeName(trait('name') || `${trait('first_name')} ${trait('last_name')}`) || null,
      title: oneLine(trait('title') || trait('role')).slice(0, 120) || null,
      email: 'address' in address ? address.address : null,
    },
    account: account.name ?? ask.accountId,
    ownerEmail: ask.ownerEmail ?? null,
    because: ask.reasons.readiness.contributions
      .map(({ says }) => oneLine(says))
      .filter((says) => says !== ''),
    ...(ask.opening === undefined ? {} : { opened: openedBy(ask.opening) }),
    draft: draftOf(ask),
    seen: fingerprint(draftOf(ask)),
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(snoozedUntil === undefined ? {} : { snoozedUntil }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(fallbackAt === undefined ? {} : { fallbackAt }),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(settledAt === undefined ? {} : { settledAt }),
  };
}

export async function findDraft(sql: Sql, askId: string): Promise<AskRow> {
  const ask = await findAsk(sql, askId);
  if (ask === undefined || ask.channel !== 'draft')
    throw new Refusal('not_found', 'This draft is no longer here.');
  return ask;
}

export const draftOf = ({ content }: AskRow) => ({
  subject: content?.['subject'] ?? '',
  text: content?.['text'] ?? '',
});

export const fingerprint = (draft: { readonly subject: string; readonly text: string }): string =>
  createHash('sha256')
    .update(JSON.stringify([draft.subject, draft.text]))
    .digest('base64url')
    .slice(0, 22);

function openedBy({ name, occurredAt, properties }: NonNullable<AskRow['opening']>) {
  const said = properties['comment'] ?? properties['text'];
  const company = properties['company_name'] ?? properties['company'];
  return {
    by: eventInWords({ name, properties, company: typeof company === 'string' ? oneLine(company) : null }),
    at: occurredAt,
    said: typeof said === 'string' && said.trim() !== '' ? oneLine(said).slice(0, 500) : null,
  };
}
