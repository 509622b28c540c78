import type { AskRecord, AskStatus } from '../engine/account.ts';
import type { Channel } from '../engine/catalog.ts';
import type { PlannedAsk, Withdrawal } from '../engine/decision.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { type AskRow, COLUMNS, type Reasons, type Row, toAsk } from './ask-row.ts';
import type { Sql } from './client.ts';
import { instant } from './rows.ts';
import { wakeOtherAccounts } from './wake-accounts.ts';

export type NewAsk = PlannedAsk & { readonly id: string; readonly catalogHash: string };

/** Stores planned asks; one that exists for its (account, trigger, cycle) stays as it is. Returns the ids stored. */
export async function insertAsks(tx: Sql, asks: readonly NewAsk[]): Promise<ReadonlySet<string>> {
  if (asks.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>({
    name: 'insert-asks',
    text: `insert into ask (account_id, id, trigger, cycle, kind, channel, template, person_id, owner_email, status, priority,
                            decided_at, due_at, deadline_at, latest_at, expires_after, fallback_at, fallback, again,
                            readiness, reasons, opening, catalog_hash)
           select account_id, id, trigger, cycle, kind, channel, template, person_id, owner_email, status, priority,
                  ${instant('decided_at')}, ${instant('due_at')}, ${instant('deadline_at')}, ${instant('latest_at')},
                  expires_after, ${instant('fallback_at')}, fallback, again, readiness, reasons, opening, catalog_hash
           from json_to_recordset($1::json) as a(
             account_id text, id text, trigger text, cycle text, kind text, channel text, template text, person_id text,
             owner_email text, status text, priority int, decided_at float8, due_at float8, deadline_at float8,
             latest_at float8, expires_after float8, fallback_at float8, fallback text, again text, readiness float8,
             reasons text, opening text, catalog_hash text)
           on conflict (account_id, trigger, cycle) do nothing returning id`,
    values: [JSON.stringify(asks.map(toRecord))],
  });
  return new Set(rows.map(({ id }) => id));
}

function toRecord(ask: NewAsk) {
  return {
    account_id: ask.accountId,
    id: ask.id,
    trigger: ask.trigger,
    cycle: ask.cycle,
    kind: ask.kind,
    channel: ask.channel,
    template: ask.template,
    person_id: ask.personId,
    owner_email: ask.ownerEmail,
    status: ask.status,
    priority: ask.priority,
    decided_at: ask.decidedAt,
    due_at: ask.dueAt,
    deadline_at: ask.deadlineAt,
    latest_at: ask.latestAt,
    expires_after: ask.expiresAfter,
    fallback_at: ask.fallback?.at,
    fallback:
      ask.fallback && JSON.stringify({ channel: ask.fallback.channel, template: ask.fallback.template }),
    again: String(ask.again),
    readiness: ask.readiness.value,
    reasons: JSON.stringify({ readiness: ask.readiness, gates: ask.gates } satisfies Reasons),
    opening: ask.opening && JSON.stringify(ask.opening),
    catalog_hash: ask.catalogHash,
  };
}

/** Finds one ask by its id alone, as links and routes carry it. */
export async function findAsk(tx: Sql, id: string): Promise<AskRow | undefined> {
  const { rows } = await tx.query<Row>({
    name: 'find-ask',
    text: `select ${COLUMNS} from ask where id = $1`,
    values: [id],
  });
  return rows[0] && toAsk(rows[0]);
}

/** The ask that somebody's answer is most likely about: the latest that reached them, else one that is open. */
export async function latestAskOf(
  tx: Sql,
  { accountId, personId }: { readonly accountId: AccountId; readonly personId: PersonId },
): Promise<AskRow | undefined> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'latest-ask-of',
    text: `select id from ask
           where account_id = $1 and person_id = $2 and kind = 'ask' and status in ('delivered', 'unknown', 'open')
           order by status = 'open', coalesce(delivered_at, opened_at, decided_at) desc, id limit 1`,
    values: [accountId, personId],
  });
  return rows[0] && findAsk(tx, rows[0].id);
}

/** What a move may write besides the status. */
export type AskChange = {
  readonly statusReason?: string;
  readonly dueAt?: Instant;
  readonly expiresAt?: Instant;
  readonly openedAt?: Instant;
  /** Null: after all it was not. */
  readonly deliveredAt?: Instant | null;
  readonly settledAt?: Instant;
  readonly closedAt?: Instant;
  readonly snoozedUntil?: Instant;
  /** Null: nothing takes its place by itself any more. */
  readonly fallbackAt?: Instant | null;
  readonly ownerEmail?: string;
  readonly content?: Readonly<Record<string, string>>;
  readonly attempts?: number;
  readonly late?: boolean;
};

