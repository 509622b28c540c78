import type { Sql } from '../../src/db/client.ts';

type Stored = {
  events: {
    id: string;
    account_id: string;
    person_id: string | null;
    reported_person: string | null;
    own_account_id: string | null;
    name: string;
    source: string;
    occurred_at: Date;
    received_at: Date;
    imported: boolean;
    trust: string;
    properties: string;
  };
  accounts: {
    id: string;
    state: string;
    seen: string | null;
    signals_hash: string;
    refold: boolean;
    readiness: number;
    evaluated_at: Date | null;
  };
  people: { id: string; bindings: string };
  aliases: { alias: string; person_id: string };
  asks: {
    id: string;
    account_id: string;
    person_id: string;
    trigger: string;
    cycle: string;
    kind: string;
    channel: string;
    status: string;
    due_at: Date;
    delivered_at: Date | null;
    opening: string | null;
  };
  mails: { id: string; ask_id: string | null; purpose: string; status: string };
  referrals: { id: string; person_id: string; company: string; stage: string; stages: string };
};

/** Everything a check looks at, as it stood at one instant. */
export type Tables = { readonly [Name in keyof Stored]: readonly Stored[Name][] } & {
  readonly claimedIds: number;
};

/** Reads all tables in one snapshot, so that a service that goes on meanwhile does not show through. */
export async function readTables(tx: Sql): Promise<Tables> {
  await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  const all = async <Name extends keyof Stored>(text: string) => (await tx.query<Stored[Name]>(text)).rows;
  const claimed = await tx.query<{ n: string }>('select count(*) as n from event_id');
  return {
    claimedIds: Number(claimed.rows[0]?.n),
    events: await all<'events'>(
      `select id, account_id, person_id, reported_person, own_account_id, name, source, occurred_at, received_at, imported, trust, properties
       from event order by occurred_at, id`,
    ),
    accounts: await all<'accounts'>(
      'select id, state, seen, signals_hash, refold, readiness, evaluated_at from account',
    ),
    people: await all<'people'>('select id, bindings from person'),
    aliases: await all<'aliases'>('select alias, person_id from alias'),
    asks: await all<'asks'>(
      `select id, account_id, person_id, trigger, cycle, kind, channel, status, due_at, delivered_at, opening from ask`,
    ),
    mails: await all<'mails'>('select id, ask_id, purpose, status from mail'),
    referrals: await all<'referrals'>('select id, person_id, company, stage, stages from referral'),
  };
}
