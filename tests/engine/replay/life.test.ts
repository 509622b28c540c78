import { describe, expect, test } from 'vitest';
import type { Channel, Guardrails, Trigger } from '../../../src/engine/catalog.ts';
import type { JsonObject } from '../../../src/engine/event.ts';
import { fold } from '../../../src/engine/fold.ts';
import { askIdOf } from '../../../src/engine/replay/ask-id.ts';
import { passUntil } from '../../../src/engine/replay/life.ts';
import { putDue } from '../../../src/engine/replay/look.ts';
import { newlyAsked } from '../../../src/engine/replay/report.ts';
import { sleepUntil } from '../../../src/engine/replay/unsettle.ts';
import { RANK, type Work } from '../../../src/engine/replay/work.ts';
import { accountOf, personOf, type Reported } from '../../../src/engine/replay/world.ts';
import { DAY, HOUR, MINUTE } from '../../../src/engine/time.ts';
import { aCatalog, anEvent, aTrigger, day, someGuardrails, where } from '../../builders.ts';
import { anIdentify, aReport, playBatches } from './histories.ts';
import { anAskIn, aWorld } from './worlds.ts';

const praise = (person: string, at: number, account = 'acme'): Reported =>
  aReport({
    id: `praise:${person}`,
    name: 'Kind Words',
    userId: person,
    ownAccountId: account,
    occurredAt: at,
  });

const people = ['ada', 'ben', 'cleo'].map((id, n) =>
  anIdentify(id, {}, { id: `identify:${id}`, occurredAt: day(-9) + n }),
);

/** What the history says became of the ask to a person. */
const outcome = (channel: Channel, name: string, at: number, properties: JsonObject = {}): Reported =>
  aReport({
    id: `outcome:${name}:${at}`,
    source: 'goodturn',
    name,
    occurredAt: at,
    properties: { ask_id: askIdOf(channel, 'acme', 'asks', 'praise:ada'), ...properties },
  });

function played(
  trigger: Partial<Trigger>,
  events: readonly Reported[],
  until = day(30),
  guardrails: Partial<Guardrails> = {},
  ...others: readonly Partial<Trigger>[]
) {
  const catalog = aCatalog({
    triggers: [
      aTrigger({ name: 'asks', on: ['Kind Words'], ...trigger }),
      ...others.map((one) => aTrigger(one)),
    ],
    guardrails: someGuardrails(guardrails),
  });
  const workspace = { teamDomains: ['vendor.example'], defaultOwnerEmail: 'sam@vendor.example' };
  // Each comes by itself, as in live use: what is said of an ask at the instant at which it is made comes after it.
  const steps = [...people, ...events]
    .toSorted((a, b) => a.occurredAt - b.occurredAt)
    .map((event) => [event]);
  const { world, ...report } = playBatches(catalog, steps, { workspace }, until);
  const asks = [...world.asks.values()].map(
    ({ personId, channel, status, deliveredAt, settledAt, expiresAt }) => ({
      personId,
      channel,
      status,
      deliveredAt,
      settledAt,
      expiresAt,
    }),
  );
  return { report, asks, world };
}

const asked = [praise('ada', day(0))];

