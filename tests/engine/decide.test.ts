import { describe, expect, test } from 'vitest';
import type { AccountView, AskRecord } from '../../src/engine/account.ts';
import type { Catalog, Trigger } from '../../src/engine/catalog.ts';
import { decide, explain } from '../../src/engine/decide.ts';
import type { Evaluation } from '../../src/engine/decision.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { open } from '../../src/engine/openings.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import {
  aCatalog,
  aMatch,
  anAnswer,
  anAsk,
  anEvent,
  aPerson,
  aSignal,
  aTrigger,
  aView,
  day,
  someGuardrails,
  where,
} from '../builders.ts';

const ticket = aSignal({
  name: 'support_trouble',
  evidence: { kind: 'happened', match: aMatch('Ticket Opened'), until: aMatch('Ticket Solved') },
  effect: { kind: 'none' },
  expires: 5 * DAY,
  says: 'urgent ticket open',
});
const always: Partial<Trigger> = { on: [], who: 'champion', name: 'always', again: 30 * DAY };

/** The view after these events, with ada, ben and a default owner known. */
function viewAfter(
  catalog: Catalog,
  events: readonly Event[],
  overrides: Partial<AccountView> = {},
): AccountView {
  const view = aView({
    people: new Map(['ada', 'ben'].map((id) => [id, aPerson({ id })])),
    workspace: { teamDomains: ['vendor.example'], defaultOwnerEmail: 'sam@vendor.example' },
    ...overrides,
  });
  const index = indexSignals(catalog.signals);
  const state = events.reduce((folded, event) => fold(folded, event, index), emptyState());
  return {
    ...view,
    state,
    agenda: events.reduce((agenda, event) => open(agenda, event, catalog), view.agenda),
  };
}

const catalogOf = (...triggers: Partial<Trigger>[]) =>
  aCatalog({ triggers: triggers.map(aTrigger), signals: [aSignal(), ticket] });
const holdsOf = ({ decisions }: Evaluation, trigger = 'promoter-email') =>
  decisions
    .filter((one) => one.trigger === trigger)
    .flatMap(({ gates }) => gates.flatMap(({ gate, passes }) => (passes ? [] : gate)));
const because = ({ decisions }: Evaluation, gate: string) =>
  decisions.flatMap(({ gates }) => gates).find((one) => one.gate === gate)?.because;

