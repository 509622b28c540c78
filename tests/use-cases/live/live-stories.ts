import fc from 'fast-check';
import type { Catalog, Gate, Trigger } from '../../../src/engine/catalog.ts';
import { compareEvents, type Event } from '../../../src/engine/event.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../src/engine/time.ts';
import type { ReportedEvent } from '../../../src/sources/reported.ts';
import { day, where } from '../../builders.ts';
import { anInstant, someHistory } from '../../engine/arbitraries.ts';
import { someCatalog } from '../../engine/stories.ts';

/** What somebody does about one of the asks that are under way. */
export type Reaction = {
  readonly pick: number;
  readonly how: 'shown' | 'accepted' | 'declined' | 'closed' | 'snoozed' | 'dismiss';
  readonly length: number;
};

export type Action = { readonly at: Instant } & (
  | {
      readonly kind: 'events';
      readonly events: readonly ReportedEvent[];
      /** History that is imported right after them: when it came nobody notes. */
      readonly imported: readonly ReportedEvent[];
    }
  | { readonly kind: 'reaction'; readonly reaction: Reaction }
);

export type LiveStory = {
  readonly catalog: Catalog;
  /** Who writes drafts for accounts without a CSM. */
  readonly defaultOwner: string | undefined;
  readonly actions: readonly Action[];
  readonly until: Instant;
};

const STEP = 6 * HOUR;

const roomy = { count: 100_000, within: DAY };

const someGate = fc.constantFrom<Gate>(
  { kind: 'account', where: where({ plan: { exists: true } }) },
  { kind: 'person', where: where({ email: { contains: 'customer' } }) },
  { kind: 'referral', referral: 'in_progress' },
  { kind: 'referral', referral: { stage: 'won', within: 2 * DAY } },
  { kind: 'asked', within: DAY, trigger: 't0' },
);

/** What only matters where time passes and people act: fallbacks, and triggers on what became of asks and referrals. */
const someTurn = fc.record({
  fallback: fc.constantFrom(undefined, HOUR, 7 * HOUR, DAY),
  on: fc.constantFrom<readonly string[] | undefined>(
    ...Array.from({ length: 6 }, () => undefined),
    ['Ask Accepted', 'Ask Declined'],
    ['Ask Scheduled', 'Ask Sent'],
    ['Ask Ignored', 'Ask Shown'],
    ['Referral Submitted', 'Referral Won'],
  ),
  who: fc.constantFrom(undefined, undefined, undefined, 'referrer' as const, 'actor' as const),
  deadline: fc.constantFrom(undefined, undefined, 2 * HOUR, DAY),
  unless: fc.oneof(fc.constant(undefined), fc.constant(undefined), someGate),
  when: fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.constant(undefined), someGate),
});
type Turn = typeof someTurn extends fc.Arbitrary<infer Value> ? Value : never;

const someLiveCatalog: fc.Arbitrary<Catalog> = fc
  .record({
    catalog: someCatalog,
    turns: fc.array(someTurn, { minLength: 5, maxLength: 5 }),
    drafts: fc.constantFrom(roomy, roomy, { count: 1, within: STEP }, { count: 2, within: DAY }),
    open: fc.constantFrom(roomy.count, roomy.count, 1, 2),
  })
  .map(({ catalog, turns, drafts, open }) => ({
    ...catalog,
    triggers: catalog.triggers.map((trigger, i) => turned(trigger, turns[i])),
    guardrails: {
      ...catalog.guardrails,
      perOwner: { drafts, open },
      workspace: { emails: roomy },
      pauseAbove: { asks: roomy },
    },
  }));

function turned(trigger: Trigger, turn: Turn | undefined): Trigger {
  if (turn === undefined) return trigger;
  const { on = trigger.on, who = trigger.who, deadline, fallback, unless, when } = turn;
  return {
    ...trigger,
    on,
    who: on.length > 0 ? who : trigger.who,
    when: when === undefined ? trigger.when : [...trigger.when, when],
    unless: unless === undefined ? trigger.unless : [...trigger.unless, unless],
    ...(deadline === undefined ? {} : { deadline }),
    ...(fallback === undefined || trigger.channel !== 'draft'
      ? {}
      : { fallback: { channel: 'email', after: fallback } }),
  };
}

