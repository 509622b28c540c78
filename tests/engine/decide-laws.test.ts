import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AskRecord } from '../../src/engine/account.ts';
import type { Catalog, Gate, Rate, Trigger } from '../../src/engine/catalog.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Evaluation } from '../../src/engine/decision.ts';
import { compareEvents, type Event } from '../../src/engine/event.ts';
import { countsUntil, declinedAt, deliveredAt } from '../../src/engine/ledger.ts';
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
  fc.record({ kind: fc.constant('signal'), signal: fc.constantFrom('s0', 's1', 's2'), within: lengths }, { requiredKeys: ['kind', 'signal'] }),
  fc.record({ kind: fc.constant('asked'), within: lengths }),
  fc.record({ kind: fc.constant('tenure'), atLeast: lengths }),
);

const rarely = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof(fc.constant([]), fc.constant([]), fc.array(value, { minLength: 1, maxLength: 2 }));

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
    { requiredKeys: ['status', 'kind', 'on', 'when', 'unless', 'who', 'channel', 'delay', 'again', 'priority', 'holdout', 'fresh', 'expires'] },
  )
  .map((overrides) => aTrigger(overrides));

const someRate: fc.Arbitrary<Rate> = fc.record({ count: fc.integer({ min: 1, max: 3 }), within: lengths });
const someCatalog: fc.Arbitrary<Catalog> = fc
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
  .map(({ signals, triggers, asks, ofAccount, people, nudges, afterDecline, detractorFor, minimumTenure, blockWhen, blackouts, quiet }) =>
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

type Story = { readonly catalog: Catalog; readonly events: readonly Event[]; readonly reactions: readonly Reaction[] };
type Reaction = { readonly pick: number; readonly how: string; readonly after: number };

const someStory: fc.Arbitrary<Story> = fc.record({
  catalog: someCatalog,
  events: fc
    .tuple(someHistory, fc.array(fc.constantFrom('acme', 'globex'), { minLength: 25, maxLength: 25 }))
    .map(([events, accounts]) => events.map((event, i) => ({ ...event, accountId: accounts[i] ?? 'acme' })).sort(compareEvents)),
  reactions: fc.array(someReaction, { minLength: 25, maxLength: 25 }),
});

/** Plays a story to its end and five days on. `watch` sees the world after each step. */
function play({ catalog, events, reactions }: Story, watch: (world: World, at: Instant) => void = () => {}): World {
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
  if (how === 'close' && ask.channel === 'nudge') world.settle(ask.id, { closedAt: at, status: 'delivered', deliveredAt: ask.deliveredAt ?? at });
  // A draft is sent by its owner after a second look, as any delivery.
  if (how === 'see' && ask.status === 'open') world.settle(ask.id, { status: 'delivered', deliveredAt: at, expiresAt: at + DAY });
  if (how === 'accept') world.settle(ask.id, { status: 'accepted', deliveredAt: ask.deliveredAt ?? at, settledAt: at });
  if (how === 'decline') world.settle(ask.id, { status: 'declined', deliveredAt: ask.deliveredAt ?? at, settledAt: at, declinedAt: at });
  world.touched(at);
}

const delivered = (asks: readonly AskRecord[]) =>
  asks
    .filter((ask) => ask.kind === 'ask' && deliveredAt(ask) !== undefined)
    .sort((a, b) => (deliveredAt(a) ?? 0) - (deliveredAt(b) ?? 0));

/** How many asks up to this one, itself included, took a place at the instant it was delivered. */
function taken(asks: readonly AskRecord[], upTo: number, within: number): AskRecord[] {
  const at = deliveredAt(asks[upTo] ?? { status: 'held_out' } as never) ?? 0;
  return asks.slice(0, upTo + 1).filter((ask) => countsUntil(ask, within, at) !== undefined);
}

describe('nobody is asked too often, whatever the triggers', () => {
  test('no cap and no cooldown is ever broken', () => {
    let asked = 0;
    fc.assert(
      fc.property(someStory, (story) => {
        const world = play(story);
        const { perPerson, perAccount } = story.catalog.guardrails;
        for (const accountId of world.accounts.keys()) {
          const asks = delivered(world.asks.filter((ask) => ask.accountId === accountId));
          asks.forEach((_, i) => {
            expect(taken(asks, i, perAccount.asks.within).length).toBeLessThanOrEqual(perAccount.asks.count);
            const people = new Set(taken(asks, i, perAccount.people.within).map(({ personId }) => personId));
            expect(people.size).toBeLessThanOrEqual(perAccount.people.count);
          });
        }
        for (const personId of ['ada', 'ben', 'cleo']) {
          const own = world.asks.filter((ask) => ask.personId === personId);
          const asks = delivered(own);
          asked += asks.length;
          const nudges = asks.filter(({ channel }) => channel === 'nudge');
          asks.forEach((ask, i) => {
            expect(taken(asks, i, perPerson.asks.within).length).toBeLessThanOrEqual(perPerson.asks.count);
            expect(taken(asks, i, 365 * DAY).length).toBeLessThanOrEqual(perPerson.asksPerYear);
            for (const other of own) {
              const declined = declinedAt(other);
              const at = deliveredAt(ask) ?? 0;
              if (other !== ask && declined !== undefined && declined < at) expect(at - declined).toBeGreaterThanOrEqual(perPerson.afterDecline);
            }
          });
          nudges.forEach((_, i) => {
            expect(taken(nudges, i, perPerson.nudges.within).length).toBeLessThanOrEqual(perPerson.nudges.count);
          });
        }
      }),
      { numRuns: 1500 },
    );
    expect(asked).toBeGreaterThan(300);
  });

  test('no trigger asks a person again before its time', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const world = play(story);
        for (const trigger of story.catalog.triggers) {
          const asks = delivered(world.asks.filter((ask) => ask.trigger === trigger.name));
          asks.forEach((ask, i) => {
            const before = asks.slice(0, i).filter(({ personId }) => personId === ask.personId).at(-1);
            if (!before) return;
            const passed = (deliveredAt(ask) ?? 0) - (deliveredAt(before) ?? 0);
            expect(passed).toBeGreaterThanOrEqual(trigger.again === 'never' ? Number.POSITIVE_INFINITY : trigger.again);
          });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('an ask is made once per trigger, account and cycle', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const keys = play(story).asks.map(({ trigger, accountId, cycle }) => `${trigger}/${accountId}/${cycle}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 500 },
    );
  });

  test('deciding again right after acting asks nobody whom it just asked', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        play(story, (world, at) => {
          for (const id of world.accounts.keys()) {
            const before = world.asks.length;
            const first = world.evaluate(id, at);
            const again = decide(story.catalog, world.view(id), at);
            expect(again.asks.filter((ask) => first.asks.some(({ trigger, personId }) => trigger === ask.trigger && personId === ask.personId))).toEqual([]);
            expect(world.asks.length).toBe(before + first.asks.length);
          }
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('time', () => {
  test('changes no verdict, no holding gate and no open ask before the account wakes', () => {
    let looked = 0;
    fc.assert(
      fc.property(someStory, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 3 }), (story, steps) => {
        play(story, (world, at) => {
          for (const id of world.accounts.keys()) {
            const view = world.view(id);
            const now = decide(story.catalog, view, at);
            const wakeAt = now.wakeAt ?? Number.POSITIVE_INFINITY;
            expect(wakeAt).toBeGreaterThan(at);
            const probes = [...steps.map((step) => at + step * 3 * HOUR), at + steps[0]! * 7_919_000, wakeAt - 1];
            for (const later of probes) {
              if (!(later > at && later < wakeAt) || !Number.isFinite(later)) continue;
              looked += 1;
              const then = decide(story.catalog, view, later);
              expect(summary(then)).toEqual(summary(now));
            }
          }
        });
      }),
      { numRuns: 400 },
    );
    expect(looked).toBeGreaterThan(1000);
  });
});

describe('a shadow trigger', () => {
  test('changes nothing that is live', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const live = story.catalog.triggers.filter(({ status }) => status === 'live');
        const alone = play({ ...story, catalog: { ...story.catalog, triggers: live } });
        const together = play(story);
        const asked = (world: World) => world.asks.filter(({ status }) => status !== 'shadow').map(({ id: _, ...ask }) => ask);
        expect(asked(together)).toEqual(asked(alone));
      }),
      { numRuns: 500 },
    );
  });
});

describe('priority', () => {
  test('at most one live ask is planned at a time, and nothing stronger was free to ask', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const priorityOf = (name: string) => story.catalog.triggers.find((trigger) => trigger.name === name)?.priority ?? 0;
        for (const { asks, decisions } of play(story).evaluations) {
          const live = asks.filter(({ kind, status }) => kind === 'ask' && status !== 'shadow');
          expect(live.length).toBeLessThanOrEqual(1);
          const outranked = decisions.filter(({ gates }) => gates.some(({ because }) => because === 'another ask came first'));
          for (const { trigger } of outranked) {
            const winner = live[0];
            const isStronger = (one: string, other: string) => priorityOf(one) - priorityOf(other) || (one <= other ? 1 : -1);
            expect(winner && isStronger(winner.trigger, trigger)).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

function summary({ decisions, withdrawals }: Evaluation) {
  return {
    withdrawals: withdrawals.map(({ askId }) => askId),
    decisions: decisions.map(({ trigger, cycle, verdict, personId, gates }) => ({
      trigger,
      cycle,
      verdict,
      personId,
      holds: [...new Set(gates.flatMap(({ gate, passes }) => (passes ? [] : gate)))].sort(),
    })),
  };
}