describe('an event that a trigger waits for', () => {
  const catalog = catalogOf({ when: [{ kind: 'event', where: where({ score: { atLeast: 9 } }) }] });

  test('asks the person who did it, once, for as long as nothing holds', () => {
    const view = viewAfter(catalog, [anAnswer(10, { id: 'nps:1' })]);
    const evaluation = decide(catalog, view, day(0));
    expect(evaluation.asks).toMatchObject([
      {
        trigger: 'promoter-email',
        cycle: 'nps:1',
        personId: 'ada',
        channel: 'email',
        status: 'scheduled',
        dueAt: day(0),
      },
    ]);
    expect(evaluation.agenda.openings).toEqual({});
    expect(decide(catalog, { ...view, agenda: evaluation.agenda }, day(0)).asks).toEqual([]);
  });

  test('that does not fit holds, and says what came and what was wanted', () => {
    const evaluation = decide(catalog, viewAfter(catalog, [anAnswer(7)]), day(0));
    expect(holdsOf(evaluation)).toEqual(['event']);
    expect(because(evaluation, 'event')).toBe('score is 7, not at least 9');
  });

  test('is kept until what held is over, and then asks: a ticket solved five hours later', () => {
    const guarded = { ...catalog, guardrails: someGuardrails({ blockWhen: ['support_trouble'] }) };
    const events = [anEvent({ name: 'Ticket Opened', occurredAt: day(-1) }), anAnswer(10)];
    const held = decide(guarded, viewAfter(guarded, events), day(0));
    expect(holdsOf(held)).toEqual(['support_trouble']);
    expect(because(held, 'support_trouble')).toBe(
      'urgent ticket open; will ask when this is over, at the latest Sunday 10:00',
    );
    const solved = viewAfter(guarded, [
      ...events,
      anEvent({ name: 'Ticket Solved', occurredAt: day(0) + 5 * HOUR }),
    ]);
    expect(decide(guarded, solved, day(0) + 5 * HOUR).asks).toMatchObject([{ personId: 'ada' }]);
  });

  test('is dropped once it is as old as fresh, and the account wakes for that', () => {
    const view = viewAfter(catalog, [anAnswer(7)]);
    const held = decide(catalog, view, day(0));
    expect(held.wakeAt).toBe(day(1));
    expect(holdsOf(decide(catalog, view, day(1) - 1))).toEqual(['event']);
    const lapsed = decide(catalog, { ...view, agenda: held.agenda }, day(1));
    expect(holdsOf(lapsed)).toEqual(['on']);
    expect(lapsed.agenda.openings).toEqual({});
    expect(lapsed.wakeAt).toBeUndefined();
  });

  test('waits in its own right: of two promoters one is asked now, the other holds as outranked', () => {
    const answers = [anAnswer(10, { id: 'a' }), anAnswer(10, { id: 'b', personId: 'ben' })];
    const evaluation = decide(catalog, viewAfter(catalog, answers), day(0));
    expect(evaluation.asks.map(({ personId }) => personId)).toEqual(['ada']);
    expect(evaluation.decisions.map(({ verdict, cycle }) => [verdict, cycle])).toEqual([
      ['ask', 'a'],
      ['hold', 'b'],
    ]);
    expect(holdsOf(evaluation)).toEqual(['per_account.asks', 'outranked']);
    expect(evaluation.agenda.openings['promoter-email']?.map(({ id }) => id)).toEqual(['b']);
  });

  test('that has not come is all that a decision says, while the explanation goes through every gate', () => {
    const view = viewAfter(catalog, [], { hold: { until: day(3), reason: 'renewal talks', by: 'Sam' } });
    expect(decide(catalog, view, day(0))).toMatchObject({ decisions: [{ verdict: 'hold', changed: false }] });
    expect(holdsOf(decide(catalog, view, day(0)))).toEqual(['on']);
    const why = explain(catalog, view, day(0));
    expect(why.decisions[0]?.gates.filter(({ passes }) => !passes).map(({ gate }) => gate)).toEqual([
      'on',
      'event',
      'hold',
      'no_person',
    ]);
  });
});

describe('a trigger without events', () => {
  const catalog = catalogOf(always);

  test('counts its cycles, and does not ask again while its ask is on its way or too recent', () => {
    const view = viewAfter(catalog, [anEvent()]);
    const first = decide(catalog, view, day(0));
    expect(first.asks).toMatchObject([{ cycle: '0', personId: 'ada' }]);
    expect(first.agenda.cycles).toEqual({ always: 1 });
    const pending = {
      ...view,
      agenda: first.agenda,
      asks: [anAsk({ trigger: 'always', status: 'scheduled' })],
    };
    expect(holdsOf(decide(catalog, pending, day(1)), 'always')).toContain('again');
    const delivered = {
      ...view,
      agenda: first.agenda,
      asks: [anAsk({ trigger: 'always', deliveredAt: day(0) })],
    };
    expect(holdsOf(decide(catalog, delivered, day(30) - 1), 'always')).toContain('again');
    expect(decide(catalog, delivered, day(30)).asks).toMatchObject([{ cycle: '1' }]);
  });

  test('that was withdrawn, has run out or failed before delivery may ask again at once', () => {
    for (const status of ['withdrawn', 'expired', 'failed'] as const) {
      const { deliveredAt: _, ...ask } = anAsk({ trigger: 'always', status });
      expect(decide(catalog, viewAfter(catalog, [anEvent()], { asks: [ask] }), day(0)).asks).toHaveLength(1);
    }
  });

  test('does not start on imported history alone', () => {
    const imported = viewAfter(catalog, [anEvent({ imported: true })]);
    const evaluation = decide(catalog, imported, day(0));
    expect(holdsOf(evaluation, 'always')).toEqual(['imported']);
    expect(evaluation.wakeAt).toBeUndefined();
    const awake = viewAfter(catalog, [anEvent({ imported: true }), anEvent({ name: 'Page Viewed' })]);
    expect(decide(catalog, awake, day(0)).asks).toHaveLength(1);
  });
});

