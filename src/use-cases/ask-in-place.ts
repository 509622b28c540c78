import type { AskRow } from '../db/ask-row.ts';
import type { NewAsk } from '../db/asks.ts';
import type { Channel } from '../engine/catalog.ts';
import type { PersonId } from '../engine/event.ts';
import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import { askId } from './ask-id.ts';
import type { LoadedView } from './load-views.ts';

/** What differs from the ask whose place it takes. */
export type Replacement = {
  /** Told apart by this from other asks of the same cycle. */
  readonly mark: string;
  readonly channel: Channel;
  readonly template: string;
  readonly personId: PersonId;
  readonly dueAt: Instant;
  readonly deadlineAt?: Instant | undefined;
  readonly latestAt?: Instant | undefined;
};

/** An ask for the reasons of another, in its place: through another channel, or to another person. */
export function askInPlace(
  { catalog }: Pick<LoadedView, 'catalog'>,
  before: AskRow,
  { mark, deadlineAt, latestAt, ...other }: Replacement,
  now: Instant,
): NewAsk {
  const cycle = `${before.cycle}#${mark}`;
  return {
    id: askId(other.channel, before.accountId, before.trigger, cycle),
    catalogHash: catalog.hash,
    accountId: before.accountId,
    trigger: before.trigger,
    cycle,
    kind: before.kind,
    ...other,
    ...(before.ownerEmail === undefined ? {} : { ownerEmail: before.ownerEmail }),
    status: 'scheduled',
    decidedAt: now,
    ...defined({ deadlineAt, latestAt }),
    expiresAfter: before.expiresAfter,
    again: before.again ?? 'never',
    priority: before.priority,
    readiness: before.reasons.readiness,
    gates: before.reasons.gates,
    ...(before.opening === undefined ? {} : { opening: before.opening }),
  };
}
