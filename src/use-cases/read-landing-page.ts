import { findLink, insertClick } from '../db/advocates.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { contextOfAdvocate } from './read-advocate-page.ts';

/** What somebody sees who follows an advocate's link. */
export type LandingPage = {
  readonly code: string;
  readonly productName: string;
  /** Who referred them; null unless the advocate agreed to be named. */
  readonly referrer: { readonly name: string; readonly account: string | null } | null;
  readonly pain: string | null;
  readonly bookingUrl: string | null;
  readonly termsUrl: string | null;
  /** Where to send them instead, with the code; null: this page is it. */
  readonly redirect: string | null;
};

/** Reads and changes nothing. Throws `not_found` for a code that is nobody's. */
export async function readLandingPage(deps: Deps, code: string): Promise<LandingPage> {
  const link = await findLink(deps.db.pool, code);
  if (link === undefined)
    throw new Refusal('not_found', 'This link leads nowhere. It may have been cut off when it was copied.');
  const { context } = await contextOfAdvocate(deps, link);
  const { person, account, program } = context;
  return {
    code,
    productName: context.product.name,
    referrer: link.named && person.name !== null ? { name: person.name, account: account.name } : null,
    pain: program.ideal_customer.pain,
    bookingUrl: program.booking_url,
    termsUrl: program.terms_url,
    redirect: landingUrl(deps.config.REFERRAL_LANDING_URL, code),
  };
}

/** One anonymous row per cookie and day. */
export function countClick(deps: Pick<Deps, 'db' | 'clock'>, code: string, visitor: string): Promise<void> {
  return insertClick(deps.db.pool, { code, visitor, at: deps.clock() });
}

function landingUrl(base: string | undefined, code: string): string | null {
  if (base === undefined) return null;
  const url = new URL(base);
  url.searchParams.set('ref', code);
  return url.href;
}