describe('an email in a replay', () => {
  test('is sent when it is due, and ignored when nobody answered', () => {
    const sent = { personId: 'ada', channel: 'email', deliveredAt: day(0) + HOUR, expiresAt: day(14) + HOUR };
    const delay = HOUR;
    expect(played({ delay }, asked, day(0)).asks).toMatchObject([{ status: 'scheduled' }]);
    expect(played({ delay }, asked, day(14) + HOUR - 1).asks).toMatchObject([
      { ...sent, status: 'delivered' },
    ]);
    expect(played({ delay }, asked, day(14) + HOUR).asks).toMatchObject([
      { ...sent, status: 'ignored', settledAt: day(14) + HOUR },
    ]);
  });

  test('is withdrawn when the second look rules it out', () => {
    const ticket = aReport({ name: 'Ticket Opened', occurredAt: day(0) + MINUTE });
    const blocked = {
      delay: HOUR,
      unless: [{ kind: 'account' as const, where: [{ path: 'red', test: { is: true } }] }],
    };
    const red = aReport({
      name: 'Account Updated',
      occurredAt: day(0) + MINUTE,
      properties: { red: true },
    });
    expect(played(blocked, [...asked, red]).asks).toMatchObject([
      { status: 'withdrawn', settledAt: day(0) + HOUR },
    ]);
    expect(played(blocked, [...asked, ticket], day(1)).asks).toMatchObject([{ status: 'delivered' }]);
  });

  test('takes its turn where more are due than an hour allows, the more important first', () => {
    const emails = { emails: { count: 1, within: HOUR } };
    const events = [
      praise('ada', day(0), 'acme'),
      praise('ben', day(0) + MINUTE, 'globex'),
      praise('cleo', day(0) + 2 * MINUTE, 'initech'),
    ];
    const { asks } = played({}, events, day(1), { workspace: emails });
    expect(asks.map(({ personId, deliveredAt = 0 }) => [personId, (deliveredAt - day(0)) / HOUR])).toEqual([
      ['ada', 0],
      ['ben', 1],
      ['cleo', 2],
    ]);
  });

  test('is missed when its turn does not come in time', () => {
    const emails = { emails: { count: 1, within: 9 * HOUR } };
    const events = [praise('ada', day(0), 'acme'), praise('ben', day(0) + MINUTE, 'globex')];
    const { asks } = played({ deadline: 3 * HOUR }, events, day(1), { workspace: emails });
    expect(asks).toMatchObject([
      { status: 'delivered' },
      { status: 'expired', settledAt: day(0) + MINUTE + 3 * HOUR },
    ]);
  });
});

describe('a card in a replay', () => {
  const card = { channel: 'nudge' as const, expires: 3 * DAY };

  test('is seen when it opens, and ignored when nothing more came of it', () => {
    expect(played(card, asked, day(2)).asks).toMatchObject([{ status: 'delivered', deliveredAt: day(0) }]);
    expect(played(card, asked).asks).toMatchObject([{ status: 'ignored', settledAt: day(3) }]);
  });

  test('of which the history tells stays until it was seen, and ends as it says', () => {
    const seen = outcome('nudge', 'Ask Shown', day(1));
    expect(played(card, [...asked, outcome('nudge', 'Ask Scheduled', day(0))], day(4)).asks).toMatchObject([
      { status: 'expired', settledAt: day(3), deliveredAt: undefined },
    ]);
    const late = [outcome('nudge', 'Ask Scheduled', day(0)), seen];
    expect(played(card, [...asked, ...late], day(2)).asks).toMatchObject([
      { status: 'delivered', deliveredAt: day(1) },
    ]);
    expect(
      played(card, [...asked, ...late, outcome('nudge', 'Ask Accepted', day(2))], day(9)).asks,
    ).toMatchObject([{ status: 'accepted', deliveredAt: day(1), settledAt: day(2) }]);
    expect(
      played(card, [...asked, ...late, outcome('nudge', 'Ask Declined', day(2))], day(9)).asks,
    ).toMatchObject([{ status: 'declined', settledAt: day(2) }]);
    const closed = played(card, [...asked, ...late, outcome('nudge', 'Ask Closed', day(2))], day(9));
    expect(closed.asks).toMatchObject([{ status: 'ignored', settledAt: day(2) }]);
    expect([...closed.world.asks.values()]).toMatchObject([{ closedAt: day(2) }]);
  });

  test('that was seen after its time was seen all the same, and is over then', () => {
    const late = [outcome('nudge', 'Ask Scheduled', day(0)), outcome('nudge', 'Ask Shown', day(4))];
    expect(played(card, [...asked, ...late], day(9)).asks).toMatchObject([
      { status: 'ignored', deliveredAt: day(4), settledAt: day(4) },
    ]);
  });

  test('is what was said of it first: what comes after its end changes nothing', () => {
    const declined = [outcome('nudge', 'Ask Scheduled', day(0)), outcome('nudge', 'Ask Declined', day(1))];
    for (const name of ['Ask Accepted', 'Ask Closed', 'Ask Shown', 'Ask Ignored', 'Ask Sent'])
      expect(
        played(card, [...asked, ...declined, outcome('nudge', name, day(2))], day(9)).asks,
      ).toMatchObject([{ status: 'declined', deliveredAt: day(1), settledAt: day(1) }]);
  });

  test('is nothing that another source says', () => {
    const said = { ...outcome('nudge', 'Ask Declined', day(1)), source: 'segment' };
    expect(played(card, [...asked, said], day(2)).asks).toMatchObject([{ status: 'delivered' }]);
    const another = { ...outcome('nudge', 'Ask Declined', day(1)), properties: { ask_id: 'nudge_other' } };
    expect(played(card, [...asked, another], day(2)).asks).toMatchObject([{ status: 'delivered' }]);
  });

  test('that is snoozed comes back for as long as it was there for', () => {
    const later = outcome('nudge', 'Ask Snoozed', day(1), { until: day(8) });
    expect(played(card, [...asked, later], day(10)).asks).toMatchObject([
      { status: 'delivered', expiresAt: day(11) },
    ]);
    expect(played(card, [...asked, later], day(11)).asks).toMatchObject([
      { status: 'ignored', settledAt: day(11) },
    ]);
    // Until no instant is no snooze, so nothing tells that anybody saw it.
    const never = outcome('nudge', 'Ask Snoozed', day(1), { until: 'soon' });
    expect(played(card, [...asked, never], day(4)).asks).toMatchObject([
      { status: 'expired', settledAt: day(3) },
    ]);
  });
});

