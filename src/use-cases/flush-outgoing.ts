import { deleteOutgoing, readOutgoing } from '../db/outgoing.ts';
import type { Analytics, OutgoingEvent } from '../delivery/analytics.ts';
import type { Deps } from '../deps.ts';

const BATCH = 500;

/** Hands what waits for analytics to their clients. A row goes when its client has taken it. */
export async function flushOutgoing(deps: Pick<Deps, 'db'>, analytics: Analytics): Promise<void> {
  const waiting = await readOutgoing<OutgoingEvent>(deps.db.pool, BATCH);
  if (waiting.length === 0) return;
  const taken = waiting.filter(({ event }) => analytics.send(event));
  await analytics.flush();
  await deleteOutgoing(
    deps.db.pool,
    taken.map(({ body }) => body),
  );
}
