import { randomBytes } from 'node:crypto';
import { holdAccount } from '../db/accounts.ts';
import { type AdvocateLink, lockLink } from '../db/advocates.ts';
import type { Sql } from '../db/client.ts';
import { countReferrals, insertReferral, lockReferralsOfCompany, type ReferralRow } from '../db/referrals.ts';
import { oneLine, parseAddress, safeLabel, safeName } from '../delivery/address.ts';
import type { Deps } from '../deps.ts';
import { DAY, type Instant } from '../engine/time.ts';
import { invalidField, Refusal } from '../errors.ts';
import { companyOf } from '../referrals/address.ts';
import { joins } from '../referrals/claim.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { acceptAsk } from './accept-ask.ts';
import { claimsOf } from './claims-of.ts';
import { findAdvocate } from './find-advocate.ts';
import { inspectIntroduction } from './inspect-introduction.ts';
import { referralEvent } from './referral-event.ts';
import { withEvents } from './with-events.ts';

export type Submission = {
  /** A user id, or the code of their link. */
  readonly advocate: string;
  readonly email: string;
  readonly company: string;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
  readonly note?: string | undefined;
  /** The ask this answers, where it is known. */
  readonly askId?: string | undefined;
};

/** `joined`: this advocate had introduced the company already, and this is that referral. */
export type Submitted = { readonly referral: ReferralRow; readonly joined: boolean };

/** More than anyone means by hand: past it a link is being abused, and even holding them is too much. */
const A_DAY = 200;

/**
 * Takes in an introduction. The referral, the answer to the ask it came from and their events are one transaction.
 * Safe to send again: a company that this advocate introduced inside the window is that same referral.
 */
export async function submitReferral(deps: Deps, submission: Submission): Promise<Submitted> {
  const details = readDetails(submission);
  return withEvents<Submitted>(deps, async (tx) => {
    const advocate = await findAdvocate(deps, tx, submission.advocate);
    if (advocate === undefined) throw unknownAdvocate(submission.advocate);
    return takeIn(deps, tx, advocate, details, submission.askId);
  });
}

/** The same inside a transaction. A Refusal is thrown before anything is written. */
export async function takeIn(
  deps: Pick<Deps, 'catalog' | 'clock'>,
  tx: Sql,
  advocate: AdvocateLink,
  details: Details,
  askId?: string,
): Promise<{ readonly result: Submitted; readonly events: readonly ReportedEvent[] }> {
  const now = deps.clock();
  await lockLink(tx, advocate.code);
  const known = await earlierOf(deps, tx, advocate, details.company, now);
  if (known) return { result: { referral: known, joined: true }, events: [] };

  const today = await lately(tx, advocate, now);
  await holdAccount(tx, advocate.accountId);
  const answered = await acceptAsk(tx, advocate, askId, now);
  const held = await inspectIntroduction(tx, advocate, details, today);
  const referral: ReferralRow = {
    id: `ref_${randomBytes(10).toString('hex')}`,
    accountId: advocate.accountId,
    personId: advocate.personId,
    code: advocate.code,
    ...details,
    ...(held.length === 0 ? {} : { held: held.join(',') }),
    ...(answered.askId === undefined ? {} : { askId: answered.askId }),
    stage: 'submitted',
    stages: { submitted: now },
    createdAt: now,
    updatedAt: now,
  };
  await insertReferral(tx, referral);
  const events = [...answered.events, ...referralEvent(referral, 'submitted', now, { now, share: 1 })];
  return { result: { referral, joined: false }, events };
}

type Details = Pick<ReferralRow, 'email' | 'company' | 'companyName' | 'name' | 'role' | 'note'>;

/** What a stranger typed, made fit to keep: names without links, one line each. Throws `invalid` for an address that is none. */
export function readDetails({ email, company, name, role, note }: Omit<Submission, 'advocate'>): Details {
  const parsed = parseAddress(email);
  if ('fault' in parsed) throw invalidField('email', parsed.fault);
  const { key, private: isPrivate } = companyOf(parsed.address);
  const companyName = safeLabel(company) || (isPrivate ? '' : key);
  const kept = { name: safeName(name ?? ''), role: safeLabel(role ?? ''), note: plainNote(note ?? '') };
  return {
    email: parsed.address,
    company: key,
    ...(companyName === '' ? {} : { companyName }),
    ...(kept.name === '' ? {} : { name: kept.name }),
    ...(kept.role === '' ? {} : { role: kept.role }),
    ...(kept.note === '' ? {} : { note: kept.note }),
  };
}

const plainNote = (note: string) =>
  note.slice(0, 2000).split('\n').map(oneLine).join('\n').trim().slice(0, 1000);

function unknownAdvocate(advocate: string): Refusal {
  const message = `"${oneLine(advocate).slice(0, 100)}" is neither the code of a link nor a user we know an account of; identify the user and their group first.`;
  return new Refusal('not_found', message, [{ field: 'advocate', message }]);
}

async function earlierOf(
  deps: Pick<Deps, 'catalog'>,
  tx: Sql,
  advocate: AdvocateLink,
  company: string,
  now: Instant,
): Promise<ReferralRow | undefined> {
  const rows = await lockReferralsOfCompany(tx, company);
  const earlier = joins(await claimsOf(deps, tx, rows), advocate.code, now);
  return rows.find(({ id }) => id === earlier?.id);
}

async function lately(tx: Sql, { code, personId }: AdvocateLink, now: Instant): Promise<number> {
  const count = await countReferrals(tx, code, personId, now - DAY);
  if (count >= A_DAY)
    throw new Refusal(
      'busy',
      `${count} introductions came through this link within a day; try again tomorrow.`,
    );
  return count;
}
