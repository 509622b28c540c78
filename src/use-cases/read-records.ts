import { STATUSES } from '../db/ask-row.ts';
import { findAsk } from '../db/asks.ts';
import { fromJson } from '../db/rows.ts';
import type { Deps } from '../deps.ts';
import type { GateAnswer } from '../engine/decision.ts';
import { defined } from '../engine/record.ts';
import { invalidField } from '../errors.ts';

type Page = {
  readonly limit: number;
  readonly accountId?: string | undefined;
  readonly trigger?: string | undefined;
};

/** Asks, the latest decided first. Throws an `invalid` Refusal for a status that there is not. */
export async function listAsks(
  deps: Pick<Deps, 'db'>,
  query: Page & { readonly status?: string | undefined; readonly personId?: string | undefined },
) {
  const { accountId, trigger, status, personId, limit } = query;
  if (status !== undefined && !STATUSES.has(status)) {
    throw invalidField('status', `expected one of ${[...STATUSES].join(', ')}, got "${status}"`);
  }
  const ids = await deps.db.prisma.ask.findMany({
    where: defined({ accountId, trigger, status, personId }),
    orderBy: [{ decidedAt: 'desc' }, { id: 'asc' }],
    take: limit,
    select: { id: true },
  });
  const asks = [];
  for (const { id } of ids) asks.push(await findAsk(deps.db.pool, id));
  return asks.filter((ask) => ask !== undefined);
}

/** Decisions whose verdict or reasons changed, the latest first. */
export async function listDecisions(
  deps: Pick<Deps, 'db'>,
  query: Page & { readonly verdict?: 'ask' | 'hold' | undefined },
) {
  const { accountId, trigger, verdict, limit } = query;
  const rows = await deps.db.prisma.decision.findMany({
    where: defined({ accountId, trigger, verdict }),
    orderBy: [{ at: 'desc' }, { accountId: 'asc' }, { trigger: 'asc' }],
    take: limit,
  });
  return rows.map((row) => ({ ...row, gates: fromJson<readonly GateAnswer[]>(row.gates) }));
}

/** Messages that were refused one by one. */
export async function listRejections(deps: Pick<Deps, 'db'>, limit: number) {
  const { _sum } = await deps.db.prisma.rejection.aggregate({ _sum: { messages: true } });
  const latest = await deps.db.prisma.rejection.findMany({ orderBy: { id: 'desc' }, take: limit });
  return { total: _sum.messages ?? 0, latest };
}
