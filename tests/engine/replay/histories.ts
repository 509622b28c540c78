import type { Catalog } from '../../../src/engine/catalog.ts';
import type { Event } from '../../../src/engine/event.ts';
import { createReplay, type Replay } from '../../../src/engine/replay/replay.ts';
import { type ReplayReport, reportOf } from '../../../src/engine/replay/report.ts';
import { type ToKeep, toKeepNext } from '../../../src/engine/replay/to-keep.ts';
import type { Reported, WorldOptions } from '../../../src/engine/replay/world.ts';
import type { Instant } from '../../../src/engine/time.ts';
import { anEvent } from '../../builders.ts';

export const WORKSPACE = { teamDomains: ['vendor.example'] };

/** An event as its source reports it, in its account, by its person. */
export function reported({ accountId, personId, imported, ...event }: Event): Reported {
  return {
    ...event,
    ...(personId === undefined ? {} : { userId: personId }),
    ...(accountId === undefined ? {} : { ownAccountId: accountId }),
    imported: imported ?? false,
    trust: 'server',
  };
}

/** Something that ada did in acme, unless said otherwise. `anonymousId` and no `userId`: nobody knows who. */
export function aReport(
  overrides: Partial<Reported> & { readonly nobody?: true; readonly nowhere?: true } = {},
): Reported {
  const { nobody, nowhere, ...rest } = overrides;
  const { accountId, personId, ...event } = anEvent();
  const occurredAt = rest.occurredAt ?? event.occurredAt;
  return {
    ...event,
    receivedAt: occurredAt,
    ...(nobody || personId === undefined ? {} : { userId: personId }),
    ...(nowhere || accountId === undefined ? {} : { ownAccountId: accountId }),
    imported: false,
    trust: 'server',
    ...rest,
  };
}

export const anIdentify = (
  userId: string,
  traits: Reported['properties'] = {},
  more: Partial<Reported> = {},
): Reported =>
  aReport({
    nowhere: true,
    userId,
    name: 'Person Updated',
    properties: { email: `${userId}@customer.example`, ...traits },
    ...more,
  });

export type Played = ReplayReport & { readonly world: ReturnType<Replay['end']> };

/** Plays events one by one as they happened. */
export function playEach(
  catalog: Catalog,
  events: readonly Reported[],
  options: Partial<WorldOptions> = {},
  until?: Instant,
): Played {
  return play(catalog, options, until, (replay) => {
    for (const group of instantsOf(events)) replay.receiveEach(group, group[0]?.occurredAt ?? 0);
  });
}

function instantsOf(events: readonly Reported[]): Reported[][] {
  const sorted = events.toSorted((a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1));
  const groups: Reported[][] = [];
  for (const event of sorted) {
    const last = groups.at(-1);
    if (last?.[0]?.occurredAt === event.occurredAt) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

/** Plays batches in the order given, each received at its instant. */
export function playBatches(
  catalog: Catalog,
  batches: readonly (readonly Reported[])[],
  options: Partial<WorldOptions> = {},
  until?: Instant,
): Played {
  return play(catalog, options, until, (replay) => {
    for (const batch of batches)
      replay.receive(batch, Math.max(...batch.map(({ receivedAt }) => receivedAt)));
  });
}

/** Plays it again where a run has to keep more than the one before. */
function play(
  catalog: Catalog,
  options: Partial<WorldOptions>,
  until: Instant | undefined,
  receive: (replay: Replay) => void,
): Played {
  let keep: ToKeep | undefined;
  for (;;) {
    const replay = createReplay(catalog, { workspace: WORKSPACE, ...options, ...(keep && { keep }) });
    receive(replay);
    const world = replay.end(until);
    keep = toKeepNext([world]);
    if (keep === undefined) return { ...reportOf(world), world };
  }
}
