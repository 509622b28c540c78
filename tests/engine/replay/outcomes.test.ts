import { describe, expect, test } from 'vitest';
import type { AskStatus } from '../../../src/engine/account.ts';
import type { Channel } from '../../../src/engine/catalog.ts';
import { askIdOf } from '../../../src/engine/replay/ask-id.ts';
import { applyOutcome, outcomeOf } from '../../../src/engine/replay/outcomes.ts';
import { accountOf, personOf, type Reported } from '../../../src/engine/replay/world.ts';
import { DAY, HOUR, type Instant, SECOND } from '../../../src/engine/time.ts';
import { aCatalog, aTrigger, day, someGuardrails } from '../../builders.ts';
import { aReport, playEach } from './histories.ts';
import { anAskIn, aWorld } from './worlds.ts';

const guardrails = someGuardrails({ quietHours: { from: 0, to: 0, weekends: 'normal' } });
const catalogOf = (minimumTenure = 0) =>
  aCatalog({
    triggers: [aTrigger({ name: 'card', on: ['Workflow Completed'], channel: 'nudge', expires: 6 * HOUR })],
    guardrails: { ...guardrails, perAccount: { ...guardrails.perAccount, minimumTenure } },
  });

const deed = aReport({ id: 'test:deed', occurredAt: day(0) });
const id = askIdOf('nudge', 'acme', 'card', deed.id);

/** Our own word on the card, as a history has it. */
const told = (step: string, occurredAt: Instant, properties: Reported['properties'] = {}): Reported =>
  aReport({
    id: `goodturn:${id}:${step.toLowerCase()}`,
    source: 'goodturn',
    name: `Ask ${step}`,
    occurredAt,
    properties: { ask_id: id, ...properties },
  });

const statuses = (history: readonly Reported[], minimumTenure?: number) =>
  playEach(catalogOf(minimumTenure), history, {}, day(1)).asks.map(({ status }) => status);

describe('what becomes of a card', () => {
  test('of which the history tells nothing: it is seen at once, and left unanswered', () => {
    expect(statuses([deed])).toEqual(['ignored']);
  });

  test('that nobody saw, as the history tells', () => {
    expect(statuses([deed, told('Scheduled', day(0))])).toEqual(['expired']);
  });

  test('is what the history tells, also where it tells of it only some seconds later', () => {
    expect(statuses([deed, told('Scheduled', day(0) + 7 * SECOND)])).toEqual(['expired']);
  });

  test('that was answered unseen', () => {
    const at = day(0) + HOUR;
    expect(statuses([deed, told('Scheduled', day(0)), told('Accepted', at), told('Shown', at)])).toEqual([
      'accepted',
    ]);
  });

  test('that was made later than the history tells: again it is seen at once', () => {
    const created = aReport({
      id: 'test:created',
      name: 'Account Updated',
      occurredAt: day(-1),
      properties: { created_at: new Date(day(-1)).toISOString() },
    });
    // Two hours later the account is old enough.
    const history = [created, deed, told('Scheduled', day(0)), told('Declined', day(0) + HOUR)];
    expect(statuses(history, 26 * HOUR)).toEqual(['ignored']);
  });
});

/** What a word on an ask, a day after it was made, makes of it. */
function apply(name: string, change: Parameters<typeof anAskIn>[1], properties: Reported['properties'] = {}) {
  const world = aWorld();
  const plan = { expiresAfter: 3 * DAY };
  const ask = anAskIn(world, { id: 'ask', expiresAt: day(5), plan, ...change });
  const event = aReport({ source: 'goodturn', name, properties: { ask_id: 'ask', ...properties } });
  return { isMoved: applyOutcome(world, event, day(1)), ask, world };
}

const draft = { channel: 'draft', status: 'open' } as const;
const card = { channel: 'nudge', status: 'open' } as const;
const seen = { channel: 'nudge', status: 'delivered', deliveredAt: day(0) } as const;

