import type { Sql } from '../db/client.ts';
import { readErasures } from '../db/erasures.ts';
import type { Deps } from '../deps.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { accountFact } from './account-fact.ts';
import { reportedPerson } from './resolve-aliases.ts';

/**
 * Drops what is reported of people who were erased, and keeps what it says of their account. Their ids stay claimed:
 * a source that sends all its history again brings nobody back.
 */
export async function withoutErased(
  deps: Pick<Deps, 'keys'>,
  tx: Sql,
  events: readonly ReportedEvent[],
): Promise<ReportedEvent[]> {
  const hashes = new Map<string, string>();
  for (const event of events)
    for (const who of identitiesOf(event)) if (!hashes.has(who)) hashes.set(who, deps.keys.hashIdentity(who));
  const erased = await readErasures(tx, [...hashes.values()]);
  if (erased.size === 0) return [...events];
  const isErased = (who: string) => erased.has(hashes.get(who) ?? '');
  return events.flatMap((event) => {
    const who = reportedPerson(event);
    return who !== undefined && isErased(who) ? anonymous(event) : withoutTies(event, isErased);
  });
}

function identitiesOf(event: ReportedEvent): string[] {
  const { userId, anonymousId } = event;
  return [
    reportedPerson(event),
    userId !== undefined && anonymousId !== undefined && `anon:${anonymousId}`,
  ].filter((who) => typeof who === 'string');
}

function anonymous({ userId: _, anonymousId: __, email: ___, ...event }: ReportedEvent): ReportedEvent[] {
  const properties = accountFact(event);
  return properties === undefined || event.ownAccountId === undefined ? [] : [{ ...event, properties }];
}

/** An anonymous id that was an erased person's says nothing about who uses that browser now. */
function withoutTies(event: ReportedEvent, isErased: (who: string) => boolean): ReportedEvent {
  const { anonymousId, ...rest } = event;
  return anonymousId !== undefined && isErased(`anon:${anonymousId}`) ? rest : event;
}
