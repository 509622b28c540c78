import { type AccountRow, readAccount } from '../db/accounts.ts';
import { linksOfPerson } from '../db/advocates.ts';
import { inTransaction, type Sql } from '../db/client.ts';
import { latestEventOf } from '../db/latest-event.ts';
import { readPeople } from '../db/people.ts';
import { referralsOfPerson } from '../db/referrals.ts';
import type { ContextFacts } from '../delivery/context.ts';
import type { Deps } from '../deps.ts';
import type { Trigger } from '../engine/catalog.ts';
import { explain } from '../engine/decide.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { openingOf } from '../engine/openings.ts';
import { ownerOf } from '../engine/owner.ts';
import { score } from '../engine/readiness.ts';
import { calledBy } from '../engine/situation.ts';
import type { Instant } from '../engine/time.ts';
import { referralFacts, scalarTraits } from './compose-ask.ts';
import { linkUrls } from './link-of-advocate.ts';
import { asItStands } from './load-account.ts';
import { loadPeople } from './load-people.ts';
import { loadViews, withPeople } from './load-views.ts';
import { unknownAccount, unknownPerson } from './unknown.ts';
import { workspaceOf } from './workspace.ts';

/** Absent person: whom a trigger with this message would ask. */
export type PreviewFor = { readonly accountId: AccountId; readonly personId?: PersonId | undefined };

type Needs = Pick<Deps, 'db' | 'keys' | 'config' | 'catalog' | 'catalogOfSignals' | 'clock'>;

/**
 * What a message of these triggers to an account's person could speak of now. A link that nobody has needed yet is made
 * up, so that nothing is written. Throws `not_found` Refusals.
 */
export function previewFacts(
  deps: Needs,
  triggers: readonly Trigger[],
  { accountId, personId }: PreviewFor,
): Promise<Omit<ContextFacts, 'program'>> {
  const now = deps.clock();
  return inTransaction(deps.db, async (tx) => {
    const row = await readAccount(tx, accountId);
    if (row === undefined) throw unknownAccount(accountId);
    if (personId !== undefined && !(await readPeople(tx, [personId])).has(personId))
      throw unknownPerson(personId);
    const who = personId ?? (await whomToAsk(deps, tx, row, triggers, now));
    const ids = Object.keys(row.state.people).slice(0, MOST_PEOPLE);
    const people = await loadPeople(deps, tx, who === undefined ? ids : [who, ...ids], now);
    const names = triggers.flatMap(({ on }) => on);
    const event = await latestEventOf(tx, accountId, names, who);
    const [referral] = who === undefined ? [] : await referralsOfPerson(tx, who, 1);
    const [link] = who === undefined ? [] : await linksOfPerson(tx, who);
    const ownerEmail = ownerOf(row.state, workspaceOf(deps)).email;
    return {
      person: { id: who ?? '', traits: people.get(who ?? '')?.traits ?? {} },
      account: { id: accountId, traits: scalarTraits(row.state) },
      ...(ownerEmail === undefined ? {} : { ownerEmail }),
      readiness: score(row.state, deps.catalog().catalog.signals, now, (id) => calledBy(people, id)),
      ...(event === undefined ? {} : { opening: openingOf(event) }),
      ...(referral === undefined ? {} : { referral: referralFacts(referral) }),
      links: previewLinks(linkUrls(deps, link?.code ?? 'preview'), deps.config.BASE_URL, triggers),
      productName: deps.config.PRODUCT_NAME,
    };
  });
}

const MOST_PEOPLE = 200;

/** Whom one of the triggers would ask; else who last did what it waits for; else anybody we know there. */
async function whomToAsk(
  deps: Needs,
  tx: Sql,
  row: AccountRow,
  triggers: readonly Trigger[],
  now: Instant,
): Promise<PersonId | undefined> {
  const views = await loadViews(deps, tx, [await asItStands(deps, tx, row)], now);
  const [explained] = await withPeople(deps, tx, views, now, (view) =>
    explain(view.catalog.catalog, view, now),
  );
  const decisions = explained?.evaluation.decisions ?? [];
  const named = decisions.filter(({ personId }) => personId !== undefined);
  const theirs = named.find(({ trigger }) => triggers.some(({ name }) => name === trigger));
  if (theirs !== undefined) return theirs.personId;
  const event = await latestEventOf(
    tx,
    row.id,
    triggers.flatMap(({ on }) => on),
    undefined,
  );
  return event?.personId ?? named[0]?.personId ?? Object.keys(row.state.people)[0];
}

/** The links of a message, of which only the real one of an advocate leads anywhere. */
export function previewLinks(
  links: { readonly advocate: string; readonly referral: string },
  baseUrl: string,
  triggers: readonly Trigger[],
): ContextFacts['links'] {
  const isDraft = triggers.some(({ channel }) => channel === 'draft');
  return {
    ...links,
    action: triggers.find(({ actionUrl }) => actionUrl !== undefined)?.actionUrl ?? links.advocate,
    unsubscribe: isDraft ? null : `${baseUrl}/unsubscribe/preview`,
    draft: isDraft ? `${baseUrl}/d/preview` : null,
  };
}
