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

describe('a trigger that is neither live nor shadow', () => {
  test.each(['draft', 'paused', 'archived'] as const)(
    'decides nothing while %s, and says so to who asks',
    (status) => {
      const catalog = catalogOf({ ...always, status });
      const view = viewAfter(catalog, [anEvent()]);
      expect(decide(catalog, view, day(0))).toMatchObject({ asks: [], decisions: [] });
      const [why] = explain(catalog, view, day(0)).decisions;
      expect(why).toMatchObject({ trigger: 'always', verdict: 'hold', shadow: false, personId: 'ada' });
      expect(why?.gates.find(({ passes }) => !passes)).toEqual({
        gate: 'status',
        passes: false,
        because: `its file says status: ${status}; only a live one asks`,
      });
    },
  );
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

  test('thanks come to each person once by one trigger, where it may not repeat', () => {
    const won = (id: string) => anEvent({ name: 'Referral Won', id });
    const once = catalogOf({ name: 'thanks', kind: 'thanks', on: ['Referral Won'], again: DAY });
    const view = viewAfter(once, [won('a'), won('b')]);
    const { asks, decisions } = decide(once, view, day(0));
    expect(asks.map(({ cycle }) => cycle)).toEqual(['a']);
    expect(decisions.map(({ verdict, holds }) => [verdict, holds])).toEqual([
      ['ask', []],
      ['hold', ['again']],
    ]);
    const two = catalogOf(
      { name: 'thanks', kind: 'thanks', on: ['Referral Won'], again: DAY },
      { name: 'more', kind: 'thanks', on: ['Referral Won'], again: DAY },
    );
    expect(
      decide(two, viewAfter(two, [won('a')]), day(0))
        .asks.map(({ trigger }) => trigger)
        .sort(),
    ).toEqual(['more', 'thanks']);
    const both = catalogOf(
      { name: 'thanks', kind: 'thanks', on: ['Referral Won'], again: DAY, priority: 99 },
      { ...always },
    );
    expect(
      decide(both, viewAfter(both, [won('a')]), day(0))
        .asks.map(({ trigger }) => trigger)
        .sort(),
    ).toEqual(['always', 'thanks']);
  });

  test('the others show what is left once that one has its place, and one reason of rank', () => {
    const catalog = catalogOf(
      { ...always, name: 'strong', priority: 90 },
      { ...always, name: 'weak' },
      { ...always, name: 'trial', status: 'shadow', priority: 10 },
      { ...always, name: 'bold', status: 'shadow', priority: 90 },
    );
    const { decisions } = decide(catalog, viewAfter(catalog, [anEvent()]), day(0));
    const ranks = decisions.map(({ trigger, gates }) => [
      trigger,
      gates.filter(({ gate }) => gate === 'outranked').map(({ passes }) => passes),
    ]);
    expect(Object.fromEntries(ranks)).toEqual({
      bold: [true],
      strong: [true],
      trial: [false],
      weak: [false],
    });
    const weak = decisions.find(({ trigger }) => trigger === 'weak');
    expect(weak?.holds).toEqual(['outranked', 'per_account.asks', 'per_person.asks']);
    expect(weak?.gates.map(({ gate }) => gate)).toContain('paused');
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

describe('of decisions', () => {
  test('those of shadow triggers say so, and each says whom it is about where there is anyone', () => {
    const catalog = catalogOf({ ...always, status: 'shadow', name: 'a' }, { ...always, name: 'b' });
    const { decisions } = decide(catalog, viewAfter(catalog, [anEvent()]), day(0));
    expect(decisions.map(({ trigger, shadow, personId }) => [trigger, shadow, personId])).toEqual([
      ['a', true, 'ada'],
      ['b', false, 'ada'],
    ]);
    const nobody = decide(catalog, viewAfter(catalog, []), day(0)).decisions;
    for (const decision of nobody) expect(decision).not.toHaveProperty('personId');
  });

  test('the gates of each are its own, also where triggers share some', () => {
    const seats = where({ seats: { above: 5 } });
    const catalog = catalogOf(
      { ...always, name: 'a', when: [{ kind: 'account', where: seats }] },
      { ...always, name: 'b', unless: [{ kind: 'account', where: seats }] },
      { name: 'c', when: [{ kind: 'event', where: where({ score: { atLeast: 9 } }) }] },
      { name: 'd', when: [{ kind: 'event', where: where({ score: { atLeast: 9 } }) }] },
    );
    const evaluation = decide(
      catalog,
      viewAfter(catalog, [anAnswer(9, { id: 'x' }), anAnswer(8, { id: 'y', personId: 'ben' })]),
      day(0),
    );
    expect(holdsOf(evaluation, 'a')).toContain('account');
    expect(holdsOf(evaluation, 'b')).not.toContain('account');
    const of = (trigger: string) =>
      evaluation.decisions
        .filter((one) => one.trigger === trigger)
        .map(({ cycle, personId, holds }) => [cycle, personId, holds.includes('event')]);
    expect(of('c')).toEqual([
      ['x', 'ada', false],
      ['y', 'ben', true],
    ]);
    expect(of('d')).toEqual(of('c'));
  });

  test('of one trigger each thanks whom its event names', () => {
    const catalog = catalogOf({
      name: 'thanks',
      kind: 'thanks',
      on: ['Referral Won'],
      who: 'referrer',
      again: 0,
    });
    const won = ['ada', 'ben'].map((personId) => anEvent({ name: 'Referral Won', personId }));
    const { asks } = decide(catalog, viewAfter(catalog, won), day(0));
    expect(asks.map(({ personId }) => personId)).toEqual(['ada', 'ben']);
  });

  test('of one trigger each is about whom its event names, also where they hold', () => {
    for (const who of ['referrer', 'actor'] as const) {
      const catalog = catalogOf({ on: ['Referral Won'], who, when: [{ kind: 'readiness', atLeast: 99 }] });
      const won = ['ada', 'ben'].map((personId) => anEvent({ name: 'Referral Won', personId }));
      const { decisions } = decide(catalog, viewAfter(catalog, won), day(0));
      expect(decisions.map(({ personId }) => personId)).toEqual(['ada', 'ben']);
    }
  });

  test('holds are named by the signal that they are about', () => {
    const catalog = catalogOf({ ...always, when: [{ kind: 'signal', signal: 'support_trouble' }] });
    expect(decide(catalog, viewAfter(catalog, [anEvent()]), day(0)).decisions[0]?.holds).toEqual([
      'support_trouble',
    ]);
  });

  test('among equals the first name is the strongest, whatever the order of the files', () => {
    const names = (...order: string[]) => {
      const catalog = catalogOf(...order.map((name) => ({ ...always, name })));
      return decide(catalog, viewAfter(catalog, [anEvent()]), day(0)).decisions.map(({ trigger }) => trigger);
    };
    expect(names('b', 'c', 'a')).toEqual(['a', 'b', 'c']);
    expect(names('c', 'b', 'a')).toEqual(['a', 'b', 'c']);
  });

  test('a withdrawal is an act, after which the account is looked at again at once', () => {
    const catalog = catalogOf({ ...always, channel: 'nudge', status: 'paused' });
    const { deliveredAt: _, ...card } = anAsk({ trigger: 'always', channel: 'nudge', status: 'open' });
    const view = viewAfter(catalog, [anEvent()], { asks: [card] });
    expect(decide(catalog, view, day(0))).toMatchObject({ withdrawals: [{}], wakeAt: day(0) + 1 });
  });

  test('whoever an open card is for has to be known, and is asked for once', () => {
    const catalog = catalogOf(always);
    const cards = ['x', 'y'].map((id) => {
      const { deliveredAt: _, ...card } = anAsk({ id, personId: 'zoe', channel: 'nudge', status: 'open' });
      return card;
    });
    const { unknownPeople } = decide(catalog, viewAfter(catalog, [anEvent()], { asks: cards }), day(0));
    expect(unknownPeople).toEqual(['zoe']);
  });

  test('the explanation says whom it misses, among those whose event has not come too', () => {
    const catalog = catalogOf({ who: 'champion', on: ['Kind Words'] });
    const view = viewAfter(catalog, [anEvent({ personId: 'zoe' })]);
    expect(explain(catalog, view, day(0)).unknownPeople).toEqual(['zoe']);
    expect(decide(catalog, view, day(0)).unknownPeople).toEqual([]);
    expect(decide(catalog, view, day(0)).decisions).toMatchObject([{ trigger: 'promoter-email', cycle: '' }]);
  });
});

describe('when it goes out', () => {
  test('thanks know no blackout', () => {
    const blackouts = [{ from: day(-1), to: day(2), why: 'the launch' }];
    const thanks = catalogOf({ kind: 'thanks', on: ['Referral Won'], again: 0 });
    const catalog = { ...thanks, guardrails: someGuardrails({ blackouts }) };
    const view = viewAfter(catalog, [anEvent({ name: 'Referral Won' })]);
    expect(decide(catalog, view, day(0)).asks).toMatchObject([{ dueAt: day(0) }]);
  });

  test('a card not after its latest hour', () => {
    const catalog = catalogOf({ channel: 'nudge', latest: 2 * HOUR, fresh: 2 * DAY });
    const view = viewAfter(catalog, [anAnswer(10)]);
    const last = decide(catalog, view, day(0) + 2 * HOUR).asks;
    expect(last).toMatchObject([{ dueAt: day(0) + 2 * HOUR, latestAt: day(0) + 2 * HOUR }]);
    expect(last[0]).not.toHaveProperty('deadlineAt');
    expect(holdsOf(decide(catalog, view, day(0) + 2 * HOUR + 1))).toEqual(['no_slot']);
  });

  test('where no hour is in sight it is looked at again in a month, and says nothing of a latest hour', () => {
    const hours = { windows: { never: { days: [6], from: 9 * 60, to: 10 * 60 } } };
    const unslotted = catalogOf({ ...always, send: 'never' });
    const catalog = { ...unslotted, guardrails: someGuardrails(hours) };
    const held = decide(catalog, viewAfter(catalog, [anEvent()]), day(0));
    expect(holdsOf(held, 'always')).toEqual(['no_slot']);
    expect(because(held, 'no_slot')).toBe('no suitable hour');
    expect(held.wakeAt).toBe(day(30));
  });

  test('a delay counts before the hours do', () => {
    const catalog = catalogOf({ ...always, latest: 4 * HOUR, delay: 3 * HOUR });
    const held = decide(catalog, viewAfter(catalog, [anEvent()]), day(0) + 8 * HOUR);
    expect(holdsOf(held, 'always')).toEqual(['no_slot']);
    // A slot lies before its latest instant, so it is free a moment after that is at hand.
    expect(held.wakeAt).toBe(day(0) + 18 * HOUR + 1);
  });

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
    // Quiet hours end on Thursday at 8:00. An ask that may go out until 8:00 would be past its time then.
    const within = day(0) + 18 * HOUR + 1;
    expect(held.wakeAt).toBe(within);
    expect(decide(catalog, viewAfter(catalog, [anEvent()]), within - 1).asks).toEqual([]);
    expect(decide(catalog, viewAfter(catalog, [anEvent()]), within).asks).toMatchObject([
      { dueAt: day(0) + 22 * HOUR },
    ]);
  });

  test('and never looks again where its delay alone is past its latest hour', () => {
    const catalog = catalogOf({ ...always, delay: 4 * HOUR, latest: 4 * HOUR });
    const held = decide(catalog, viewAfter(catalog, [anEvent()]), day(0));
    expect([holdsOf(held, 'always'), held.wakeAt]).toEqual([['no_slot'], undefined]);
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

  test('the agenda remembers what each trigger and each event came to, and stays the same while that does', () => {
    const catalog = catalogOf(
      { ...always, when: [{ kind: 'readiness', atLeast: 90 }] },
      { when: [{ kind: 'event', where: where({ score: { atLeast: 11 } }) }] },
    );
    const view = viewAfter(catalog, [anEvent(), anAnswer(10, { id: 'nps:1' }), anAnswer(9, { id: 'nps:2' })]);
    const { agenda } = decide(catalog, view, day(0));
    expect(agenda).toEqual({
      openings: view.agenda.openings,
      cycles: {},
      verdicts: {
        always: 'hold:readiness:',
        'promoter-email/nps:1': 'hold:event:',
        'promoter-email/nps:2': 'hold:event:',
      },
    });
    expect(decide(catalog, { ...view, agenda }, day(1) - 1).agenda).toBe(agenda);
    expect(decide(catalog, { ...view, agenda }, day(1)).agenda).toEqual({
      openings: {},
      cycles: {},
      verdicts: { always: 'hold:readiness:' },
    });
    const fewer = { ...agenda, verdicts: { ...agenda.verdicts, gone: 'hold:event:' } };
    expect(decide(catalog, { ...view, agenda: fewer }, day(0)).agenda).toEqual(agenda);
    const gone = { ...agenda, openings: { ...agenda.openings, gone: [] } };
    expect(decide(catalog, { ...view, agenda: gone }, day(0)).agenda).toEqual(agenda);
  });

  test('the agenda remembers whom it asked, counts on, and lets go of the event that asked', () => {
    const catalog = catalogOf({ ...always, priority: 10 }, {});
    const view = viewAfter(catalog, [anAnswer(10, { id: 'nps:1' })]);
    const agenda = { ...view.agenda, cycles: { always: 3, other: 1 } };
    const asked = decide(catalog, { ...view, agenda }, day(0));
    expect(asked.agenda).toEqual({
      openings: {},
      cycles: { always: 3, other: 1 },
      verdicts: { 'promoter-email/nps:1': 'ask::ada', always: expect.stringMatching(/^hold:/) },
    });
    const alone = catalogOf({ ...always });
    expect(decide(alone, { ...view, agenda: { ...agenda, openings: {} } }, day(0)).agenda).toEqual({
      openings: {},
      cycles: { always: 4, other: 1 },
      verdicts: { always: 'ask::ada' },
    });
  });

  test('an event that asked by one trigger still waits for another', () => {
    const catalog = catalogOf({}, { name: 'other', priority: 10 });
    const view = viewAfter(catalog, [
      anAnswer(10, { id: 'nps:1' }),
      anAnswer(10, { id: 'nps:2', personId: 'ben' }),
    ]);
    const { asks, agenda } = decide(catalog, view, day(0));
    expect(asks).toMatchObject([{ trigger: 'promoter-email', cycle: 'nps:1' }]);
    const waiting = Object.entries(agenda.openings).map(([name, all]) => [name, all.map(({ id }) => id)]);
    expect(Object.fromEntries(waiting)).toEqual({ 'promoter-email': ['nps:2'], other: ['nps:1', 'nps:2'] });
  });

  test('an account of imported history stays asleep, and nothing but an event wakes it', () => {
    const catalog = catalogOf({ ...always, unless: [{ kind: 'tenure', atLeast: 30 * DAY }] });
    const view = viewAfter(catalog, [anEvent({ imported: true })]);
    const evaluation = decide(catalog, view, day(0));
    expect(evaluation.agenda.dormant).toBe(true);
    expect(evaluation.wakeAt).toBeUndefined();
    const awake = decide(catalog, viewAfter(catalog, [anEvent({ occurredAt: day(-1) })]), day(0));
    expect(awake.agenda).not.toHaveProperty('dormant');
  });

  test('what an ask is made of', () => {
    const catalog = catalogOf({ deadline: DAY, priority: 70, expires: 3 * DAY, again: 'never' });
    const view = viewAfter(catalog, [anAnswer(10, { id: 'nps:1' })]);
    expect(decide(catalog, view, day(0)).asks).toEqual([
      {
        accountId: 'acme',
        trigger: 'promoter-email',
        cycle: 'nps:1',
        kind: 'ask',
        channel: 'email',
        template: 'promoter-email',
        personId: 'ada',
        ownerEmail: 'sam@vendor.example',
        status: 'scheduled',
        decidedAt: day(0),
        dueAt: day(0),
        deadlineAt: day(1),
        latestAt: day(1),
        expiresAfter: 3 * DAY,
        again: 'never',
        priority: 70,
        readiness: { at: day(0), value: 0, contributions: [], dampers: [] },
        gates: expect.arrayContaining([{ gate: 'no_person', passes: true, because: 'ada@customer.example' }]),
        opening: {
          id: 'nps:1',
          occurredAt: day(0),
          name: 'NPS Answered',
          personId: 'ada',
          properties: { score: 10 },
        },
      },
    ]);
    const { readiness } = decide(catalog, viewAfter(catalog, [anEvent()]), day(0));
    expect(readiness.dampers).toEqual([]);
    expect(readiness.contributions).toEqual([{ signal: 'activated', points: 60, says: 'activated' }]);
    expect(readiness.contributions).toBe(readiness.contributions);
    const unprompted = catalogOf(always);
    const [ask] = decide(unprompted, viewAfter(unprompted, [anEvent()]), day(0)).asks;
    expect(ask).not.toHaveProperty('opening');
    expect(ask?.readiness.contributions).toMatchObject([{ signal: 'activated', points: 60 }]);
  });

  test('readiness that fades wakes the account before it has left a bound, and no wait outlasts it', () => {
    const fading = aSignal({ effect: { kind: 'points', points: 80 }, halfLife: 10 * DAY });
    const ready = catalogOf({ ...always, when: [{ kind: 'readiness', atLeast: 40 }] });
    const catalog = { ...ready, signals: [fading] };
    const hold = { until: day(30), reason: 'talks', by: 'Sam' };
    const { wakeAt = 0 } = decide(catalog, viewAfter(catalog, [anEvent()], { hold }), day(9.9));
    expect(wakeAt).toBe(day(10) + 1);
    const steady = { ...ready, signals: [aSignal()] };
    expect(decide(steady, viewAfter(steady, [anEvent()], { hold }), day(0)).wakeAt).toBe(day(30));
  });

  test('lapses wake only those who want to know of them', () => {
    const catalog = catalogOf({
      when: [{ kind: 'event', where: where({ score: { atLeast: 11 } }) }],
      unless: [{ kind: 'declined', within: 30 * DAY }],
    });
    const asks = (n: number) => [anAsk({ declinedAt: day(n), deliveredAt: day(n) })];
    const view = (n: number) => viewAfter(catalog, [anAnswer(10)], { asks: asks(n) });
    const wakesForLapses = false;
    // The decline leaves its thirty days after the event has lapsed, or before.
    expect(decide(catalog, view(-1), day(0)).wakeAt).toBe(day(1));
    expect(decide(catalog, view(-1), day(0), { wakesForLapses }).wakeAt).toBeUndefined();
    expect(decide(catalog, view(-29.5), day(0), { wakesForLapses }).wakeAt).toBe(day(0.5));
    expect(decide(catalog, view(-29), day(0), { wakesForLapses }).wakeAt).toBeUndefined();
    const unprompted = catalogOf({ ...always, unless: [{ kind: 'declined', within: 30 * DAY }] });
    const later = viewAfter(unprompted, [anEvent()], { asks: asks(-1) });
    expect(decide(unprompted, later, day(0), { wakesForLapses }).wakeAt).toBe(
      decide(unprompted, later, day(0)).wakeAt,
    );
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