describe('of several that could ask', () => {
  const many = catalogOf(
    { ...always, name: 'c', priority: 40 },
    { ...always, name: 'b' },
    { ...always, name: 'a', priority: 90 },
  );

  test('the highest priority does, the others say that another ask came first and show its place taken', () => {
    const evaluation = decide(many, viewAfter(many, [anEvent()]), day(0));
    expect(evaluation.asks.map(({ trigger }) => trigger)).toEqual(['a']);
    expect(holdsOf(evaluation, 'b')).toEqual(['per_account.asks', 'per_person.asks', 'outranked']);
    expect(evaluation.decisions.find(({ trigger }) => trigger === 'b')?.gates.at(-1)?.because).toBe(
      'another ask came first',
    );
  });

  test('the first name does among equals', () => {
    const equals = catalogOf({ ...always, name: 'b' }, { ...always, name: 'a' }, { ...always, name: 'c' });
    expect(decide(equals, viewAfter(equals, [anEvent()]), day(0)).asks.map(({ trigger }) => trigger)).toEqual(
      ['a'],
    );
  });

  test('the others are looked at again at once, and ask where the caps leave room', () => {
    const roomy = someGuardrails({
      perPerson: { ...someGuardrails().perPerson, asks: { count: 9, within: DAY } },
      perAccount: { ...someGuardrails().perAccount, asks: { count: 9, within: DAY } },
    });
    const catalog = { ...many, guardrails: roomy };
    const view = viewAfter(catalog, [anEvent()]);
    const first = decide(catalog, view, day(0));
    expect(holdsOf(first, 'b')).toEqual(['outranked']);
    expect(first.wakeAt).toBe(day(0) + 1);
    const asks = [anAsk({ trigger: 'a', status: 'scheduled' })];
    expect(
      decide(catalog, { ...view, agenda: first.agenda, asks }, day(0) + 1).asks.map(({ trigger }) => trigger),
    ).toEqual(['b']);
  });

  test('thanks compete with nobody, and obey neither caps nor holds', () => {
    const thanks = { name: 'thanks', kind: 'thanks' as const, on: ['Referral Won'], again: 0 };
    const catalog = catalogOf({ ...always, priority: 99 }, thanks);
    const view = viewAfter(catalog, [anEvent({ name: 'Referral Won' })], {
      hold: { until: day(9), reason: 'talks', by: 'Sam' },
    });
    expect(decide(catalog, view, day(0)).asks.map(({ trigger }) => trigger)).toEqual(['thanks']);
    const { hold: _, ...free } = view;
    expect(
      decide(catalog, free, day(0))
        .asks.map(({ trigger }) => trigger)
        .sort(),
    ).toEqual(['always', 'thanks']);
  });

  test('each of two referrals is thanked for', () => {
    const catalog = catalogOf({ name: 'thanks', kind: 'thanks', on: ['Referral Won'], again: 0 });
    const view = viewAfter(catalog, [anEvent({ name: 'Referral Won' }), anEvent({ name: 'Referral Won' })]);
    expect(decide(catalog, view, day(0)).asks).toHaveLength(2);
  });
});