describe('a draft in a replay', () => {
  const draft = { channel: 'draft' as const, expires: 7 * DAY };
  const fallback = { channel: 'email' as const, after: 18 * HOUR };
  const untouched = outcome('draft', 'Ask Scheduled', day(0));

  test('is sent at once by its owner, unless the history tells otherwise', () => {
    expect(played(draft, asked, day(1)).asks).toMatchObject([
      { status: 'delivered', deliveredAt: day(0), expiresAt: day(7) },
    ]);
    expect(played(draft, [...asked, untouched], day(6)).asks).toMatchObject([
      { status: 'open', deliveredAt: undefined, expiresAt: day(7) },
    ]);
    expect(played(draft, [...asked, untouched]).asks).toMatchObject([
      { status: 'expired', settledAt: day(7) },
    ]);
    expect(
      played(draft, [...asked, untouched, outcome('draft', 'Ask Sent', day(2))], day(3)).asks,
    ).toMatchObject([{ status: 'delivered', deliveredAt: day(2), expiresAt: day(9) }]);
    expect(
      played(draft, [...asked, untouched, outcome('draft', 'Ask Declined', day(2))], day(3)).asks,
    ).toMatchObject([{ status: 'declined', settledAt: day(2) }]);
  });

  test('is ignored when its owner says that nobody answered, and not by what else the history says', () => {
    const sent = outcome('draft', 'Ask Sent', day(1));
    const ignoredBy = (by: string) =>
      played(draft, [...asked, untouched, sent, outcome('draft', 'Ask Ignored', day(2), { by })], day(3))
        .asks;
    expect(ignoredBy('cs_manager')).toMatchObject([{ status: 'ignored', settledAt: day(2) }]);
    expect(ignoredBy('job')).toMatchObject([{ status: 'delivered', deliveredAt: day(1) }]);
    const unsent = outcome('draft', 'Ask Ignored', day(2), { by: 'cs_manager' });
    expect(played(draft, [...asked, untouched, unsent], day(3)).asks).toMatchObject([{ status: 'open' }]);
    const twice = [sent, outcome('draft', 'Ask Sent', day(2))];
    expect(played(draft, [...asked, untouched, ...twice], day(3)).asks).toMatchObject([
      { status: 'delivered', deliveredAt: day(1), expiresAt: day(8) },
    ]);
  });

  test('that is snoozed stays for its time, and a day longer than it was put off', () => {
    const snoozedUntil = (until: number) =>
      played(
        draft,
        [...asked, untouched, outcome('draft', 'Ask Snoozed', day(1), { until: day(until) })],
        day(30),
      );
    expect(snoozedUntil(3).asks).toMatchObject([{ status: 'expired', settledAt: day(7) }]);
    expect(snoozedUntil(9).asks).toMatchObject([{ status: 'expired', settledAt: day(10) }]);
  });

  test('that is dismissed for another person holds nobody', () => {
    const closed = outcome('draft', 'Ask Closed', day(1), { reason: 'asked_instead' });
    const { world, asks } = played(draft, [...asked, untouched, closed], day(2));
    expect(asks).toMatchObject([{ status: 'withdrawn', settledAt: day(1), deliveredAt: undefined }]);
    expect([world.accounts.get('acme')?.hold, world.people.get('ada')?.hold]).toEqual([undefined, undefined]);
    const sentBefore = [outcome('draft', 'Ask Sent', day(0.5)), closed];
    expect(played(draft, [...asked, untouched, ...sentBefore], day(2)).asks).toMatchObject([
      { status: 'delivered', deliveredAt: day(0.5) },
    ]);
  });

  test('whose owner does nothing gives way to its other channel', () => {
    const { asks, report } = played({ ...draft, fallback }, [...asked, untouched], day(3));
    // 18 hours after Wednesday 10:00 it is quiet until Thursday 8:00.
    expect(asks).toMatchObject([
      { channel: 'draft', status: 'withdrawn', settledAt: day(0) + 18 * HOUR },
      { channel: 'email', status: 'delivered', deliveredAt: day(0) + 22 * HOUR },
    ]);
    expect(report.asks.map(({ channel, at }) => [channel, at])).toEqual([
      ['draft', day(0)],
      ['email', day(0) + 18 * HOUR],
    ]);
    const snoozed = outcome('draft', 'Ask Snoozed', day(0) + HOUR, { until: day(2) });
    expect(played({ ...draft, fallback }, [...asked, untouched, snoozed], day(3)).asks).toMatchObject([
      { status: 'withdrawn', settledAt: day(2) },
      { channel: 'email', status: 'delivered', deliveredAt: day(2) },
    ]);
  });

  test('that its owner has sent keeps its person from being asked through the other channel', () => {
    const sent = outcome('draft', 'Ask Sent', day(0) + HOUR);
    expect(played({ ...draft, fallback }, [...asked, untouched, sent], day(3)).asks).toMatchObject([
      { channel: 'draft', status: 'delivered' },
    ]);
  });

  test('stays with its owner where nothing can go out in its place', () => {
    // 18 hours after ten in the morning it is quiet for longer than an hour.
    expect(
      played({ ...draft, fallback, latest: 19 * HOUR }, [...asked, untouched], day(3)).asks,
    ).toMatchObject([{ channel: 'draft', status: 'open' }]);
  });

  test('gives way to an ask of its own, of which other triggers hear', () => {
    const { world } = played({ ...draft, fallback, latest: 2 * DAY }, [...asked, untouched], day(0.8));
    const [, ask] = world.asks.values();
    const cycle = 'praise:ada#email';
    const dueAt = day(0) + 22 * HOUR;
    expect(ask).toMatchObject({ id: askIdOf('email', 'acme', 'asks', cycle), cycle, dueAt });
    expect(ask?.plan).toMatchObject({ channel: 'email', cycle, dueAt, decidedAt: day(0) + 18 * HOUR });
    expect(ask?.plan).not.toHaveProperty('fallback');
    expect(ask).not.toHaveProperty('openedAt');
    const scheduled = {
      kind: 'event' as const,
      where: where({ channel: { is: 'email' }, kind: { is: 'ask' } }),
    };
    const told = { name: 'told', kind: 'thanks' as const, on: ['Ask Scheduled'], when: [scheduled] };
    const { report } = played({ ...draft, fallback }, [...asked, untouched], day(3), {}, told);
    expect(report.asks.map(({ trigger, at }) => [trigger, at])).toEqual([
      ['asks', day(0)],
      ['asks', day(0) + 18 * HOUR],
      ['told', day(0) + 18 * HOUR],
    ]);
  });

  test.each([
    ['already_asked', 'nobody'],
    ['bad_time', 'account'],
    ['wrong_person', 'person'],
    ['not_mine', 'account'],
  ])('that is dismissed as %s puts %s on hold', (reason, held) => {
    const events = [...asked, outcome('draft', 'Ask Closed', day(1), { reason })];
    const { world, asks } = played(draft, [...events, untouched], day(2));
    expect(asks).toMatchObject([{ status: 'withdrawn', settledAt: day(1) }]);
    const days = (until: number | undefined) => until && (until - day(1)) / DAY;
    expect([
      asks[0]?.deliveredAt,
      days(world.accounts.get('acme')?.hold?.until),
      days(world.people.get('ada')?.hold?.until),
    ]).toEqual([
      held === 'nobody' ? day(1) : undefined,
      reason === 'bad_time' ? 30 : reason === 'not_mine' ? 14 : undefined,
      held === 'person' ? 180 : undefined,
    ]);
  });

  test('gives way to its other channel in time also where its owner has no room for it', () => {
    const perOwner = { drafts: { count: 1, within: DAY }, open: 9 };
    const events = [praise('ada', day(0), 'acme'), praise('ben', day(0) + MINUTE, 'globex')];
    const { asks } = played({ ...draft, fallback }, events, day(3), { perOwner });
    expect(
      asks.map(({ personId, channel, status, settledAt }) => [personId, channel, status, settledAt]),
    ).toEqual([
      ['ada', 'draft', 'delivered', undefined],
      ['ben', 'draft', 'withdrawn', day(0) + MINUTE + 18 * HOUR],
      ['ben', 'email', 'delivered', undefined],
    ]);
  });

  test('waits for room with its owner', () => {
    const perOwner = { drafts: { count: 1, within: DAY }, open: 9 };
    const events = [
      praise('ada', day(0), 'acme'),
      praise('ben', day(0) + MINUTE, 'globex'),
      praise('cleo', day(0) + 2 * MINUTE, 'initech'),
    ];
    const { asks } = played(draft, events, day(5), { perOwner });
    expect(asks.map(({ personId, deliveredAt = 0 }) => [personId, deliveredAt - day(0)])).toEqual([
      ['ada', 0],
      ['ben', DAY],
      ['cleo', 2 * DAY],
    ]);
    const one = { drafts: { count: 9, within: DAY }, open: 1 };
    const kept = played(draft, [...events, untouched], day(3), { perOwner: one });
    expect(kept.asks.map(({ status }) => status)).toEqual(['open', 'scheduled', 'scheduled']);
    const freed = [...events, untouched, outcome('draft', 'Ask Sent', day(2))];
    expect(played(draft, freed, day(3), { perOwner: one }).asks).toMatchObject([
      { deliveredAt: day(2) },
      { deliveredAt: day(2) },
      { deliveredAt: day(2) },
    ]);
  });
});

