import fc from 'fast-check';
import type { Catalog, Gate, Rate, Trigger } from '../../src/engine/catalog.ts';
import { compareEvents, type Event } from '../../src/engine/event.ts';
import { DAY, HOUR, type Instant } from '../../src/engine/time.ts';
import { aCatalog, aTrigger, day, someGuardrails, where } from '../builders.ts';
import { someHistory, someSignals } from './arbitraries.ts';
import { World } from './world.ts';

const lengths = fc.constantFrom(6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY);
const someGate: fc.Arbitrary<Gate> = fc.oneof(
  fc.constantFrom<Gate>(
    { kind: 'readiness', atLeast: 20 },
    { kind: 'readiness', atLeast: 45, atMost: 90 },
    { kind: 'event', where: where({ score: { atLeast: 9 } }) },
    { kind: 'declined', within: 2 * DAY },
  ),
  fc.record(
    { kind: fc.constant('signal'), signal: fc.constantFrom('s0', 's1', 's2'), within: lengths },
    { requiredKeys: ['kind', 'signal'] },
  ),
  fc.record({ kind: fc.constant('asked'), within: lengths }),
  fc.record({ kind: fc.constant('tenure'), atLeast: lengths }),
);

const rarely = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> =>
  fc.oneof(
    fc.constant<Value[]>([]),
    fc.constant<Value[]>([]),
    fc.array(value, { minLength: 1, maxLength: 2 }),
  );

const someTrigger: fc.Arbitrary<Trigger> = fc
  .record(
    {
      status: fc.constantFrom('live', 'live', 'shadow'),
      kind: fc.constantFrom('ask', 'ask', 'ask', 'ask', 'thanks'),
      on: fc.constantFrom(['A'], ['NPS Answered'], ['B', 'NPS Answered'], [], [], []),
      when: rarely(someGate),
      unless: rarely(someGate),
      who: fc.constantFrom('actor', 'promoter', 'champion', 'champion', 'champion'),
      channel: fc.constantFrom('nudge', 'draft', 'email'),
      delay: fc.constantFrom(0, 2 * HOUR),
      again: fc.oneof(lengths, fc.constant('never' as const)),
      priority: fc.constantFrom(20, 50, 50, 80),
      holdout: fc.constantFrom(0, 0, 0, 0, 0.5, 1),
      fresh: lengths,
      expires: lengths,
      latest: fc.constantFrom(4 * HOUR, DAY, 3 * DAY),
      send: fc.constant('business_hours'),
    },
    {
      requiredKeys: [
        'status',
        'kind',
        'on',
        'when',
        'unless',
        'who',
        'channel',
        'delay',
        'again',
        'priority',
        'holdout',
        'fresh',
        'expires',
      ],
    },
  )
  .map((overrides) => aTrigger(overrides));

const someRate: fc.Arbitrary<Rate> = fc.record({ count: fc.integer({ min: 1, max: 3 }), within: lengths });
export const someCatalog: fc.Arbitrary<Catalog> = fc
  .record({
    signals: someSignals,
    triggers: fc.array(someTrigger, { minLength: 1, maxLength: 5 }),
    asks: someRate,
    ofAccount: someRate,
    people: someRate,
    nudges: someRate,
    afterDecline: lengths,
    detractorFor: lengths,
    minimumTenure: fc.constantFrom(0, 6 * HOUR),
    blockWhen: rarely(fc.constantFrom('s1', 's3')),
    blackouts: fc.constantFrom([], [], [{ from: day(1), to: day(1.5), why: 'holidays' }]),
    quiet: fc.constantFrom({ from: 0, to: 0 }, { from: 0, to: 0 }, { from: 1200, to: 480 }),
  })
  .map(
    ({
      signals,
      triggers,
      asks,
      ofAccount,
      people,
      nudges,
      afterDecline,
      detractorFor,
      minimumTenure,
      blockWhen,
      blackouts,
      quiet,
    }) =>
      aCatalog({
        signals,
        triggers: triggers.map((trigger, i) => ({ ...trigger, name: `t${i}` })),
        guardrails: someGuardrails({
          perPerson: { asks, asksPerYear: 3, afterDecline, nudges, detractorFor },
          perAccount: { asks: ofAccount, people, minimumTenure },
          blockWhen: blockWhen.filter((name) => signals.some((signal) => signal.name === name)),
          blackouts,
          quietHours: { ...quiet, weekends: 'normal' },
        }),
      }),
  );

/** What becomes of the asks that are under way, between two events. */
const someReaction = fc.record({
  pick: fc.integer({ min: 0, max: 5 }),
  how: fc.constantFrom('see', 'see', 'accept', 'decline', 'close', 'wait', 'wait'),
  after: fc.constantFrom(0, 1, HOUR, 7 * HOUR),
});

export type Story = {
  readonly catalog: Catalog;
  readonly events: readonly Event[];
  readonly reactions: readonly Reaction[];
};
type Reaction = { readonly pick: number; readonly how: string; readonly after: number };

export const someStory: fc.Arbitrary<Story> = fc.record({
  catalog: someCatalog,
  events: fc
    .tuple(someHistory, fc.array(fc.constantFrom('acme', 'globex'), { minLength: 25, maxLength: 25 }))
    .map(([events, accounts]) =>
      events.map((event, i) => ({ ...event, accountId: accounts[i] ?? 'acme' })).sort(compareEvents),
    ),
  reactions: fc.array(someReaction, { minLength: 25, maxLength: 25 }),
});

/** Plays a story to its end and five days on. `watch` sees the world after each step. */
export function play(
  { catalog, events, reactions }: Story,
  watch: (world: World, at: Instant) => void = () => {},
): World {
  const world = new World(catalog);
  let now = events[0]?.occurredAt ?? day(0);
  events.forEach((event, i) => {
    world.passUntil(event.occurredAt, now);
    now = event.occurredAt;
    world.receive(event);
    watch(world, now);
    const reaction = reactions[i];
    if (!reaction) return;
    const next = events[i + 1]?.occurredAt ?? Number.POSITIVE_INFINITY;
    const then = Math.min(now + reaction.after, next);
    world.passUntil(then, now);
    now = then;
    react(world, reaction, now);
    watch(world, now);
  });
  world.passUntil(now + 5 * DAY, now);
  return world;
}

function react(world: World, { pick, how }: Reaction, at: Instant): void {
  const open = world.asks.filter(({ status }) => status === 'open' || status === 'delivered');
  const ask = open[pick % Math.max(1, open.length)];
  if (!ask || how === 'wait') return;
  if (how === 'close' && ask.channel === 'nudge')
    world.settle(ask.id, { closedAt: at, status: 'delivered', deliveredAt: ask.deliveredAt ?? at });
  // A draft is sent by its owner after a second look, as any delivery.
  if (how === 'see' && ask.status === 'open')
    world.settle(ask.id, { status: 'delivered', deliveredAt: at, expiresAt: at + DAY });
  if (how === 'accept')
    world.settle(ask.id, { status: 'accepted', deliveredAt: ask.deliveredAt ?? at, settledAt: at });
  if (how === 'decline')
    world.settle(ask.id, {
      status: 'declined',
      deliveredAt: ask.deliveredAt ?? at,
      settledAt: at,
      declinedAt: at,
    });
  world.touched(at);
}
