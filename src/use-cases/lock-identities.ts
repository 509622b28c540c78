import type { Db, Sql } from '../db/client.ts';
import { type LockedIdentity, lockEachIdentity, lockEveryIdentity } from '../db/people.ts';
import type { ReportedEvent } from '../sources/reported.ts';

/**
 * Keeps others from finding out anew who these people are and where they belong, until the transaction ends. Whoever
 * is going to do so locks them `alone`: then others may not even store events of theirs.
 */
export type LockIdentities = (identities: readonly LockedIdentity[]) => Promise<void>;

/** A server has room for some thousands of locks; for a larger batch a single one stands for all. */
const MOST_EVENTS = 1000;

/**
 * Of two batches that come at once each would miss what the other says about whose events these are. PGlite has one
 * connection, so there nobody else is at work; and what we say ourselves ties nobody to anything.
 */
export function lockIdentities(
  { kind }: Pick<Db, 'kind'>,
  tx: Sql,
  events: readonly ReportedEvent[],
): LockIdentities {
  const isAlone = kind === 'pglite' || events.every(({ source }) => source === 'goodturn');
  if (isAlone) return async () => {};
  if (events.length <= MOST_EVENTS) return lockOnce(tx);
  let everybody: Promise<void> | undefined;
  return () => {
    everybody ??= lockEveryIdentity(tx);
    return everybody;
  };
}

function lockOnce(tx: Sql): LockIdentities {
  const held = new Map<string, boolean>();
  return async (identities) => {
    const missing = identities.filter(({ id, alone }) => (alone ? held.get(id) !== true : !held.has(id)));
    await lockEachIdentity(tx, missing);
    for (const { id, alone } of missing) held.set(id, alone);
  };
}