const toDate = (value: unknown) => (typeof value === 'number' ? new Date(value) : value);
const asIs = (value: unknown) => value;

const CHANGES: {
  readonly [K in keyof Required<AskChange>]: readonly [column: string, write: (value: unknown) => unknown];
} = {
  statusReason: ['status_reason', asIs],
  dueAt: ['due_at', toDate],
  expiresAt: ['expires_at', toDate],
  openedAt: ['opened_at', toDate],
  deliveredAt: ['delivered_at', toDate],
  settledAt: ['settled_at', toDate],
  closedAt: ['closed_at', toDate],
  snoozedUntil: ['snoozed_until', toDate],
  fallbackAt: ['fallback_at', toDate],
  ownerEmail: ['owner_email', asIs],
  content: ['content', (value) => JSON.stringify(value)],
  attempts: ['attempts', asIs],
  late: ['late', asIs],
};

/**
 * Moves an ask, guarded by the statuses it may come from in the write itself.
 * Returns the moved ask, or undefined when somebody else was first.
 */
export async function moveAsk(
  tx: Sql,
  ask: Pick<AskRecord, 'accountId' | 'id'>,
  from: readonly AskStatus[],
  to: AskStatus,
  change: AskChange = {},
): Promise<AskRow | undefined> {
  const changes = new Map<string, unknown>(Object.entries(change));
  const written = Object.entries(CHANGES).filter(([key]) => changes.get(key) !== undefined);
  const sets = written.map(([, [column]], index) => `${column} = $${index + 5}`);
  const values = written.map(([key, [, write]]) => write(changes.get(key)));
  const { rows } = await tx.query<Row>(
    `update ask set ${['status = $4', ...sets].join(', ')}
     where account_id = $1 and id = $2 and status = any($3) returning ${COLUMNS}`,
    [ask.accountId, ask.id, from, to, ...values],
  );
  const moved = rows[0] && toAsk(rows[0]);
  if (moved) await wakeOtherAccounts(tx, [moved]);
  return moved;
}

/** Withdraws asks that no longer stand, unless they have gone out meanwhile. */
export async function withdrawAsks(
  tx: Sql,
  accountId: AccountId,
  withdrawals: readonly Withdrawal[],
  now: Instant,
): Promise<void> {
  for (const { askId, reason } of withdrawals) {
    await moveAsk(tx, { accountId, id: askId }, ['scheduled', 'open'], 'withdrawn', {
      statusReason: reason,
      settledAt: now,
    });
  }
}

/** Ids of asks that are due in a status, by the instant column that says so; the longest due first, ties by id. */
export async function findDueAsks(
  tx: Sql,
  status: AskStatus,
  column: 'expires_at' | 'latest_at',
  now: Instant,
  limit: number,
): Promise<AskRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from ask where status = $1 and ${column} <= $2 order by ${column}, id limit $3`,
    [status, new Date(now), limit],
  );
  return rows.map(toAsk);
}

/** Scheduled asks of a channel whose time has come, in the order in which they take what room there is. */
export async function findDueByChannel(
  tx: Sql,
  channel: Exclude<Channel, 'draft'>,
  now: Instant,
  limit: number,
): Promise<AskRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from ask where status = 'scheduled' and channel = $1 and due_at <= $2
     order by priority desc, due_at, id limit $3`,
    [channel, new Date(now), limit],
  );
  return rows.map(toAsk);
}

/** How many emails went out, or may have, since an instant. */
export async function countEmailsSince(tx: Sql, since: Instant): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    `select count(*)::int as n from ask
     where channel = 'email' and (delivered_at > $1 or (status = 'sending' and due_at > $1))`,
    [new Date(since)],
  );
  return rows[0]?.n ?? 0;
}

/** How many asks each of these triggers has made since an instant; held out and shadow ones are none. */
export async function countAsksByTrigger(
  tx: Sql,
  triggers: readonly string[],
  since: Instant,
): Promise<Map<string, number>> {
  if (triggers.length === 0) return new Map();
  const { rows } = await tx.query<{ trigger: string; n: number }>(
    `select trigger, count(*)::int as n from ask
     where trigger = any($1) and decided_at > $2 and kind = 'ask' and status not in ('held_out', 'shadow') group by trigger`,
    [triggers, new Date(since)],
  );
  return new Map(rows.map(({ trigger, n }) => [trigger, n]));
}
