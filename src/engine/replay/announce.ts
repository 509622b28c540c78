import type { Event } from '../event.ts';
import { fold } from '../fold.ts';
import { open } from '../openings.ts';
import type { Instant } from '../time.ts';
import type { Account, Ask, World } from './world.ts';

export type AskEventName = 'Ask Scheduled' | 'Ask Shown' | 'Ask Sent' | 'Ask Ignored';

/** What became of an ask is an event of its account like any other: it is folded, and may open triggers. */
export function announce(world: World, account: Account, ask: Ask, name: AskEventName, at: Instant): void {
  const event: Event = {
    id: `goodturn:${ask.id}:${name.slice('Ask '.length).toLowerCase()}`,
    source: 'goodturn',
    name,
    occurredAt: at,
    receivedAt: at,
    accountId: account.id,
    personId: ask.personId,
    properties: { ask_id: ask.id, trigger: ask.trigger, channel: ask.channel, kind: ask.kind },
  };
  account.glances = undefined;
  fold(account.state, event, world.index);
  account.log?.push(event);
  account.agenda = open(account.agenda, event, world.catalog);
}
