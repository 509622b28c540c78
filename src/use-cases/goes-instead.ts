import type { AskRow } from '../db/ask-row.ts';
import type { GoesInstead } from '../delivery/draft-notice.ts';
import type { Person } from '../engine/account.ts';
import { zoneOf } from '../engine/calendar.ts';
import type { Catalog } from '../engine/catalog.ts';
import { fallbackHour } from '../engine/due.ts';
import type { AccountState } from '../engine/state.ts';
import { accountTrait } from '../engine/traits.ts';

/** What becomes of an open draft that nobody acts on; undefined where nothing goes out in its place. */
export function goesInstead(
  { triggers, guardrails }: Catalog,
  ask: AskRow,
  state: AccountState,
  person: Pick<Person, 'traits'>,
): GoesInstead | undefined {
  const { fallback, fallbackAt, snoozedUntil = 0, latestAt } = ask;
  const trigger = triggers.find(({ name }) => name === ask.trigger);
  if (fallback === undefined || fallbackAt === undefined || trigger === undefined) return undefined;
  const until = Math.max(fallbackAt, snoozedUntil);
  const zone = zoneOf(accountTrait(state, 'timezone'), guardrails.timezone);
  const hours = { after: until, latestAt };
  const at = fallbackHour({ guardrails, zone }, trigger, fallback.channel, person, hours);
  return at === undefined ? undefined : { until, at };
}