describe('an ask that comes to nothing', () => {
  const another = { name: 'another', on: ['Kind Words'], priority: 10, fresh: 9 * DAY };
  const askedBy = ({ report }: ReturnType<typeof played>) =>
    report.asks.map(({ trigger, at }) => [trigger, at]);

  test('makes room for another at once where the second look rules it out', () => {
    const red = [{ kind: 'account' as const, where: [{ path: 'red', test: { is: true } }] }];
    const turned = aReport({
      name: 'Account Updated',
      occurredAt: day(0) + MINUTE,
      properties: { red: true },
    });
    expect(askedBy(played({ delay: HOUR, unless: red }, [...asked, turned], day(1), {}, another))).toEqual([
      ['asks', day(0)],
      ['another', day(0) + HOUR],
    ]);
  });

  test('makes room for another at once where nobody saw it', () => {
    const card = { channel: 'nudge' as const, expires: 2 * HOUR };
    const unseen = outcome('nudge', 'Ask Scheduled', day(0));
    expect(askedBy(played(card, [...asked, unseen], day(1), {}, another))).toEqual([
      ['asks', day(0)],
      ['another', day(0) + 2 * HOUR],
    ]);
  });
});

describe('what time makes due', () => {
  /** Ada, who can be reached, is in acme and in globex; whoever looks at an account asks her. */
  function aScene() {
    const perAccount = { ...someGuardrails().perAccount, minimumTenure: 0 };
    const guardrails = someGuardrails({ perAccount });
    const triggers = [
      aTrigger({ name: 'asks', on: [], who: 'champion' }),
      aTrigger({ name: 'thanks', kind: 'thanks' }),
    ];
    const workspace = { teamDomains: ['vendor.example'], defaultOwnerEmail: 'sam@vendor.example' };
    const world = aWorld({ triggers, guardrails }, { workspace });
    personOf(world, 'ada').traits['email'] = 'ada@customer.example';
    const accounts = ['acme', 'globex'].map((id) => {
      const account = accountOf(world, id);
      fold(account.state, anEvent({ personId: 'ada', occurredAt: day(0) }), world.index);
      return account;
    });
    return { world, accounts };
  }
  const accountsAsked = ({ world }: ReturnType<typeof aScene>) =>
    [...world.asks.values()].map(({ accountId }) => accountId);

  test('happens before an instant, not at it', () => {
    const scene = aScene();
    for (const account of scene.accounts.slice(1)) sleepUntil(scene.world, account, day(1));
    passUntil(scene.world, day(1));
    expect(accountsAsked(scene)).toEqual([]);
    passUntil(scene.world, day(1) + 1);
    expect([accountsAsked(scene), scene.world.now]).toEqual([['globex'], day(1)]);
  });

  test('has accounts that wake at one instant decided before either acts', () => {
    const scene = aScene();
    for (const account of scene.accounts) sleepUntil(scene.world, account, day(1));
    passUntil(scene.world, day(1) + 1);
    expect(accountsAsked(scene)).toEqual(['acme', 'globex']);
  });

  test('has one decided that wakes later by what the first did', () => {
    const scene = aScene();
    for (const [i, account] of scene.accounts.entries()) sleepUntil(scene.world, account, day(1) + i);
    passUntil(scene.world, day(1) + 9);
    expect(accountsAsked(scene)).toEqual(['acme']);
  });

  test('is no look at an account that sleeps on, which is queued anew', () => {
    const scene = aScene();
    const [acme, globex] = scene.accounts;
    if (acme === undefined || globex === undefined) throw new Error('There are two accounts.');
    for (const on of [2, 1, 9]) sleepUntil(scene.world, acme, day(on));
    sleepUntil(scene.world, globex, day(1));
    passUntil(scene.world, day(1) + 1);
    expect([accountsAsked(scene), acme.wakeAt, acme.queuedAt]).toEqual([['globex'], day(9), day(9)]);
    expect(scene.world.tasks.nextAt()).toBe(day(1) + 1);
  });

  test.each<[string, Work['kind'], Parameters<typeof anAskIn>[1]]>([
    ['a card that was taken back is not seen', 'show', { channel: 'nudge', status: 'withdrawn' }],
    [
      'a card of which the history tells is not seen by itself',
      'show',
      { channel: 'nudge', status: 'open', isRecorded: true },
    ],
    [
      'thanks that were taken back are not written',
      'due',
      { channel: 'draft', kind: 'thanks', status: 'withdrawn' },
    ],
    ['an answered ask is not ignored', 'settle', { status: 'accepted', expiresAt: day(1) }],
    ['an ask that stays longer is not ignored', 'settle', { status: 'delivered', expiresAt: day(1) + 1 }],
    [
      'a card that stays longer does not expire',
      'settle',
      { channel: 'nudge', status: 'open', expiresAt: day(1) + 1 },
    ],
  ])('does not happen any more: %s', (_, kind, change) => {
    const { world } = aScene();
    const ask = anAskIn(world, { trigger: 'thanks', ...change });
    const { status } = ask;
    if (kind !== 'wake' && kind !== 'room') world.tasks.put(day(1), RANK.due, ask.id, { kind, ask });
    passUntil(world, day(1) + 1);
    expect([ask.status, ask.settledAt]).toEqual([status, undefined]);
  });

  test('is a card at once, and a draft of thanks, which takes no room of its owner', () => {
    const { world } = aScene();
    world.room.emails.used.push(...Array.from({ length: 200 }, () => day(1)));
    const ownerEmail = 'sam@vendor.example';
    const due = { trigger: 'thanks', kind: 'thanks', decidedAt: day(1), dueAt: day(1) } as const;
    const card = anAskIn(world, {
      ...due,
      id: 'card',
      channel: 'nudge',
      accountId: 'globex',
      personId: 'ben',
    });
    const draft = anAskIn(world, { ...due, id: 'draft', channel: 'draft', ownerEmail });
    const email = anAskIn(world, { ...due, id: 'email' });
    for (const ask of [card, draft, email]) putDue(world, ask);
    passUntil(world, day(1) + 1);
    expect([card, draft, email].map(({ status }) => status)).toEqual(['delivered', 'delivered', 'scheduled']);
    expect(world.room.owners.size).toBe(0);
  });
});

