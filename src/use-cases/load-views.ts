import type { CatalogInForce } from '../catalog/in-force.ts';
import { readLedgerOfAccounts } from '../db/ask-ledger.ts';
import type { Sql } from '../db/client.ts';
import { readPauses } from '../db/pauses.ts';
import type { PersonRow } from '../db/people.ts';
import type { Deps } from '../deps.ts';
import type { AccountView } from '../engine/account.ts';
import { decide } from '../engine/decide.ts';
import type { Evaluation } from '../engine/decision.ts';
import type { PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { FoldedAccount } from './fold-account.ts';
import { groupBy } from './group-by.ts';
import { loadPeople } from './load-people.ts';
import { workspaceOf } from './workspace.ts';

/** A view as loaded from rows, and what it is decided by. */
export type LoadedView = AccountView & { readonly catalog: CatalogInForce };

/** Loads what decisions about these accounts look at besides their state. */
export async function loadViews(
  deps: Pick<Deps, 'db' | 'keys' | 'config'>,
  tx: Sql,
  accounts: readonly Pick<FoldedAccount, 'row' | 'state' | 'agenda' | 'catalog'>[],
  now: Instant,
  { active, read }: Lately = NOBODY,
): Promise<LoadedView[]> {
  if (accounts.length === 0) return [];
  // Sent together: none needs the answer of another.
  const [asks, pauses, near] = await Promise.all([
    readLedgerOfAccounts(
      tx,
      accounts.map(({ row }) => row.id),
      now,
    ),
    readPauses(tx, now),
    loadPeople(deps, tx, [...new Set([...accounts.flatMap(likely), ...active])], now, read),
  ]);
  const asked = new Set(asks.map(({ personId }) => personId));
  const far = await loadPeople(
    deps,
    tx,
    [...asked].filter((id) => !near.has(id)),
    now,
    read,
  );
  const people = new Map([...near, ...far]);
  const asksOf = groupBy(asks, ({ accountId }) => accountId);
  const workspace = workspaceOf(deps);
  return accounts.map(({ row, state, agenda, catalog }) => ({
    id: row.id,
    catalog,
    state,
    agenda,
    asks: asksOf.get(row.id) ?? [],
    people,
    pauses,
    workspace,
    ...(row.hold === undefined ? {} : { hold: row.hold }),
  }));
}

/** People who just did something, and the rows of those who were read already in this transaction. */
export type Lately = {
  readonly active: readonly PersonId[];
  readonly read: ReadonlyMap<PersonId, PersonRow>;
};

const NOBODY: Lately = { active: [], read: new Map() };

/** Whom an evaluation is likely to ask about: those it asked about last time, and those who opened triggers. */
function likely({ agenda }: Pick<FoldedAccount, 'agenda'>): PersonId[] {
  const opened = Object.values(agenda.openings).flatMap((openings) =>
    openings.flatMap(({ personId }) => personId ?? []),
  );
  return [...opened, ...(agenda.wanted ?? [])];
}

export type Evaluated = { readonly view: LoadedView; readonly evaluation: Evaluation };

/** Decides each account. Whom decisions miss is loaded for all of them at once, and those are made again. */
export function evaluate(
  deps: Pick<Deps, 'db' | 'keys'>,
  tx: Sql,
  views: readonly LoadedView[],
  now: Instant,
): Promise<Evaluated[]> {
  return withPeople(deps, tx, views, now, (view) => decide(view.catalog.catalog, view, now));
}

/** Asks a question about accounts until nobody that the answers name is unknown any more. */
export async function withPeople<Answer extends Pick<Evaluation, 'unknownPeople'>>(
  deps: Pick<Deps, 'db' | 'keys'>,
  tx: Sql,
  views: readonly LoadedView[],
  now: Instant,
  ask: (view: LoadedView) => Answer,
): Promise<{ view: LoadedView; evaluation: Answer }[]> {
  const answered: { view: LoadedView; evaluation: Answer }[] = [];
  let open = views;
  for (let round = 0; open.length > 0; round += 1) {
    if (round === MAX_ROUNDS)
      throw new Error(`Deciding about account ${open[0]?.id} named unknown people ${MAX_ROUNDS} times.`);
    const asked = open.map((view) => ({ view, evaluation: ask(view) }));
    answered.push(...asked.filter(({ evaluation }) => evaluation.unknownPeople.length === 0));
    const again = asked.filter(({ evaluation }) => evaluation.unknownPeople.length > 0);
    const found = await loadPeople(
      deps,
      tx,
      [...new Set(again.flatMap(({ evaluation }) => evaluation.unknownPeople))],
      now,
    );
    open = again.map(({ view }) => ({ ...view, people: new Map([...view.people, ...found]) }));
  }
  return answered;
}

// Each round names somebody not seen before; a champion is nearly always found in two.
const MAX_ROUNDS = 200;
