import type { TemplateContext } from '../catalog/template-context.ts';
import type { AskRow } from '../db/ask-row.ts';
import type { Sql } from '../db/client.ts';
import { findReferral, type ReferralRow } from '../db/referrals.ts';
import { buildContext, type ReferralFacts } from '../delivery/context.ts';
import type { Deps } from '../deps.ts';
import type { Scalar } from '../engine/catalog.ts';
import type { AccountState } from '../engine/state.ts';
import { linkOfAdvocate, linkUrls } from './link-of-advocate.ts';
import type { LoadedView } from './load-views.ts';

type Needs = Pick<Deps, 'config' | 'catalogOf' | 'keys' | 'clock'>;

/** Everything the words of an ask may speak of, with its links; an advocate's link is made on first need. */
export async function contextOf(
  deps: Needs,
  tx: Sql,
  ask: AskRow,
  view: LoadedView,
): Promise<TemplateContext> {
  const { program, catalog } = await deps.catalogOf(tx, ask.catalogHash);
  const { code } = await linkOfAdvocate(tx, {
    accountId: ask.accountId,
    personId: ask.personId,
    at: deps.clock(),
  });
  const links = linksOf(deps, ask, code);
  const action = catalog.triggers.find(({ name }) => name === ask.trigger)?.actionUrl ?? links.advocate;
  const referral = await referralOf(tx, ask);
  return buildContext({
    person: { id: ask.personId, traits: view.people.get(ask.personId)?.traits ?? {} },
    account: { id: ask.accountId, traits: scalarTraits(view.state) },
    ...(ask.ownerEmail === undefined ? {} : { ownerEmail: ask.ownerEmail }),
    readiness: ask.reasons.readiness,
    ...(ask.opening === undefined ? {} : { opening: ask.opening }),
    ...(referral === undefined ? {} : { referral }),
    links: { ...links, action },
    productName: deps.config.PRODUCT_NAME,
    program,
  });
}

function linksOf(deps: Needs, ask: AskRow, code: string) {
  const { BASE_URL } = deps.config;
  return {
    ...linkUrls(deps, code),
    unsubscribe:
      ask.channel === 'email' ? `${BASE_URL}/unsubscribe/${deps.keys.sign('unsubscribe', ask.id)}` : null,
    draft: ask.channel === 'draft' ? `${BASE_URL}/d/${deps.keys.sign('draft', ask.id)}` : null,
  };
}

async function referralOf(tx: Sql, ask: AskRow) {
  const id = ask.opening?.properties['referral_id'];
  const referral = typeof id === 'string' ? await findReferral(tx, id) : undefined;
  return referral && referralFacts(referral);
}

/** A referral as messages may speak of it. */
export function referralFacts({ id, company, companyName, name, role, stage }: ReferralRow): ReferralFacts {
  return { id, company: companyName ?? company, name: name ?? null, role: role ?? null, stage };
}

/** The traits of an account that a message can speak of: single values. */
export function scalarTraits(state: Pick<AccountState, 'traits'>): Record<string, Scalar> {
  const traits: Record<string, Scalar> = {};
  for (const [name, { value }] of Object.entries(state.traits)) {
    if (value === null || typeof value !== 'object') traits[name] = value;
  }
  return traits;
}
