import { describe, expect, test } from 'vitest';
import type { Channel, Trigger } from '../../../src/engine/catalog.ts';
import { newlyAsked, type ReplayReport, reportOf } from '../../../src/engine/replay/report.ts';
import { holdCounts } from '../../../src/engine/replay/tally.ts';
import type { Reported, WorldOptions } from '../../../src/engine/replay/world.ts';
import { HOUR, type Instant, MINUTE } from '../../../src/engine/time.ts';
import { aCatalog, aMatch, aSignal, aTrigger, day, someGuardrails, where } from '../../builders.ts';
import { anIdentify, aReport, playBatches } from './histories.ts';
import { aWorld } from './worlds.ts';

const PEOPLE = ['ada', 'ben', 'cleo'];
const known = PEOPLE.map((id, n) => anIdentify(id, {}, { id: `identify:${id}`, occurredAt: day(-9) + n }));

/** Somebody did something at their account: ada at acme, ben at globex, cleo at initech. */
const did = (name: string, userId: string, occurredAt: Instant): Reported => {
  const ownAccountId = ['acme', 'globex', 'initech'][PEOPLE.indexOf(userId)] ?? 'acme';
  return aReport({ id: `${name}:${userId}:${occurredAt}`, name, userId, ownAccountId, occurredAt });
};

const signals = [
  aSignal({ name: 'activated', effect: { kind: 'points', points: 60 } }),
  aSignal({
    name: 'praised',
    evidence: { kind: 'happened', match: aMatch('Kind Words') },
    effect: { kind: 'points', points: 20 },
  }),
];
const quietHours = { from: 0, to: 0, weekends: 'normal' as const };

/** Events of one instant come together. */
function reportOn(
  triggers: readonly Partial<Trigger>[],
  events: readonly Reported[],
  { until = day(3), guardrails = {}, ...options }: Partial<WorldOptions> & Extra = {},
): ReplayReport {
  const catalog = aCatalog({
    signals,
    triggers: triggers.map((trigger) => aTrigger({ on: ['Kind Words'], ...trigger })),
    guardrails: someGuardrails({ quietHours, ...guardrails }),
  });
  const batches = new Map<Instant, Reported[]>();
  for (const event of [...known, ...events].sort((a, b) => a.occurredAt - b.occurredAt))
    batches.set(event.occurredAt, [...(batches.get(event.occurredAt) ?? []), event]);
  const workspace = { teamDomains: ['vendor.example'], defaultOwnerEmail: 'sam@vendor.example' };
  return playBatches(catalog, [...batches.values()], { workspace, ...options }, until);
}
type Extra = { readonly until?: Instant; readonly guardrails?: Parameters<typeof someGuardrails>[0] };

const asksOf = ({ asks }: ReplayReport) =>
  asks.map(({ at, trigger, accountId }) => [(at - day(0)) / HOUR, trigger, accountId]);

