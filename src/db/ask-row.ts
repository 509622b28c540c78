import type { AskRecord, AskStatus, Opening } from '../engine/account.ts';
import type { Channel } from '../engine/catalog.ts';
import type { GateAnswer } from '../engine/decision.ts';
import type { Readiness } from '../engine/readiness.ts';
import type { Instant } from '../engine/time.ts';
import { fromJson, present, toInstant, toInstantOrNone } from './rows.ts';

/** Why an ask was made, kept as it was then. */
export type Reasons = { readonly readiness: Readiness; readonly gates: readonly GateAnswer[] };

/** An ask with all that delivery and the screens need. */
export type AskRow = AskRecord & {
  readonly template: string;
  readonly statusReason?: string;
  readonly priority: number;
  readonly deadlineAt?: Instant;
  readonly latestAt?: Instant;
  readonly expiresAfter: number;
  readonly openedAt?: Instant;
  readonly fallbackAt?: Instant;
  readonly fallback?: { readonly channel: Channel; readonly template: string };
  readonly reasons: Reasons;
  /** What was rendered: `{subject, text}` or `{title, body, action}`. */
  readonly content?: Readonly<Record<string, string>>;
  readonly attempts: number;
  /** The catalog version that made it: its words stay as they were. */
  readonly catalogHash: string;
  readonly late: boolean;
};

/** The columns of COLUMNS, as the driver reads them. */
export type Row = {
  account_id: string;
  id: string;
  trigger: string;
  cycle: string;
  kind: string;
  channel: string;
  template: string;
  person_id: string;
  owner_email: string | null;
  status: string;
  status_reason: string | null;
  priority: number;
  decided_at: Date;
  due_at: Date;
  deadline_at: Date | null;
  latest_at: Date | null;
  expires_after: string;
  expires_at: Date | null;
  opened_at: Date | null;
  delivered_at: Date | null;
  settled_at: Date | null;
  closed_at: Date | null;
  snoozed_until: Date | null;
  fallback_at: Date | null;
  fallback: string | null;
  again: string;
  readiness: number;
  reasons: string;
  opening: string | null;
  content: string | null;
  attempts: number;
  catalog_hash: string;
  late: boolean;
};

export const COLUMNS = `account_id, id, trigger, cycle, kind, channel, template, person_id, owner_email, status, status_reason,
  priority, decided_at, due_at, deadline_at, latest_at, expires_after, expires_at, opened_at, delivered_at, settled_at,
  closed_at, snoozed_until, fallback_at, fallback, again, readiness, reasons, opening, content, attempts, late, catalog_hash`;

const STATUSES: ReadonlySet<string> = new Set<AskStatus>([
  'scheduled',
  'open',
  'sending',
  'delivered',
  'accepted',
  'declined',
  'ignored',
  'withdrawn',
  'expired',
  'failed',
  'unknown',
  'held_out',
  'shadow',
]);
const isStatus = (text: string): text is AskStatus => STATUSES.has(text);
const isChannel = (text: string): text is Channel => text === 'nudge' || text === 'draft' || text === 'email';

/** Throws when the row was written by a version that knows more statuses than this one. */
export function toAsk(row: Row): AskRow {
  if (!isStatus(row.status) || !isChannel(row.channel)) {
    throw new Error(
      `Ask ${row.id} has status "${row.status}" and channel "${row.channel}", which this version does not know.`,
    );
  }
  return {
    id: row.id,
    accountId: row.account_id,
    personId: row.person_id,
    trigger: row.trigger,
    cycle: row.cycle,
    kind: row.kind === 'thanks' ? 'thanks' : 'ask',
    channel: row.channel,
    template: row.template,
    status: row.status,
    priority: row.priority,
    decidedAt: toInstant(row.decided_at),
    dueAt: toInstant(row.due_at),
    expiresAfter: Number(row.expires_after),
    readiness: row.readiness,
    reasons: fromJson<Reasons>(row.reasons),
    again: row.again === 'never' ? 'never' : Number(row.again),
    attempts: row.attempts,
    catalogHash: row.catalog_hash,
    late: row.late,
    ...present<AskRow>({
      statusReason: row.status_reason,
      deadlineAt: toInstantOrNone(row.deadline_at),
      latestAt: toInstantOrNone(row.latest_at),
      expiresAt: toInstantOrNone(row.expires_at),
      openedAt: toInstantOrNone(row.opened_at),
      deliveredAt: toInstantOrNone(row.delivered_at),
      settledAt: toInstantOrNone(row.settled_at),
      declinedAt: row.status === 'declined' ? toInstantOrNone(row.settled_at) : undefined,
      closedAt: toInstantOrNone(row.closed_at),
      snoozedUntil: toInstantOrNone(row.snoozed_until),
      fallbackAt: toInstantOrNone(row.fallback_at),
      ownerEmail: row.owner_email,
      fallback:
        row.fallback === null ? undefined : fromJson<{ channel: Channel; template: string }>(row.fallback),
      opening: row.opening === null ? undefined : fromJson<Opening>(row.opening),
      content: row.content === null ? undefined : fromJson<Readonly<Record<string, string>>>(row.content),
    } as { [K in keyof AskRow]: AskRow[K] | undefined | null }),
  };
}
