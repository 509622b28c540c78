import { insertAsks, type NewAsk, withdrawAsks } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { claimEventIds, insertEvents } from '../db/events.ts';
import { insertDecisions } from '../db/records.ts';
import { wakeOtherAccounts } from '../db/wake-accounts.ts';
import { type AccountWrite, writeAccounts } from '../db/write-accounts.ts';
import type { Deps } from '../deps.ts';
import type { Evaluation, PlannedAsk } from '../engine/decision.ts';
import type { Event, PersonId } from '../engine/event.ts';
import { fold } from '../engine/fold.ts';
import { open } from '../engine/openings.ts';
import { ownerOf } from '../engine/owner.ts';
import { isSettled } from '../engine/quiet.ts';
import { score } from '../engine/readiness.ts';
import type { Instant } from '../engine/time.ts';
import { storedAskEvent } from './ask-events.ts';
import { askId } from './ask-id.ts';
import { breakRunaways } from './break-runaways.ts';
import type { FoldedAccount } from './fold-account.ts';
import type { Evaluated } from './load-views.ts';
import { openNudge } from './open-nudge.ts';
import { putOutgoing, putReadiness } from './put-outgoing.ts';
import { workspaceOf } from './workspace.ts';

/**
 * Writes what was decided: asks, withdrawals, changed decisions, and each account with its next wake-up. An ask that
 * was made is an event of its account like any other. Answers whether an ask is due already.
 */
export async function recordEvaluations(
  deps: Deps,
  tx: Sql,
  accounts: readonly FoldedAccount[],
  evaluated: readonly Evaluated[],
  now: Instant,
): Promise<{ readonly due: boolean }> {
  const planned = evaluated.flatMap(({ view, evaluation }) =>
    evaluation.asks.map((ask) => toNewAsk(ask, view.catalog.hash)),
  );
  const made = await insertAsks(tx, planned);
  const asks = planned.filter(({ id }) => made.has(id));
  const decisions = evaluated.flatMap(({ view, evaluation }) =>
    evaluation.changed.map((decision) => ({ decision, catalogHash: view.catalog.hash })),
  );
  const scheduled = asks.filter(({ status }) => status === 'scheduled');
  const writes = await withAskEvents(deps, tx, accounts, evaluated, scheduled, now);
  await Promise.all([insertDecisions(tx, decisions), writeAccounts(deps.db.known.accounts, tx, writes)]);
  // Only now, since what these wake may be among the accounts just written.
  await wakeOtherAccounts(tx, scheduled);
  for (const { evaluation } of evaluated)
    await withdrawAsks(tx, evaluation.accountId, evaluation.withdrawals, now);
  const before = new Map(accounts.map(({ row }) => [row.id, row.readiness]));
  await putReadiness(
    deps,
    tx,
    writes.map(({ id, readiness }) => ({ id, before: before.get(id) ?? 0, after: readiness })),
    now,
  );
  await breakRunaways(deps, tx, scheduled, now);
  for (const ask of scheduled) {
    if (ask.channel === 'nudge' && ask.dueAt <= now) await openNudge(deps, tx, ask.id, now);
  }
  return { due: scheduled.some(({ dueAt }) => dueAt <= now) };
}

function toNewAsk(ask: PlannedAsk, catalogHash: string): NewAsk {
  return { ...ask, id: askId(ask.channel, ask.accountId, ask.trigger, ask.cycle), catalogHash };
}

async function withAskEvents(
  deps: Deps,
  tx: Sql,
  accounts: readonly FoldedAccount[],
  evaluated: readonly Evaluated[],
  asks: readonly NewAsk[],
  now: Instant,
): Promise<AccountWrite[]> {
  const events = asks.map((ask) =>
    storedAskEvent({ ...ask, readiness: ask.readiness.value }, 'Ask Scheduled', now),
  );
  if (events.length > 0) {
    await claimEventIds(
      tx,
      events.map(({ id }) => id),
    );
    await insertEvents(tx, events);
    await putOutgoing(deps, tx, events, now);
  }
  const evaluationOf = new Map(evaluated.map(({ evaluation }) => [evaluation.accountId, evaluation]));
  return accounts.map((account) =>
    toWrite(
      deps,
      account,
      evaluationOf.get(account.row.id),
      events.filter(({ accountId }) => accountId === account.row.id),
      now,
    ),
  );
}

function toWrite(
  deps: Deps,
  { row, state, agenda, catalog: inForce, refold, meaning }: FoldedAccount,
  evaluation: Evaluation | undefined,
  asked: readonly Event[],
  now: Instant,
): AccountWrite {
  const { catalog, signalIndex, signalsHash, hash } = inForce;
  const before = evaluation?.agenda ?? agenda;
  let next = before;
  for (const event of asked) {
    fold(state, event, signalIndex);
    next = open(next, event, catalog, { changedNps: false });
  }
  // An ask that opens another trigger is looked at by the next tick.
  const wakeAt = next === before ? evaluation?.wakeAt : now;
  const isStillSettled = evaluation ? isSettled(evaluation, catalog) : meaning === 'more';
  return {
    id: row.id,
    size: row.size,
    state,
    agenda: evaluation === undefined ? next : { ...next, wanted: wantedOf(evaluation) },
    // Whom to have at hand the next time is not worth writing it anew.
    agendaIsStored: next === row.agenda,
    signalsHash,
    refold,
    readiness: evaluation?.readiness.value ?? score(state, catalog.signals, now).value,
    ...text('name', state.traits['name']?.value),
    ...text('ownerEmail', ownerOf(state, workspaceOf(deps)).email?.toLowerCase()),
    ...(evaluation === undefined && meaning !== 'more' ? {} : { evaluatedAt: now }),
    ...(evaluation === undefined ? { wakeAt: 'as before' } : wakeAt === undefined ? {} : { wakeAt }),
    ...(row.hold && { hold: row.hold }),
    ...(isStillSettled && { settledUnder: hash }),
  };
}

const text = (key: 'name' | 'ownerEmail', value: unknown) =>
  typeof value === 'string' ? { [key]: value.slice(0, 300) } : {};

function wantedOf({ verdicts }: Evaluation): PersonId[] {
  return [...new Set(verdicts.flatMap(({ judged }) => judged.approach.found?.person.id ?? []))].slice(0, 20);
}