describe('what a replay reports', () => {
  test('lies between its bounds, both included', () => {
    const events = [
      did('Kind Words', 'ada', day(0)),
      did('Kind Words', 'ben', day(1)),
      did('Kind Words', 'cleo', day(2)),
    ];
    const between = (from: Instant, to: Instant) => reportOn([{ name: 'asks' }], events, { from, to });
    const one = between(day(1), day(1));
    expect(one).toMatchObject({ from: day(1), to: day(1), events: 1 });
    expect(asksOf(one)).toEqual([[24, 'asks', 'globex']]);
    expect(between(day(0), day(1)).events).toBe(2);
    expect(asksOf(between(day(1) + 1, day(2) - 1))).toEqual([]);
    const never = { name: 'asks', when: [{ kind: 'tenure' as const, atLeast: 9 * HOUR }] };
    const holds = (from: Instant) =>
      reportOn([{ ...never, unless: never.when }], events, { from, to: day(2) }).holds;
    expect(holds(day(0))[0]?.count).toBe(3);
    expect(holds(day(1))[0]?.count).toBe(2);
  });

  test('are the asks in order of time, then trigger, then account', () => {
    const triggers = [
      { name: 'b', on: ['B'] },
      { name: 'a', on: ['A'] },
      { name: 'z', on: ['Z'] },
    ];
    const events = [
      did('A', 'cleo', day(1)),
      did('B', 'ada', day(1)),
      did('A', 'ben', day(1)),
      did('Z', 'ada', day(-1)),
    ];
    const guardrails = { perAccount: { ...someGuardrails().perAccount, asks: { count: 9, within: HOUR } } };
    const perPerson = { ...someGuardrails().perPerson, asks: { count: 9, within: HOUR } };
    const report = reportOn(triggers, events, { guardrails: { ...guardrails, perPerson } });
    expect(asksOf(report)).toEqual([
      [-24, 'z', 'acme'],
      [24, 'a', 'globex'],
      [24, 'a', 'initech'],
      [24, 'b', 'acme'],
    ]);
  });

  test('are the gates that held by trigger, the most frequent first', () => {
    const never = { kind: 'account' as const, where: where({ plan: { is: 'none' } }) };
    const fresh = { kind: 'tenure' as const, atLeast: 99 * 24 * HOUR };
    const triggers = [
      { name: 'second', when: [never, fresh] },
      { name: 'first', on: ['Kind Words', 'A'], when: [never] },
    ];
    const events = [did('Kind Words', 'ada', day(0)), did('A', 'ben', day(1)), did('A', 'cleo', day(2))];
    expect(reportOn(triggers, events).holds).toEqual([
      { trigger: 'first', gate: 'account', count: 3, alone: 3 },
      { trigger: 'second', gate: 'account', count: 1, alone: 0 },
      { trigger: 'second', gate: 'tenure', count: 1, alone: 0 },
    ]);
  });

  test('are gates in this order, whatever held first, and none that held nothing', () => {
    const world = aWorld();
    const held = (trigger: string, gate: string, times: number) => {
      for (const count of holdCounts(world.tally, trigger, [gate])) count.count = times;
    };
    held('second', 'a', 9);
    for (const [gate, times] of [
      ['b', 1],
      ['c', 3],
      ['none', 0],
      ['a', 1],
    ] as const)
      held('first', gate, times);
    expect(reportOf(world).holds.map(({ trigger, gate, count }) => [trigger, gate, count])).toEqual([
      ['first', 'c', 3],
      ['first', 'a', 1],
      ['first', 'b', 1],
      ['second', 'a', 9],
    ]);
  });

  test('are near misses at their best, the closest first, and none where more than readiness is missing', () => {
    const when = [{ kind: 'readiness' as const, atLeast: 69 }];
    const events = [
      did('Workflow Completed', 'ada', day(-1)),
      did('Workflow Completed', 'ben', day(-1)),
      did('Kind Words', 'ben', day(0)),
      did('A', 'ada', day(0)),
      did('A', 'ada', day(1)),
      did('A', 'cleo', day(1)),
    ];
    const misses = (trigger: Partial<Trigger>) =>
      reportOn([{ name: 'asks', on: ['A', 'Kind Words'], when, ...trigger }], events).nearMisses.map(
        ({ accountId, at, missing }) => [accountId, at, missing],
      );
    const found = [
      ['globex', day(0), 1],
      ['acme', day(0), 9],
    ];
    expect(misses({})).toEqual(found);
    expect(misses({ when: [{ kind: 'readiness', atLeast: 71 }] })).toEqual([['globex', day(0), 3]]);
    const both = [...when, { kind: 'readiness' as const, atLeast: 65 }];
    expect(misses({ when: both })).toEqual(found);
    events.push(did('Kind Words', 'ada', day(2)));
    expect(misses({})).toEqual([
      ['acme', day(2), 1],
      ['globex', day(0), 1],
    ]);
    events.pop();
    const unless = [{ kind: 'signal' as const, signal: 'activated' }];
    expect(misses({ unless })).toEqual([]);
    const closer = [...events, did('Workflow Completed', 'cleo', day(0)), did('B', 'cleo', day(1.5))];
    const two = reportOn([{ name: 'asks', on: ['A', 'B'], when }], closer).nearMisses;
    expect(two.map(({ accountId, personId }) => [accountId, personId])).toEqual([
      ['acme', 'ada'],
      ['initech', 'cleo'],
    ]);
  });

  test('asks of shadow triggers, of comparison groups and thanks are nobody newly asked', () => {
    const events = [did('Kind Words', 'ada', day(0))];
    const asked = (trigger: Partial<Trigger>) => reportOn([{ name: 'asks', ...trigger }], events);
    const none = asked({ status: 'draft' });
    expect(newlyAsked(asked({}), none)).toHaveLength(1);
    for (const trigger of [{ status: 'shadow' as const }, { holdout: 1 }, { kind: 'thanks' as const }]) {
      expect(asked(trigger).asks).toHaveLength(1);
      expect(newlyAsked(asked(trigger), none)).toEqual([]);
    }
  });
});

