import { readAccount } from '../db/accounts.ts';
import { readAsksOfAccount } from '../db/ask-ledger.ts';
import { inTransaction } from '../db/client.ts';
import { readSeenNames } from '../db/events.ts';
import type { Deps } from '../deps.ts';
import type { Catalog } from '../engine/catalog.ts';
import { explain } from '../engine/decide.ts';
import type { AccountId } from '../engine/event.ts';
import { ownerOf } from '../engine/owner.ts';
import { score } from '../engine/readiness.ts';
import { calledBy } from '../engine/situation.ts';
import { type AccountState, stateFlags } from '../engine/state.ts';
import { accountTraits } from '../engine/traits.ts';
import { unseenSignals } from '../engine/unseen.ts';
import { asItStands } from './load-account.ts';
import { loadPeople } from './load-people.ts';
import { loadViews, withPeople } from './load-views.ts';
import { unknownAccount, unknownTrigger } from './unknown.ts';
import { workspaceOf } from './workspace.ts';

export type AccountFilter = {
  readonly minReadiness?: number;
  readonly owner?: string;
  /** The last account of the page before. */
  readonly after?: { readonly readiness: number; readonly id: AccountId };
  readonly limit: number;
};

/** Accounts by readiness as of their last evaluation, the readiest first. */
export function listAccounts(deps: Pick<Deps, 'db'>, { minReadiness, owner, after, limit }: AccountFilter) {
  return deps.db.prisma.account.findMany({
    where: {
      ...(minReadiness === undefined ? {} : { readiness: { gte: minReadiness } }),
      ...(owner === undefined ? {} : { ownerEmail: owner }),
      ...(after === undefined
        ? {}
        : {
            OR: [
              { readiness: { lt: after.readiness } },
              { readiness: after.readiness, id: { gt: after.id } },
            ],
          }),
    },
    orderBy: [{ readiness: 'desc' }, { id: 'asc' }],
    take: limit,
    select: { id: true, name: true, ownerEmail: true, readiness: true, evaluatedAt: true },
  });
}

/** One account as it stands now: readiness with its reasons, traits, people, asks and referrals. */
export async function describeAccount(deps: Deps, id: AccountId) {
  const now = deps.clock();
  const account = await readAccount(deps.db.pool, id);
  if (account === undefined) throw unknownAccount(id);
  const { signals } = (await deps.catalogOfSignals(deps.db.pool, account.signalsHash)).catalog;
  const asks = await readAsksOfAccount(deps.db.pool, id, now);
  const ids = [
    ...new Set([...Object.keys(account.state.people), ...asks.map(({ personId }) => personId)]),
  ].slice(0, MOST_PEOPLE);
  const people = await loadPeople(deps, deps.db.pool, ids, now);
  const referrals = await deps.db.prisma.referral.findMany({
    where: { accountId: id },
    orderBy: { createdAt: 'desc' },
    take: 200,
  });
  return {
    account,
    readiness: score(account.state, signals, now, (person) => calledBy(people, person)),
    traits: accountTraits(account.state),
    people: [...people.values()],
    asks,
    referrals,
    flags: flagsOf(deps, account.state),
  };
}

/** What about an account is not as its sources mean it: what was let go for its number, and an owner who is a stranger. */
function flagsOf(deps: Pick<Deps, 'config'>, state: AccountState) {
  const { ignored } = ownerOf(state, workspaceOf(deps));
  return [
    ...stateFlags(state),
    ...(ignored === undefined ? [] : [{ flag: 'owner_outside_team', what: ignored } as const]),
  ];
}

const MOST_PEOPLE = 200;

/** What every trigger would say about an account now: each gate, because of what, and when it could pass. */
export async function explainAccount(
  deps: Deps,
  id: AccountId,
  trigger: string | undefined,
  /** The definitions to explain by, of those that the account is decided by. */
  toExplain: (catalog: Catalog) => Catalog = (catalog) => catalog,
) {
  const { triggers } = deps.catalog().catalog;
  if (trigger !== undefined && !triggers.some(({ name }) => name === trigger))
    throw unknownTrigger(trigger, triggers);
  const now = deps.clock();
  return inTransaction(deps.db, async (tx) => {
    const row = await readAccount(tx, id);
    if (row === undefined) throw unknownAccount(id);
    const views = await loadViews(deps, tx, [await asItStands(deps, tx, row)], now);
    const explained = await withPeople(deps, tx, views, now, (view) =>
      explain(toExplain(view.catalog.catalog), view, now),
    );
    const decisions = explained.flatMap(({ evaluation }) => evaluation.decisions);
    const withoutData = unseenSignals(deps.catalog().catalog.signals, await readSeenNames(tx));
    const asked = decisions.filter((decision) => trigger === undefined || decision.trigger === trigger);
    return { at: now, decisions: asked, withoutData };
  });
}