/** How each event of a history comes to us, and from whom. */
const someWay = fc.record({
  account: fc.constantFrom('acme', 'acme', 'globex', undefined),
  late: fc.constantFrom(0, 0, 0, 0, 0, STEP, 2 * STEP, 8 * STEP),
  who: fc.constantFrom('user', 'user', 'user', 'user', 'visitor', 'address', 'both'),
  what: fc.constantFrom('deed', 'deed', 'deed', 'deed', 'deed', 'identify', 'leaves', 'referral', 'traits'),
  domain: fc.constantFrom('customer.example', 'customer.example', 'vendor.example'),
  stage: fc.constantFrom('Submitted', 'Qualified', 'Won', 'Lost'),
  referral: fc.constantFrom('ref1', 'ref2'),
  traits: fc.constantFrom<Event['properties']>(
    { csm_email: 'sam@vendor.example' },
    { csm_email: 'kim@vendor.example' },
    { csm_email: 'nobody@elsewhere.example' },
    { timezone: 'America/New_York' },
    { timezone: 'Asia/Tokyo' },
    { plan: 'trial' },
    { plan: 'pro' },
  ),
  again: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, STEP),
  imported: fc.constantFrom(false, false, false, false, true),
});
type Way = typeof someWay extends fc.Arbitrary<infer Value> ? Value : never;

function reportsOf(event: Event, way: Way): ReportedEvent[] {
  const receivedAt = event.occurredAt + way.late;
  const report: ReportedEvent = {
    id: event.id,
    source: event.source,
    ...contentOf(event, way),
    ...reporterOf(event.personId, way),
    ...(way.account === undefined ? {} : { ownAccountId: way.account }),
    occurredAt: event.occurredAt,
    receivedAt,
    imported: way.imported,
    trust: 'server',
    flags: [],
  };
  return way.again === undefined ? [report] : [report, { ...report, receivedAt: receivedAt + way.again }];
}

function contentOf({ name, properties, personId }: Event, way: Way): Pick<Event, 'name' | 'properties'> {
  switch (way.what) {
    case 'identify':
      return personId === undefined
        ? { name, properties }
        : { name: 'Person Updated', properties: { email: `${personId}@${way.domain}` } };
    case 'leaves':
      return { name: 'Account Removed User', properties: {} };
    case 'referral':
      return { name: `Referral ${way.stage}`, properties: { referral_id: way.referral } };
    case 'traits':
      return { name: 'Account Updated', properties: way.traits };
    case 'deed':
      return { name, properties };
    default:
      return way.what satisfies never;
  }
}

function reporterOf(
  personId: string | undefined,
  { who }: Way,
): Pick<ReportedEvent, 'userId' | 'anonymousId' | 'email'> {
  if (personId === undefined) return {};
  const anonymousId = `visitor-${personId}`;
  if (who === 'visitor') return { anonymousId };
  if (who === 'address') return { email: `${personId}@customer.example` };
  return who === 'both' ? { userId: personId, anonymousId } : { userId: personId };
}

const someReaction: fc.Arbitrary<Action> = fc.record({
  at: fc.tuple(anInstant, fc.constantFrom(MINUTE, 3 * HOUR, STEP, 2 * DAY)).map(([at, more]) => at + more),
  kind: fc.constant('reaction' as const),
  reaction: fc.record({
    pick: fc.integer({ min: 0, max: 5 }),
    how: fc.constantFrom('shown', 'shown', 'shown', 'accepted', 'declined', 'closed', 'snoozed', 'dismiss'),
    length: fc.constantFrom(STEP, DAY + 1, 3 * DAY + 2, DAY + 3),
  }),
});

const someActions: fc.Arbitrary<Action[]> = fc
  .record({
    history: someHistory,
    ways: fc.array(someWay, { minLength: 25, maxLength: 25 }),
    reactions: fc.array(someReaction, { maxLength: 10 }),
  })
  .map(({ history, ways, reactions }) => {
    const reports = history.flatMap((event, i) => {
      const way = ways[i];
      return way === undefined ? [] : reportsOf(event, way);
    });
    return [...batched(reports), ...reactions].sort((a, b) => a.at - b.at);
  });

/** What comes at one instant comes together; what is imported follows on something that is not. */
function batched(reports: readonly ReportedEvent[]): Action[] {
  const batches = new Map<Instant, ReportedEvent[]>();
  for (const report of reports.toSorted(compareEvents))
    batches.set(report.receivedAt, [...(batches.get(report.receivedAt) ?? []), report]);
  const seen = new Set<string>();
  let waiting: ReportedEvent[] = [];
  return [...batches]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, all]): Action[] => {
      const events = all.filter(({ imported }) => !imported);
      waiting.push(...all.filter(({ imported }) => imported));
      // What came before is not stored again, and so says nothing of when the rest came.
      const isNews = events.some(({ id }) => !seen.has(id));
      const imported = isNews ? waiting : [];
      if (isNews) waiting = [];
      for (const { id } of [...events, ...imported]) seen.add(id);
      return events.length === 0 ? [] : [{ at, kind: 'events', events, imported }];
    });
}

/** Four days of events and reactions in two accounts, and five more in which time alone passes. */
export const someLiveStory: fc.Arbitrary<LiveStory> = fc.record({
  catalog: someLiveCatalog,
  defaultOwner: fc.constantFrom('sam@vendor.example', 'sam@vendor.example', undefined),
  actions: someActions,
  until: fc.constant(day(9)),
});