describe('open cards', () => {
  const nudge = { ...always, name: 'nudge', channel: 'nudge' as const };
  const card = (overrides: Partial<AskRecord> = {}) => {
    const { deliveredAt: _, ...ask } = anAsk({
      id: 'card',
      trigger: 'nudge',
      channel: 'nudge',
      status: 'open',
      expiresAt: day(3),
      ...overrides,
    });
    return ask;
  };

  test('give way to a stronger ask', () => {
    const catalog = catalogOf({ ...nudge, priority: 10 }, { ...always, name: 'email', priority: 80 });
    const evaluation = decide(catalog, viewAfter(catalog, [anEvent()], { asks: [card()] }), day(0));
    expect(evaluation.asks.map(({ trigger }) => trigger)).toEqual(['email']);
    expect(evaluation.withdrawals).toEqual([{ askId: 'card', reason: 'another ask came first' }]);
  });

  test('let a weaker ask wait until they have run out', () => {
    const catalog = catalogOf({ ...nudge, priority: 80 }, { ...always, name: 'email', priority: 10 });
    const view = viewAfter(catalog, [anEvent()], { asks: [card()] });
    expect(holdsOf(decide(catalog, view, day(0)), 'email')).toEqual(['outranked']);
    expect(decide(catalog, view, day(0)).withdrawals).toEqual([]);
    expect(decide(catalog, view, day(0)).wakeAt).toBe(day(3));
    expect(decide(catalog, view, day(3)).asks.map(({ trigger }) => trigger)).toContain('nudge');
  });

  test('make an equal wait only in the evaluation in which both come up, and nobody once they have run out', () => {
    const equals = catalogOf({ ...nudge }, { ...always, name: 'email' });
    const evaluation = decide(equals, viewAfter(equals, [anEvent()], { asks: [card()] }), day(0));
    expect(holdsOf(evaluation, 'email')).toEqual([]);
    expect(evaluation.withdrawals).toEqual([]);
    const weaker = catalogOf(
      { ...nudge, priority: 80, status: 'paused' },
      { ...always, name: 'email', priority: 10 },
    );
    const view = viewAfter(weaker, [anEvent()], { asks: [card()] });
    expect(holdsOf(decide(weaker, view, day(3) - 1), 'email')).toEqual(['outranked']);
    expect(holdsOf(decide(weaker, view, day(3)), 'email')).toEqual([]);
  });

  test('wake nobody by fading alone', () => {
    const fading = aSignal({ halfLife: DAY });
    const ready = { ...nudge, on: ['Kind Words'], when: [{ kind: 'readiness' as const, atLeast: 50 }] };
    const catalog = { ...catalogOf(ready), signals: [fading] };
    const view = viewAfter(catalog, [anEvent()], { asks: [card()] });
    expect(decide(catalog, view, day(0)).wakeAt).toBeUndefined();
    expect(decide(catalog, view, day(2)).withdrawals).toEqual([]);
  });

  test('are withdrawn when the account turns red', () => {
    const catalog = { ...catalogOf(nudge), guardrails: someGuardrails({ blockWhen: ['support_trouble'] }) };
    const events = [anEvent(), anEvent({ name: 'Ticket Opened', occurredAt: day(0) })];
    const evaluation = decide(catalog, viewAfter(catalog, events, { asks: [card()] }), day(0));
    expect(evaluation.withdrawals).toMatchObject([
      { askId: 'card', reason: expect.stringContaining('urgent ticket open') },
    ]);
  });

  test('are left alone once they were seen, or are on their way by email', () => {
    const catalog = { ...catalogOf(nudge), guardrails: someGuardrails({ blockWhen: ['support_trouble'] }) };
    const asks = [anAsk({ channel: 'nudge' }), anAsk({ status: 'scheduled' })];
    const events = [anEvent({ name: 'Ticket Opened', occurredAt: day(0) })];
    expect(decide(catalog, viewAfter(catalog, events, { asks }), day(0)).withdrawals).toEqual([]);
  });
});

