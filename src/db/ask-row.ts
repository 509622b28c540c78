import type { AskRecord, AskStatus, Opening } from '../engine/account.ts';
import type { Channel } from '../engine/catalog.ts';
import type { GateAnswer } from '../engine/decision.ts';
import type { Readiness } from '../engine/readiness.ts';
import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import { fromJson, toInstant, toInstantOrNone } from './rows.ts';

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

export const STATUSES: ReadonlySet<string> = new Set<AskStatus>([
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

/** What the ledger knows of an ask: the opening event only while it may still be checked again. */
export type RecordRow = Pick<
  Row,
  | 'id'
  | 'account_id'
  | 'person_id'
  | 'trigger'
  | 'kind'
  | 'channel'
  | 'cycle'
  | 'status'
  | 'decided_at'
  | 'due_at'
  | 'expires_at'
  | 'delivered_at'
  | 'settled_at'
  | 'closed_at'
  | 'snoozed_until'
  | 'owner_email'
  | 'opening'
  | 'readiness'
  | 'again'
>;

export const RECORD_COLUMNS = `id, account_id, person_id, trigger, kind, channel, cycle, status, decided_at, due_at, expires_at,
  delivered_at, settled_at, closed_at, snoozed_until, owner_email, readiness, again,
  case when status in ('scheduled', 'open', 'sending') then opening end as opening`;

/** Throws when the row was written by a version that knows more statuses than this one. */
export function toRecord(row: RecordRow): AskRecord {
  const { status, channel } = row;
  if (!isStatus(status) || !isChannel(channel)) {
    throw new Error(
      `Ask ${row.id} has status "${status}" and channel "${channel}", which this version does not know.`,
    );
  }
  const settledAt = toInstantOrNone(row.settled_at);
  return {
    id: row.id,
    accountId: row.account_id,
    personId: row.person_id,
    trigger: row.trigger,
    kind: row.kind === 'thanks' ? 'thanks' : 'ask',
    channel,
    cycle: row.cycle,
    status,
    decidedAt: toInstant(row.decided_at),
    dueAt: toInstant(row.due_at),
    readiness: row.readiness,
    again: row.again === 'never' ? 'never' : Number(row.again),
    ...(row.expires_at && { expiresAt: toInstant(row.expires_at) }),
    ...(row.delivered_at && { deliveredAt: toInstant(row.delivered_at) }),
    ...(settledAt !== undefined && { settledAt }),
    ...(settledAt !== undefined && status === 'declined' && { declinedAt: settledAt }),
    ...(row.closed_at && { closedAt: toInstant(row.closed_at) }),
    ...(row.snoozed_until && { snoozedUntil: toInstant(row.snoozed_until) }),
    ...(row.owner_email !== null && { ownerEmail: row.owner_email }),
    ...(row.opening !== null && { opening: fromJson<Opening>(row.opening) }),
  };
}

/** The whole of an ask; throws like `toRecord`. */
export function toAsk(row: Row): AskRow {
  return {
    ...toRecord(row),
    template: row.template,
    priority: row.priority,
    expiresAfter: Number(row.expires_after),
    reasons: fromJson<Reasons>(row.reasons),
    attempts: row.attempts,
    catalogHash: row.catalog_hash,
    late: row.late,
    ...defined({
      statusReason: row.status_reason,
      deadlineAt: toInstantOrNone(row.deadline_at),
      latestAt: toInstantOrNone(row.latest_at),
      openedAt: toInstantOrNone(row.opened_at),
      fallbackAt: toInstantOrNone(row.fallback_at),
      fallback:
        row.fallback === null ? undefined : fromJson<{ channel: Channel; template: string }>(row.fallback),
      content: row.content === null ? undefined : fromJson<Readonly<Record<string, string>>>(row.content),
    }),
  };
}
