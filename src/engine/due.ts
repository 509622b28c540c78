import type { Opening, Person } from './account.ts';
import { whenInWords } from './because.ts';
import { zoneOf } from './calendar.ts';
import type { Catalog, Channel, Trigger } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import { holding, tell } from './finding.ts';
import { type Slots, schedule } from './schedule.ts';
import type { Situation } from './situation.ts';
import { DAY, type Duration, type Instant } from './time.ts';

export type Due = {
  readonly kind: 'due';
  readonly dueAt: Instant;
  readonly deadlineAt?: Instant;
  readonly latestAt?: Instant;
};

/**
 * When an ask decided now would go out. Nudges belong to the moment; the rest waits for its delay, its window and
 * the end of quiet hours. The deadline runs from the opening event, else from now.
 */
export function dueOf(
  situation: Situation,
  trigger: Trigger,
  channel: Channel,
  person: Person,
  opening?: Opening,
): Due | GateAnswer {
  const { at } = situation;
  const start = opening?.occurredAt ?? at;
  const latest = trigger.latest ?? trigger.deadline;
  const latestAt = latest === undefined ? undefined : start + latest;
  const { guardrails } = situation.catalog;
  const slots = slotsOf({ guardrails, zone: situation.zone }, trigger, channel, person);
  const dueAt = channel === 'nudge' ? dueNow(at, latestAt) : hourIn(slots, at + trigger.delay, latestAt);
  if (dueAt === undefined) return noSlot(situation, trigger, slots, latestAt, opening);
  return {
    kind: 'due',
    dueAt,
    ...(trigger.deadline === undefined ? undefined : { deadlineAt: start + trigger.deadline }),
    ...(latestAt === undefined ? undefined : { latestAt }),
  };
}

/** What says at which hours an account may be written to. */
type Place = Pick<Catalog, 'guardrails'> & { readonly zone: string };

/**
 * When the fallback of a draft that nobody acts on goes out: the first hour that suits its channel from `after` on;
 * undefined where none is left before `latestAt`.
 */
export function fallbackHour(
  where: Place,
  trigger: Trigger,
  channel: Channel,
  person: Pick<Person, 'traits'>,
  { after, latestAt }: { readonly after: Instant; readonly latestAt?: Instant | undefined },
): Instant | undefined {
  if (channel === 'nudge') return dueNow(after, latestAt);
  return hourIn(slotsOf(where, trigger, channel, person), after, latestAt);
}

function dueNow(at: Instant, latestAt: Instant | undefined): Instant | undefined {
  return latestAt !== undefined && at > latestAt ? undefined : at;
}

// What is due at its latest instant itself is past it before anybody can start it.
function hourIn(slots: Slots, notBefore: Instant, latest: Instant | undefined): Instant | undefined {
  return schedule(
    latest === undefined ? { ...slots, notBefore } : { ...slots, notBefore, latest: latest - 1 },
  );
}

// Drafts are for their owner to send, in the hours of the account; thanks know no blackouts.
function slotsOf(
  { guardrails, zone }: Place,
  trigger: Trigger,
  channel: Channel,
  person: Pick<Person, 'traits'>,
): Slots {
  const { quietHours, windows, blackouts } = guardrails;
  const window = trigger.send === undefined ? undefined : windows[trigger.send];
  return {
    zone: channel === 'draft' ? zone : zoneOf(person.traits.timezone, zone),
    quietHours,
    blackouts: trigger.kind === 'thanks' ? [] : blackouts,
    ...(window && { window }),
  };
}

// How often to look again where no slot is in sight: the hours have to be changed first.
const LOOK_AGAIN: Duration = 30 * DAY;

function noSlot(
  { at, zone }: Situation,
  { delay, latest, deadline }: Trigger,
  slots: Slots,
  latestAt: Instant | undefined,
  opening: Opening | undefined,
): GateAnswer {
  const because = `no suitable hour${latestAt === undefined ? '' : ` before ${whenInWords(latestAt, at, zone)}`}`;
  const reach = latest ?? deadline ?? Number.POSITIVE_INFINITY;
  // An event's deadline stays where it is, so its slots only get fewer; and a delay past the deadline leaves none ever.
  if (opening || delay >= reach) return tell(holding('no_slot', because));
  const slot = hourIn(slots, at + delay, undefined);
  const until = slot === undefined ? at + LOOK_AGAIN : slot - reach + 1;
  return tell(holding('no_slot', because, Math.max(until, at + 1)));
}