describe('who waits for room', () => {
  const times = (report: ReplayReport) =>
    report.asks.map(({ accountId, status }) => `${accountId} ${status}`);

  test('with the emails goes by priority, then by when it was due', () => {
    const triggers = [
      { name: 'low', on: ['A'], priority: 20, deadline: 9 * HOUR },
      { name: 'high', on: ['B'], priority: 80, deadline: 9 * HOUR },
    ];
    const events = [
      did('A', 'ada', day(0)),
      did('A', 'ben', day(0) + MINUTE),
      did('B', 'cleo', day(0) + 2 * MINUTE),
    ];
    const guardrails = { workspace: { emails: { count: 1, within: HOUR } } };
    const at = (hours: number) => reportOn(triggers, events, { guardrails, until: day(0) + hours * HOUR });
    expect(times(at(1))).toEqual(['acme delivered', 'globex scheduled', 'initech delivered']);
    expect(times(at(2))).toEqual(['acme delivered', 'globex delivered', 'initech delivered']);
  });

  test('with an owner goes by readiness', () => {
    const triggers = [{ name: 'asks', on: ['A'], channel: 'draft' as const }];
    const events = [
      did('Workflow Completed', 'cleo', day(-1)),
      did('A', 'ada', day(0)),
      did('A', 'ben', day(0) + MINUTE),
      did('A', 'cleo', day(0) + 2 * MINUTE),
    ];
    const guardrails = { perOwner: { drafts: { count: 1, within: HOUR }, open: 9 } };
    const at = (hours: number) => reportOn(triggers, events, { guardrails, until: day(0) + hours * HOUR });
    expect(times(at(1))).toEqual(['acme delivered', 'globex scheduled', 'initech delivered']);
    expect(times(at(2))).toEqual(['acme delivered', 'globex delivered', 'initech delivered']);
  });

  test('are no thanks: a draft of thanks goes to its owner at once', () => {
    const triggers = [
      { name: 'asks', on: ['A'], channel: 'draft' as const },
      { name: 'thanks', on: ['B'], channel: 'draft' as const, kind: 'thanks' as const },
    ];
    const events = [did('A', 'ada', day(0)), did('B', 'ben', day(0) + 1), did('A', 'cleo', day(0) + 2)];
    const guardrails = { perOwner: { drafts: { count: 1, within: HOUR }, open: 9 } };
    expect(times(reportOn(triggers, events, { guardrails, until: day(0) + MINUTE }))).toEqual([
      'acme delivered',
      'globex delivered',
      'initech scheduled',
    ]);
  });
});

describe('what becomes of an ask', () => {
  test.each<[string, Channel, Instant]>([
    ['Ask Scheduled', 'email', day(0)],
    ['Ask Sent', 'email', day(0) + HOUR],
    ['Ask Ignored', 'email', day(2) + HOUR],
    ['Ask Sent', 'draft', day(0) + HOUR],
    ['Ask Shown', 'nudge', day(0)],
  ])('as %s of the %s may open a trigger, at that instant', (name, channel, at) => {
    const follow = (trigger: string) => ({
      name: 'follow',
      kind: 'thanks' as const,
      on: [name],
      when: [
        {
          kind: 'event' as const,
          where: where({ channel: { is: channel }, trigger: { is: trigger }, kind: { is: 'ask' } }),
        },
      ],
    });
    const asks = { name: 'asks', channel, expires: 48 * HOUR, delay: channel === 'nudge' ? 0 : HOUR };
    const events = [did('Kind Words', 'ada', day(0))];
    expect(reportOn([asks, follow('asks')], events, { until: day(9) }).asks).toMatchObject([
      { trigger: 'asks', at: day(0) },
      { trigger: 'follow', at, personId: 'ada', accountId: 'acme' },
    ]);
    expect(reportOn([asks, follow('another')], events, { until: day(9) }).asks).toHaveLength(1);
  });
});