describe('drafts', () => {
  const draft = {
    ...always,
    channel: 'draft' as const,
    fallback: { channel: 'email' as const, after: 18 * HOUR, template: 'mail' },
  };

  test('go to the owner, and say when another channel takes over', () => {
    const catalog = catalogOf(draft);
    const [ask] = decide(catalog, viewAfter(catalog, [anEvent()]), day(0)).asks;
    expect(ask).toMatchObject({
      channel: 'draft',
      ownerEmail: 'sam@vendor.example',
      template: 'promoter-email',
    });
    expect(ask?.fallback).toEqual({ channel: 'email', template: 'mail', at: day(0) + 18 * HOUR });
  });

  test('without an owner take the other channel at once, and without one of those hold', () => {
    const nobody = {
      workspace: { teamDomains: ['vendor.example'], defaultOwnerEmail: 'eve@customer.example' },
    };
    const catalog = catalogOf(draft);
    const [ask] = decide(catalog, viewAfter(catalog, [anEvent()], nobody), day(0)).asks;
    expect(ask).toMatchObject({ channel: 'email', template: 'mail' });
    expect(ask).not.toHaveProperty('fallback');
    expect(ask).not.toHaveProperty('ownerEmail');
    const { fallback: _, ...plain } = draft;
    const held = catalogOf(plain);
    expect(holdsOf(decide(held, viewAfter(held, [anEvent()], nobody), day(0)), 'always')).toEqual([
      'no_owner',
    ]);
  });
});

describe('the comparison group', () => {
  test('is decided like the rest and not asked, which counts for that trigger alone', () => {
    const catalog = catalogOf({ ...always, holdout: 1, priority: 80 }, { ...always, name: 'other' });
    const view = viewAfter(catalog, [anEvent()]);
    const first = decide(catalog, view, day(0));
    expect(first.asks).toMatchObject([{ trigger: 'always', status: 'held_out' }]);
    const asks = [anAsk({ trigger: 'always', status: 'held_out' })];
    const next = decide(catalog, { ...view, agenda: first.agenda, asks }, day(0) + 1);
    expect(holdsOf(next, 'always')).toEqual(['again']);
    expect(next.asks).toMatchObject([{ trigger: 'other', status: 'scheduled' }]);
  });

  test('is thanked', () => {
    const catalog = catalogOf({ kind: 'thanks', on: ['Referral Won'], holdout: 1, again: 0 });
    expect(
      decide(catalog, viewAfter(catalog, [anEvent({ name: 'Referral Won' })]), day(0)).asks,
    ).toMatchObject([{ status: 'scheduled' }]);
  });
});

describe('a shadow trigger', () => {
  test('is stored as such, takes nothing from the live ones, and repeats no sooner than again', () => {
    const catalog = catalogOf({ ...always, status: 'shadow', priority: 90 }, { ...always, name: 'real' });
    const view = viewAfter(catalog, [anEvent()]);
    const first = decide(catalog, view, day(0));
    expect(first.asks.map(({ trigger, status }) => [trigger, status])).toEqual([
      ['real', 'scheduled'],
      ['always', 'shadow'],
    ]);
    const asks = [anAsk({ trigger: 'always', status: 'shadow' })];
    const next = decide(catalog, { ...view, agenda: first.agenda, asks }, day(29));
    expect(holdsOf(next, 'always')).toEqual(['again']);
    expect(next.asks.map(({ trigger }) => trigger)).toEqual(['real']);
  });

  test('says when a stronger live ask came first', () => {
    const catalog = catalogOf({ ...always, status: 'shadow', priority: 10 }, { ...always, name: 'real' });
    const evaluation = decide(catalog, viewAfter(catalog, [anEvent()]), day(0));
    expect(evaluation.asks.map(({ trigger }) => trigger)).toEqual(['real']);
    expect(holdsOf(evaluation, 'always')).toEqual(['outranked']);
  });
});

