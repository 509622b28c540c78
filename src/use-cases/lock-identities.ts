import type { Db, Sql } from '../db/client.ts';
import { lockEachIdentity, lockEveryIdentity } from '../db/people.ts';
import type { ReportedEvent } from '../sources/reported.ts';

/** Keeps others from storing events of these people, or finding out who they are, until the transaction ends. */
export type LockIdentities = (identities: readonly string[]) => Promise<void>;

/** A server has room for some thousands of locks; for a larger batch a single one stands for all. */
const MOST_EVENTS = 500;

/**
 * Of two batches that come at once each would miss what the other says about whose events these are. PGlite has one
 * connection, so there nobody else is at work; and what we say ourselves ties nobody to anything.
 */
export async function lockIdentities(
  { kind }: Pick<Db, 'kind'>,
  tx: Sql,
  events: readonly ReportedEvent[],
): Promise<LockIdentities> {
  const isAlone = kind === 'pglite' || events.every(({ source }) => source === 'goodturn');
  if (isAlone) return async () => {};
  if (events.length <= MOST_EVENTS) return (identities) => lockEachIdentity(tx, identities);
  await lockEveryIdentity(tx);
  return async () => {};
}