describe('the word of a history on an ask', () => {
  const said = { by: 'cs_manager', reason: 'asked_instead', until: day(2) };
  const given = (channel: Channel, status: AskStatus) => ({
    channel,
    status,
    ...(status === 'delivered' && { deliveredAt: day(0) }),
  });

  test.each<[string, Channel, AskStatus, AskStatus]>([
    ['Ask Shown', 'nudge', 'open', 'delivered'],
    ['Ask Shown', 'nudge', 'withdrawn', 'delivered'],
    ['Ask Shown', 'nudge', 'expired', 'delivered'],
    ['Ask Sent', 'draft', 'open', 'delivered'],
    ['Ask Accepted', 'nudge', 'open', 'accepted'],
    ['Ask Accepted', 'nudge', 'withdrawn', 'accepted'],
    ['Ask Accepted', 'nudge', 'delivered', 'accepted'],
    ['Ask Accepted', 'draft', 'open', 'accepted'],
    ['Ask Declined', 'email', 'delivered', 'declined'],
    ['Ask Closed', 'nudge', 'open', 'ignored'],
    ['Ask Closed', 'nudge', 'delivered', 'ignored'],
    ['Ask Closed', 'draft', 'open', 'withdrawn'],
    ['Ask Ignored', 'draft', 'delivered', 'ignored'],
    ['Ask Snoozed', 'nudge', 'open', 'delivered'],
    ['Ask Snoozed', 'nudge', 'delivered', 'delivered'],
    ['Ask Snoozed', 'draft', 'open', 'open'],
  ])('%s moves a %s that is %s; then it is %s', (name, channel, status, expected) => {
    const { isMoved, ask } = apply(name, given(channel, status), said);
    expect([isMoved, ask.status, ask.isRecorded]).toEqual([true, expected, true]);
  });

  test.each<[string, Channel, AskStatus]>([
    ['Ask Shown', 'nudge', 'delivered'],
    ['Ask Shown', 'nudge', 'scheduled'],
    ['Ask Shown', 'draft', 'open'],
    ['Ask Sent', 'nudge', 'open'],
    ['Ask Sent', 'draft', 'delivered'],
    ['Ask Sent', 'draft', 'withdrawn'],
    ['Ask Accepted', 'email', 'scheduled'],
    ['Ask Accepted', 'email', 'declined'],
    ['Ask Declined', 'draft', 'withdrawn'],
    ['Ask Closed', 'nudge', 'accepted'],
    ['Ask Closed', 'draft', 'delivered'],
    ['Ask Ignored', 'draft', 'open'],
    ['Ask Snoozed', 'nudge', 'accepted'],
    ['Ask Snoozed', 'draft', 'delivered'],
    ['Ask Snoozed', 'email', 'open'],
    ['Ask Scheduled', 'email', 'scheduled'],
    ['Ask Forgotten', 'nudge', 'open'],
  ])('%s does not move a %s that is %s, but it was told of', (name, channel, status) => {
    const { isMoved, ask, world } = apply(name, given(channel, status), said);
    expect([isMoved, ask.status, ask.isRecorded, ask.expiresAt]).toEqual([false, status, true, day(5)]);
    expect(world.told).toEqual(new Map([['ask', day(1)]]));
  });

  test('counts where it is ours, and names an ask', () => {
    const word = aReport({ source: 'goodturn', name: 'Ask Shown', properties: { ask_id: 'ask' } });
    expect(outcomeOf(word)).toEqual({ askId: 'ask', properties: { ask_id: 'ask' } });
    for (const change of [
      { source: 'segment' },
      { name: 'Referral Won' },
      { properties: { ask_id: 7 } },
      { properties: {} },
    ])
      expect(outcomeOf({ ...word, ...change })).toBeUndefined();
  });

  test('on an ask that the replay did not make is only noted; on anything else not even that', () => {
    const world = aWorld();
    const word = aReport({ source: 'goodturn', name: 'Ask Shown', properties: { ask_id: 'another' } });
    expect(applyOutcome(world, word, day(1))).toBe(false);
    expect(applyOutcome(world, { ...word, source: 'segment', properties: { ask_id: 'ask' } }, day(1))).toBe(
      false,
    );
    expect([...world.told.keys()]).toEqual(['another']);
  });

  test.each<[string, Parameters<typeof anAskIn>[1], boolean]>([
    ['a card that was taken to be seen', seen, true],
    ['a draft that was taken to be sent', { ...seen, channel: 'draft' }, true],
    ['a card that was known to be told of', { ...seen, isRecorded: true }, false],
    ['a card that was not seen', card, false],
    ['an email', { ...seen, channel: 'email' }, false],
  ])('comes too late for %s: %s', (_, change, isMissed) => {
    const { world } = apply('Ask Scheduled', change);
    expect([...world.missed.asks]).toEqual(isMissed ? ['ask'] : []);
  });

  test('says when a card was seen, and that it was closed', () => {
    expect(apply('Ask Closed', card).ask).toMatchObject({
      deliveredAt: day(1),
      closedAt: day(1),
      settledAt: day(1),
    });
    expect(apply('Ask Closed', seen).ask).toMatchObject({ deliveredAt: day(0), closedAt: day(1) });
    expect(apply('Ask Closed', { ...card, status: 'accepted' }).ask).not.toHaveProperty('closedAt');
  });

  test('puts it off, by as much as it was there for, or a day', () => {
    const until = day(9);
    expect(apply('Ask Snoozed', card, { until }).ask).toMatchObject({
      expiresAt: day(12),
      snoozedUntil: until,
    });
    expect(apply('Ask Snoozed', draft, { until }).ask).toMatchObject({
      expiresAt: day(10),
      snoozedUntil: until,
    });
    expect(apply('Ask Snoozed', draft, { until: day(3) }).ask.expiresAt).toBe(day(5));
    const { isMoved, ask, world } = apply('Ask Snoozed', card, { until: 'soon' });
    expect([isMoved, ask.status]).toEqual([false, 'open']);
    expect(world.tasks.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(apply('Ask Snoozed', draft, { until }).world.tasks.nextAt()).toBe(day(10));
  });

  test('leaves a longer hold as it is', () => {
    const holdAfter = (reason: string, until?: number) => {
      const world = aWorld();
      anAskIn(world, { id: 'ask', ...draft });
      const [acme, ada] = [accountOf(world, 'acme'), personOf(world, 'ada')];
      const hold = until === undefined ? undefined : { until: day(until), reason: 'on leave', by: 'sam' };
      Object.assign(acme, { hold, glances: [] });
      Object.assign(ada, { hold });
      const { version } = ada;
      const closed = { source: 'goodturn', name: 'Ask Closed', properties: { ask_id: 'ask', reason } };
      applyOutcome(world, aReport(closed), day(1));
      expect([acme.glances, ada.version > version]).toEqual([undefined, true]);
      return [acme.hold, ada.hold].map((one) => one && `${(one.until - day(1)) / DAY} days: ${one.reason}`);
    };
    const dismissed = (days: number) => `${days} days: a draft was dismissed`;
    expect(holdAfter('bad_time')).toEqual([dismissed(30), undefined]);
    expect(holdAfter('bad_time', 31)).toEqual([dismissed(30), '30 days: on leave']);
    expect(holdAfter('bad_time', 32)).toEqual(['31 days: on leave', '31 days: on leave']);
    expect(holdAfter('wrong_person', 9)).toEqual(['8 days: on leave', dismissed(180)]);
    expect(holdAfter('no_reason', 9)).toEqual([dismissed(14), '8 days: on leave']);
  });
});
