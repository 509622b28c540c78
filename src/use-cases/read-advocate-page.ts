import type { TemplateContext } from '../catalog/template-context.ts';
import { readAccount } from '../db/accounts.ts';
import { type AdvocateLink, findLink } from '../db/advocates.ts';
import { type ReferralRow, referralsOfPerson } from '../db/referrals.ts';
import { buildContext } from '../delivery/context.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { isQuiet } from './answer-as-advocate.ts';
import { scalarTraits } from './compose-ask.ts';
import { linkUrls } from './link-of-advocate.ts';
import { loadPeople } from './load-people.ts';

/** What an advocate sees at their page. */
export type AdvocatePage = {
  readonly firstName: string | null;
  readonly productName: string;
  /** They agreed to be named to the people they refer. */
  readonly named: boolean;
  /** What they forward to a peer. */
  readonly link: string;
  readonly program: TemplateContext['program'];
  /** They said that they would rather not be asked. */
  readonly quiet: boolean;
  /** The latest first. */
  readonly referrals: readonly ReferralRow[];
};

/** Reads and changes nothing. Throws `not_found` for a link that is gone. */
export async function readAdvocatePage(deps: Deps, code: string): Promise<AdvocatePage> {
  const link = await findLink(deps.db.pool, code);
  if (link === undefined) throw new Refusal('not_found', 'This page is no longer here.');
  const { context, quiet } = await contextOfAdvocate(deps, link);
  return {
    firstName: context.person.first_name,
    productName: context.product.name,
    named: link.named,
    link: linkUrls(deps, code).referral,
    program: context.program,
    quiet,
    referrals: await referralsOfPerson(deps.db.pool, link.personId, 50),
  };
}

/** The words and names that a page about this advocate may use, as messages know them. */
export async function contextOfAdvocate(deps: Deps, link: AdvocateLink) {
  const sql = deps.db.pool;
  const person = (await loadPeople(deps, sql, [link.personId], deps.clock())).get(link.personId);
  const account = await readAccount(sql, link.accountId);
  const context = buildContext({
    person: { id: link.personId, traits: person?.traits ?? {} },
    account: { id: link.accountId, traits: account === undefined ? {} : scalarTraits(account.state) },
    readiness: { value: 0, contributions: [] },
    links: linkUrls(deps, link.code),
    productName: deps.config.PRODUCT_NAME,
    program: deps.catalog().program,
  });
  return { context, quiet: person !== undefined && isQuiet(person) };
}