describe('what a replay reports', () => {
  test('a trigger that runs away is stopped, and when', () => {
    const events = ['ada', 'ben', 'cleo'].map((person, n) => praise(person, day(n), `account-${n}`));
    const pauseAbove = { asks: { count: 1, within: 2 * DAY } };
    const { report } = played({}, events, day(9), { pauseAbove });
    expect(report.paused).toEqual([{ trigger: 'asks', at: day(1) }]);
    expect(report.asks.map(({ personId }) => personId)).toEqual(['ada', 'ben']);
    expect(report.holds).toContainEqual({ trigger: 'asks', gate: 'paused', count: 1, alone: 1 });
    const calm = played({}, events, day(9), { pauseAbove: { asks: { count: 1, within: DAY } } });
    expect(calm.report.paused).toEqual([]);
  });

  test('its events, its bounds, its asks in order and what held the others', () => {
    const events = [praise('ben', day(1), 'globex'), ...asked, praise('cleo', day(0) + HOUR)];
    const { report } = played({}, events, day(9));
    expect(report).toMatchObject({ from: day(-9), to: day(1), events: 6, accounts: 2 });
    expect(report.asks).toMatchObject([
      { at: day(0), trigger: 'asks', accountId: 'acme', personId: 'ada', status: 'delivered' },
      { at: day(1), trigger: 'asks', accountId: 'globex', personId: 'ben', status: 'delivered' },
    ]);
    expect(report.holds).toEqual([{ trigger: 'asks', gate: 'per_account.asks', count: 1, alone: 1 }]);
  });

  test('whom readiness alone keeps from being asked, by how little at best', () => {
    const when = [{ kind: 'readiness' as const, atLeast: 65 }];
    const used = aReport({ name: 'Workflow Completed', occurredAt: day(-1) });
    const { report } = played({ when }, [...asked, used], day(9));
    expect(report.nearMisses).toEqual([
      { at: day(0), trigger: 'asks', accountId: 'acme', personId: 'ada', readiness: 60, missing: 5 },
    ]);
    const far = [{ kind: 'readiness' as const, atLeast: 71 }];
    expect(played({ when: far }, [...asked, used], day(9)).report.nearMisses).toEqual([]);
    const edge = [{ kind: 'readiness' as const, atLeast: 70 }];
    expect(played({ when: edge }, [...asked, used], day(9)).report.nearMisses).toMatchObject([
      { missing: 10 },
    ]);
  });

  test('who is asked by one catalog and not by another, once each', () => {
    const events = [...asked, praise('ben', day(20)), praise('cleo', day(1), 'globex')];
    const all = played({}, events, day(30)).report;
    const none = played({ status: 'shadow' }, events, day(30)).report;
    expect(newlyAsked(all, none).map(({ accountId, personId }) => [accountId, personId])).toEqual([
      ['acme', 'ada'],
      ['globex', 'cleo'],
    ]);
    expect(newlyAsked(none, all)).toEqual([]);
    expect(newlyAsked(all, all)).toEqual([]);
  });
});
