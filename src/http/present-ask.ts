import type { AskRow } from '../db/ask-row.ts';
import { iso } from '../engine/time.ts';

/** An ask as a product app may see it: nothing of why. */
export function presentAskOutcome(ask: AskRow) {
  return {
    id: ask.id,
    trigger: ask.trigger,
    channel: ask.channel,
    status: ask.status,
    shown_at: iso(ask.deliveredAt),
    settled_at: iso(ask.settledAt),
    snoozed_until: iso(ask.snoozedUntil),
    expires_at: iso(ask.expiresAt),
  };
}

/** An ask as the growth team sees it, with the reasons it was made for. */
export function presentAsk(ask: AskRow) {
  return {
    id: ask.id,
    account: ask.accountId,
    person: ask.personId,
    owner: ask.ownerEmail ?? null,
    trigger: ask.trigger,
    cycle: ask.cycle,
    kind: ask.kind,
    channel: ask.channel,
    status: ask.status,
    status_reason: ask.statusReason ?? null,
    decided_at: iso(ask.decidedAt),
    due_at: iso(ask.dueAt),
    deadline_at: iso(ask.deadlineAt),
    opened_at: iso(ask.openedAt),
    delivered_at: iso(ask.deliveredAt),
    settled_at: iso(ask.settledAt),
    snoozed_until: iso(ask.snoozedUntil),
    expires_at: iso(ask.expiresAt),
    late: ask.late,
    readiness: ask.readiness,
    catalog: ask.catalogHash,
    reasons: {
      contributions: ask.reasons.readiness.contributions,
      dampers: ask.reasons.readiness.dampers,
      gates: ask.reasons.gates.map(({ gate, passes, because }) => ({ gate, passes, because })),
      opening_event: ask.opening === undefined ? null : { id: ask.opening.id, name: ask.opening.name },
    },
    content: ask.content ?? null,
  };
}
