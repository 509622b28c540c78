import { type AdvocateLink, findLink, linksOfPerson } from '../db/advocates.ts';
import type { Sql } from '../db/client.ts';
import { readPeople } from '../db/people.ts';
import { type ReferralRow, referralsOfPerson } from '../db/referrals.ts';
import type { Deps } from '../deps.ts';
import { bind } from '../engine/binding.ts';
import type { PersonId } from '../engine/event.ts';
import { linkOfAdvocate, linkUrls } from './link-of-advocate.ts';

export type Advocate = {
  readonly userId: PersonId;
  /** Absent for somebody we know no account of. */
  readonly link?: { readonly code: string; readonly url: string; readonly page: string };
  /** The latest first, at most 200. */
  readonly referrals: readonly ReferralRow[];
};

/** An advocate's link, made at first need, and their referrals. Somebody unknown simply has neither. */
export async function advocateOf(deps: Deps, userId: PersonId): Promise<Advocate> {
  const link = await linkOfPerson(deps, deps.db.pool, userId);
  const referrals = await referralsOfPerson(deps.db.pool, userId, 200);
  if (link === undefined) return { userId, referrals };
  const { advocate: page, referral: url } = linkUrls(deps, link.code);
  return { userId, link: { code: link.code, url, page }, referrals };
}

/** Whom an API caller means: a link's code, or a user id. */
export async function findAdvocate(
  deps: Pick<Deps, 'clock'>,
  tx: Sql,
  codeOrUserId: string,
): Promise<AdvocateLink | undefined> {
  return (await findLink(tx, codeOrUserId)) ?? (await linkOfPerson(deps, tx, codeOrUserId));
}

/** For the account they belong to now; else the last they spoke for. */
async function linkOfPerson(
  deps: Pick<Deps, 'clock'>,
  tx: Sql,
  personId: PersonId,
): Promise<AdvocateLink | undefined> {
  const at = deps.clock();
  const person = (await readPeople(tx, [personId])).get(personId);
  const accountId = person && bind(person.bindings, at);
  if (accountId !== undefined) return linkOfAdvocate(tx, { accountId, personId, at });
  return (await linksOfPerson(tx, personId)).at(-1);
}