describe('when it goes out', () => {
  test('after its delay, in its window, with the deadline counted from the event', () => {
    const catalog = catalogOf({ delay: 8 * HOUR, send: 'business_hours', deadline: DAY, latest: 3 * DAY });
    const [ask] = decide(catalog, viewAfter(catalog, [anAnswer(10)]), day(0) + MINUTE).asks;
    // Wednesday 18:01 is past business hours, so Thursday 9:00.
    expect(ask).toMatchObject({ dueAt: day(1) - HOUR, deadlineAt: day(1), latestAt: day(3) });
  });

  test('a nudge is there at once, at night too', () => {
    const catalog = catalogOf({ channel: 'nudge', delay: 2 * HOUR, fresh: 2 * DAY });
    const night = day(0) + 14 * HOUR;
    expect(decide(catalog, viewAfter(catalog, [anAnswer(10)]), night).asks).toMatchObject([{ dueAt: night }]);
  });

  test('in the hours of the person, of the account, of the workspace; a draft in those of the account', () => {
    const tokyo = {
      people: new Map([
        ['ada', aPerson({ traits: { email: 'ada@customer.example', timezone: 'Asia/Tokyo' } })],
      ]),
    };
    const evening = day(0) + 14 * HOUR - 10 * HOUR; // 14:00 UTC is 23:00 in Tokyo
    const catalog = catalogOf({});
    expect(decide(catalog, viewAfter(catalog, [anAnswer(10)], tokyo), evening).asks).toMatchObject([
      { dueAt: day(0) + 13 * HOUR },
    ]);
    const drafts = catalogOf({ channel: 'draft' });
    expect(decide(drafts, viewAfter(drafts, [anAnswer(10)], tokyo), evening).asks).toMatchObject([
      { dueAt: evening },
    ]);
    const apia = [
      anEvent({ name: 'Account Updated', properties: { timezone: 'Pacific/Apia' }, occurredAt: day(-1) }),
      anAnswer(10),
    ];
    expect(decide(drafts, viewAfter(drafts, apia), day(0)).asks[0]?.dueAt).toBeGreaterThan(day(0));
  });

  test('not at all when no slot lies before the latest hour, and it says so', () => {
    const catalog = catalogOf({ deadline: 4 * HOUR, fresh: 2 * DAY });
    const late = anAnswer(10, { occurredAt: day(0) + 11 * HOUR });
    const evaluation = decide(catalog, viewAfter(catalog, [late]), late.occurredAt);
    expect(holdsOf(evaluation)).toEqual(['no_slot']);
    expect(because(evaluation, 'no_slot')).toBe('no suitable hour before Thursday 01:00');
  });

  test('a trigger without events tries again when its hours come within reach', () => {
    const catalog = catalogOf({ ...always, latest: 4 * HOUR });
    const night = day(0) + 12 * HOUR;
    const held = decide(catalog, viewAfter(catalog, [anEvent()]), night);
    expect(holdsOf(held, 'always')).toEqual(['no_slot']);
    // Quiet hours end on Thursday at 8:00.
    expect(held.wakeAt).toBe(day(0) + 18 * HOUR);
    expect(decide(catalog, viewAfter(catalog, [anEvent()]), day(0) + 18 * HOUR).asks).toMatchObject([
      { dueAt: day(0) + 22 * HOUR },
    ]);
  });
});

describe('what is stored', () => {
  test('a decision is new when verdict or reasons change, and not otherwise', () => {
    const catalog = catalogOf({ ...always, when: [{ kind: 'readiness', atLeast: 90 }] });
    const view = viewAfter(catalog, [anEvent()]);
    const first = decide(catalog, view, day(0));
    expect(first.decisions).toMatchObject([{ changed: true }]);
    const second = decide(catalog, { ...view, agenda: first.agenda }, day(1));
    expect(second.decisions).toMatchObject([{ changed: false }]);
    expect(second.agenda).toBe(first.agenda);
    const held = decide(
      catalog,
      { ...view, agenda: first.agenda, hold: { until: day(9), reason: 'talks', by: 'Sam' } },
      day(1),
    );
    expect(held.decisions).toMatchObject([{ changed: true }]);
  });

  test('people who are missing are named, one at a time, and nothing else counts', () => {
    const catalog = catalogOf(always);
    const view = viewAfter(catalog, [anEvent(), anEvent({ personId: 'ben' })], { people: new Map() });
    const evaluation = decide(catalog, view, day(0));
    expect(evaluation.unknownPeople).toHaveLength(1);
    expect(evaluation).toMatchObject({ asks: [], decisions: [], withdrawals: [] });
    expect(evaluation.agenda).toBe(view.agenda);
  });
});
