import { describe, expect, test } from 'vitest';
import type { AccountView, Opening, Person } from '../../src/engine/account.ts';
import type { Gate, Guardrails, Signal, Trigger } from '../../src/engine/catalog.ts';
import { explain } from '../../src/engine/decide.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { DAY } from '../../src/engine/time.ts';
import {
  aCatalog,
  aMatch,
  anAccountUpdate,
  anAnswer,
  anAsk,
  anEvent,
  anOpening,
  aPerson,
  aSignal,
  aTrigger,
  aView,
  day,
  someGuardrails,
  where,
} from '../builders.ts';

const signals: readonly Signal[] = [
  aSignal({ name: 'daily_use', says: '{{ person }} ran {{ count }} workflows' }),
  aSignal({
    name: 'support_trouble',
    evidence: { kind: 'happened', match: aMatch('Ticket Opened'), until: aMatch('Ticket Solved') },
    effect: { kind: 'none' },
    expires: 5 * DAY,
    says: '{{ priority }} ticket open',
  }),
  aSignal({
    name: 'expansion',
    evidence: { kind: 'happened', match: aMatch('Seats Added') },
    effect: { kind: 'none' },
  }),
];

type Case = {
  readonly events?: readonly Event[];
  readonly trigger?: Partial<Trigger>;
  readonly guardrails?: Partial<Guardrails>;
  readonly view?: Partial<AccountView>;
  readonly person?: Partial<Person>;
  readonly opening?: Opening;
  readonly rivals?: readonly Partial<Trigger>[];
};

/** What people read: `+` passes, `-` holds. */
function sentences({ events = [], trigger, guardrails, view, person, opening, rivals = [] }: Case): string[] {
  const catalog = aCatalog({
    signals,
    triggers: [
      aTrigger({ name: 'ask', on: opening ? [opening.name] : [], who: 'champion', ...trigger }),
      ...rivals.map((rival) => aTrigger({ on: [], ...rival })),
    ],
    guardrails: someGuardrails({ blockWhen: ['support_trouble'], ...guardrails }),
  });
  const index = indexSignals(signals);
  const state = events.reduce((folded, event) => fold(folded, event, index), emptyState());
  const ada = aPerson({ traits: { name: 'Ada', email: 'ada@customer.example' }, ...person });
  const agenda = { openings: opening ? { ask: [opening] } : {}, cycles: {}, verdicts: {} };
  const seen = aView({ state, agenda, people: new Map([['ada', ada]]), ...view });
  return explain(catalog, seen, day(0)).decisions.flatMap(({ trigger: name, gates }) =>
    (name === 'ask' ? gates : []).map(
      ({ gate, passes, because }) => `${passes ? '+' : '-'} ${gate}: ${because}`,
    ),
  );
}

const said = (gate: string, given: Case) => sentences(given).filter((one) => one.startsWith(`${gate}:`, 2));
const used = anEvent({ occurredAt: day(-100) });

describe('the answers of every gate in words', () => {
  test('where hardly anything is known', () => {
    expect(sentences({ events: [used], trigger: { channel: 'nudge' } })).toEqual([
      '+ paused: not stopped',
      '+ outranked: no other ask comes first',
      '+ hold: no hold on the account',
      '+ never.accounts: not on the list of accounts never asked',
      '+ never.domains: not on the list of domains never asked',
      '+ never.plans: no plan is known',
      '+ team_domains: not our own domain',
      '+ support_trouble: no sign of: support trouble',
      '+ per_account.asks: this account was asked 0 times in the last 14 days',
      '+ blackouts: no days without asks',
      '+ per_account.minimum_tenure: not known when they became a customer, so this is not checked',
      '+ no_person: Ada',
      '+ no_address: Ada has an address',
      '+ again: Ada was not asked this before, or long enough ago',
      '+ never.people: Ada is not on the list of people never asked',
      '+ hold: no hold on the person',
      '+ suppressed: Ada has not unsubscribed',
      '+ per_person.asks: Ada was asked 0 times in the last 30 days',
      '+ per_person.asks_per_year: Ada was asked 0 times in the last 365 days',
      '+ per_person.after_decline: Ada has not declined in the last 90 days',
      '+ per_person.detractor_for: Ada gave no low score of late',
      '+ per_account.people: no people of this account asked in the last 30 days',
      '+ per_person.nudges: Ada saw a card 0 times in the last 1 day',
      '+ nudge_closed: Ada has not closed a card of late',
    ]);
  });

  test('where nothing is in the way any more', () => {
    const events = [
      used,
      anAccountUpdate({ plan: 'pro', domain: 'customer.example', created_at: '2020-01-01' }),
      anAnswer(9, { occurredAt: day(-1) }),
    ];
    const card = anAsk({
      accountId: 'globex',
      channel: 'nudge',
      deliveredAt: day(-40),
      declinedAt: day(-100),
      closedAt: day(-35),
    });
    expect(
      sentences({
        events,
        trigger: { channel: 'nudge', audience: { accounts: ['acme'] } },
        guardrails: { blackouts: [{ from: day(3), to: day(5), why: 'the holidays' }] },
        view: { asks: [anAsk({ personId: 'ben', deliveredAt: day(-20) })] },
        person: { asks: [card] },
      }),
    ).toEqual([
      '+ paused: not stopped',
      '+ audience: among the pilot accounts',
      '+ outranked: no other ask comes first',
      '+ hold: no hold on the account',
      '+ never.accounts: not on the list of accounts never asked',
      '+ never.domains: not on the list of domains never asked',
      '+ never.plans: the plan is pro',
      '+ team_domains: not our own domain',
      '+ support_trouble: no sign of: support trouble',
      '+ per_account.asks: this account was asked 0 times in the last 14 days',
      '+ blackouts: no days without asks',
      '+ per_account.minimum_tenure: a customer for longer than 14 days',
      '+ no_person: Ada',
      '+ no_address: Ada has an address',
      '+ again: Ada was not asked this before, or long enough ago',
      '+ never.people: Ada is not on the list of people never asked',
      '+ hold: no hold on the person',
      '+ suppressed: Ada has not unsubscribed',
      '+ per_person.asks: Ada was asked 0 times in the last 30 days',
      '+ per_person.asks_per_year: Ada was asked once in the last 365 days',
      '+ per_person.after_decline: Ada has not declined in the last 90 days',
      '+ per_person.detractor_for: Ada gave no low score of late',
      '+ per_account.people: 1 person of this account asked in the last 30 days',
      '+ per_person.nudges: Ada saw a card 0 times in the last 1 day',
      '+ nudge_closed: Ada has not closed a card of late',
    ]);
  });

  test('where everything is', () => {
    const events = [
      used,
      anEvent({ name: 'Ticket Opened', properties: { priority: 'urgent' } }),
      anAccountUpdate({
        plan: 'Trial',
        domain: 'eu.rival.example',
        created_at: new Date(day(-3)).toISOString(),
      }),
      anAnswer(5, { occurredAt: day(-1) }),
    ];
    const card = anAsk({
      trigger: 'ask',
      channel: 'nudge',
      deliveredAt: day(-0.5),
      declinedAt: day(-0.5),
      closedAt: day(-0.5),
    });
    const elsewhere = [-200, -300].map((n) => anAsk({ accountId: 'globex', deliveredAt: day(n) }));
    expect(
      sentences({
        events,
        trigger: { channel: 'nudge', who: 'actor', audience: { accounts: ['globex'] }, again: 'never' },
        opening: anOpening({ name: 'Kind Words' }),
        guardrails: {
          blackouts: [{ from: day(-3), to: day(2), why: 'the holidays' }],
          never: { domains: ['rival.example'], plans: ['trial'], accounts: ['acme'], people: ['ada'] },
        },
        view: {
          pauses: [{ trigger: 'ask', until: day(2) }],
          hold: { until: day(1), reason: 'talks', by: 'Sam' },
          asks: [
            anAsk({ personId: 'ben', deliveredAt: day(-3) }),
            anAsk({ personId: 'cleo', deliveredAt: day(-2) }),
          ],
        },
        person: {
          suppressed: 'asks',
          hold: { until: Number.POSITIVE_INFINITY, reason: 'wish', by: 'Ada' },
          traits: { first_name: 'Ada', email: 'ada@rival.example' },
          asks: [card, ...elsewhere],
        },
      }),
    ).toEqual([
      '- paused: stopped by hand until Friday 10:00',
      '- audience: this is for pilot accounts only, and this account is none of them',
      '+ outranked: no other ask comes first',
      '- hold: put on hold by Sam until Thursday 10:00: talks',
      '- never.accounts: this account is on the list of those never asked',
      '- never.domains: eu.rival.example is on the list of domains never asked',
      '- never.plans: accounts on the plan Trial are never asked',
      '+ team_domains: not our own domain',
      '- support_trouble: urgent ticket open; will ask when this is over, at the latest Monday 10:00',
      '- per_account.asks: this account was asked 2 times in the last 14 days, and 1 is the most; possible again from 19 January',
      '- blackouts: nobody is asked until Friday 10:00: the holidays',
      '- per_account.minimum_tenure: a customer for less than 14 days; possible again from 18 January',
      '+ no_person: Ada',
      '+ no_address: Ada has an address',
      '- again: Ada was asked this before, or is about to be, and it is asked only once',
      '- never.people: Ada is on the list of people never asked',
      '- never.domains: rival.example is on the list of domains never asked',
      '- hold: put on hold by Ada: wish',
      '- suppressed: Ada does not want to be asked any more',
      '- per_person.asks: Ada was asked once in the last 30 days, and 1 is the most; possible again from 5 February',
      '- per_person.asks_per_year: Ada was asked 3 times in the last 365 days, and 3 is the most; possible again from 13 March',
      '- per_person.after_decline: Ada declined on Tuesday 22:00; possible again from 6 April',
      '- per_person.detractor_for: Ada gave a 5 on Tuesday 10:00; possible again from 5 July',
      '- per_account.people: 2 people of this account asked in the last 30 days, and 2 is the most; possible again from 3 February',
      '- per_person.nudges: Ada saw a card once in the last 1 day, and 1 is the most; possible again from today 22:00',
      '- nudge_closed: Ada closed a card on Tuesday 22:00; possible again from 5 February',
    ]);
  });

  test('of whom it would ask', () => {
    const nobody = (who: Trigger['who'], opening?: Opening) =>
      said('no_person', { trigger: { who }, ...(opening && { opening }) });
    const { personId: _, ...anonymous } = anOpening();
    expect(nobody('champion')).toEqual(['- no_person: nobody in the account can be reached and is content']);
    expect(nobody('promoter')).toEqual(['- no_person: nobody’s latest score is a 9 or 10']);
    expect(nobody('actor')).toEqual(['- no_person: there is no event yet, so nobody who did it']);
    expect(nobody('actor', anonymous)).toEqual(['- no_person: the event names nobody']);
    expect(nobody('referrer', anonymous)).toEqual(['- no_person: the event names nobody who referred']);
    expect(nobody('actor', anOpening({ personId: 'zoe' }))).toEqual([
      '- no_person: the person is still being looked up',
    ]);
  });

  test('of the address and the wishes of a person', () => {
    const opening = anOpening();
    const trigger = { who: 'actor' as const };
    const ada = { traits: { name: 'Ada' } };
    expect(said('no_address', { opening, trigger, person: ada })).toEqual([
      '- no_address: no email address of Ada is known',
    ]);
    expect(said('no_address', { opening, trigger: { ...trigger, channel: 'nudge' }, person: ada })).toEqual([
      '+ no_address: no email address of Ada is known, and this needs none',
    ]);
    expect(said('suppressed', { opening, trigger, person: { suppressed: 'all' } })).toEqual([
      '- suppressed: Ada wants no messages from us',
    ]);
    expect(
      said('team_domains', { opening, trigger, person: { traits: { email: 'ada@vendor.example' } } }),
    ).toEqual([
      '+ team_domains: not our own domain',
      '- team_domains: ada@vendor.example is one of our own team',
    ]);
    expect(said('again', { opening, trigger: { ...trigger, kind: 'thanks', again: 0 } })).toEqual([
      '+ again: may be said each time',
    ]);
    const { deliveredAt: _, ...underway } = anAsk({ trigger: 'ask', status: 'open', expiresAt: day(2) });
    expect(said('again', { opening, trigger, person: { asks: [underway] } })).toEqual([
      '- again: Ada was asked this before, or is about to be; possible again from Friday 10:00',
    ]);
  });

  test('of who writes a draft', () => {
    const draft = (given: Case) =>
      said('no_owner', { ...given, trigger: { channel: 'draft', ...given.trigger } });
    const fallback = { channel: 'email', after: DAY } as const;
    const stranger = [anAccountUpdate({ csm_email: 'eve@customer.example' })];
    expect(draft({ events: [anAccountUpdate({ csm_email: 'sam@vendor.example' })] })).toEqual([
      '+ no_owner: sam@vendor.example is responsible',
    ]);
    expect(draft({})).toEqual(['- no_owner: nobody is responsible for this account']);
    expect(draft({ trigger: { fallback } })).toEqual([
      '+ no_owner: nobody is responsible for this account, so it goes by email at once',
    ]);
    expect(draft({ events: stranger })).toEqual([
      '- no_owner: eve@customer.example is not an address of our team, and nobody else is responsible for this account',
    ]);
    expect(sentences({ trigger: {} }).some((one) => one.includes('no_owner'))).toBe(false);
  });

  test('of what holds a trigger itself', () => {
    const { deliveredAt: _, ...card } = anAsk({ channel: 'nudge', status: 'open', trigger: 'strong' });
    const strong = (asks: AccountView['asks']) => ({
      rivals: [{ name: 'strong', priority: 90 }],
      view: { asks },
    });
    expect(said('outranked', strong([{ ...card, expiresAt: day(2) }]))).toEqual([
      '- outranked: another ask came first; possible again from Friday 10:00',
    ]);
    expect(
      said(
        'outranked',
        strong([
          { ...card, expiresAt: day(4) },
          { ...card, expiresAt: day(3) },
        ]),
      ),
    ).toEqual(['- outranked: another ask came first; possible again from Sunday 10:00']);
    expect(said('outranked', strong([card]))).toEqual(['- outranked: another ask came first']);
    expect(said('outranked', strong([{ ...card, deliveredAt: day(-1), expiresAt: day(2) }]))).toEqual([
      '+ outranked: no other ask comes first',
    ]);
    expect(said('outranked', strong([{ ...card, kind: 'thanks', expiresAt: day(2) }]))).toEqual([
      '+ outranked: no other ask comes first',
    ]);
    expect(said('outranked', strong([{ ...card, channel: 'draft', expiresAt: day(2) }]))).toEqual([
      '+ outranked: no other ask comes first',
    ]);
    expect(said('outranked', { ...strong([card]), trigger: { kind: 'thanks' } })).toEqual([]);
    expect(said('outranked', { trigger: { kind: 'thanks' } })).toEqual([]);
    const paused = (...pauses: AccountView['pauses']) => said('paused', { view: { pauses } });
    expect(paused({ trigger: '*', until: Number.POSITIVE_INFINITY })).toEqual([
      '- paused: stopped by hand until someone resumes it',
    ]);
    expect(paused({ trigger: '*', until: day(3) }, { trigger: 'ask', until: day(1) })).toEqual([
      '- paused: stopped by hand until Saturday 10:00',
    ]);
    expect(paused({ trigger: '*', until: day(0) })).toEqual(['+ paused: not stopped']);
    const imported = { agenda: { openings: {}, cycles: {}, verdicts: {}, dormant: true } };
    expect(said('imported', { view: imported })).toEqual([
      '- imported: only imported history is known so far; the next new event starts it',
    ]);
  });

  test('of days without asks that are still to come, whichever comes first', () => {
    const days = (...all: readonly (readonly [number, number])[]) => {
      const blackouts = all.map(([from, to]) => ({ from: day(from), to: day(to), why: 'the launch' }));
      const catalog = aCatalog({
        triggers: [aTrigger({ name: 'ask', on: [], who: 'champion' })],
        guardrails: someGuardrails({ blackouts }),
      });
      const { decisions } = explain(catalog, aView(), day(0));
      return decisions[0]?.gates.find(({ gate }) => gate === 'blackouts');
    };
    const none = { gate: 'blackouts', passes: true, because: 'no days without asks' };
    expect(days()).toStrictEqual(none);
    expect(days([-3, -1])).toStrictEqual(none);
    expect(days([3, 3])).toStrictEqual(none);
    expect(days([5, 3])).toStrictEqual(none);
    expect(days([9, 10], [3, 4], [6, 7])).toStrictEqual({ ...none, changesAt: day(3) });
    expect(days([-1, 0])).toStrictEqual(none);
    expect(days([0, 0])).toStrictEqual(none);
  });

  test('of a plan that is none, and of several plans never asked', () => {
    const never = { domains: [], plans: ['internal', 'trial'], accounts: [], people: [] };
    const of = (plan: string | number) =>
      said('never.plans', { events: [anAccountUpdate({ plan, domain: 7 })], guardrails: { never } });
    expect(of('')).toEqual(['+ never.plans: no plan is known']);
    expect(of(7)).toEqual(['+ never.plans: no plan is known']);
    expect(of('trial')).toEqual(['- never.plans: accounts on the plan trial are never asked']);
    expect(of('pro')).toEqual(['+ never.plans: the plan is pro']);
  });

  test('of a blocker that the catalog does not know, and of thanks, which count as no ask', () => {
    expect(said('ghost', { guardrails: { blockWhen: ['ghost'] } })).toEqual([
      '+ ghost: nothing is known of ghost',
    ]);
    const thanks = anAsk({ kind: 'thanks', channel: 'nudge', deliveredAt: day(-0.5) });
    const words = sentences({
      events: [used],
      trigger: { channel: 'nudge' },
      view: { asks: [thanks] },
      person: { asks: [thanks] },
    });
    expect(words.filter((one) => /0 times|no people/.test(one))).toHaveLength(5);
  });

  test('of the domain of an account', () => {
    const at = (domain: string) => ({
      events: [anAccountUpdate({ domain })],
      guardrails: { never: { domains: ['rival.example'], plans: [], accounts: [], people: [] } },
    });
    expect(said('team_domains', at('vendor.example'))).toEqual([
      '- team_domains: vendor.example is our own domain',
    ]);
    expect(said('never.domains', at(''))).toEqual([
      '+ never.domains: not on the list of domains never asked',
    ]);
  });

  test('of an event that has not come', () => {
    expect(said('on', { trigger: { on: ['Kind Words', 'NPS Answered'] } })).toEqual([
      '- on: waiting for Kind Words or NPS Answered',
    ]);
  });
});

describe('the answers to the conditions of a trigger in words', () => {
  const gates: readonly Gate[] = [
    { kind: 'readiness', atLeast: 50, atMost: 70 },
    { kind: 'readiness', atLeast: 70 },
    { kind: 'signal', signal: 'daily_use' },
    { kind: 'signal', signal: 'support_trouble' },
    { kind: 'signal', signal: 'expansion' },
    { kind: 'signal', signal: 'expansion', within: 3 * DAY },
    { kind: 'signal', signal: 'ghost' },
    { kind: 'event', where: where({ score: { is: 1 } }) },
    { kind: 'account', where: where({ plan: { is: 'pro' } }) },
    { kind: 'person', where: where({ title: { exists: true } }) },
    { kind: 'asked', within: DAY },
    { kind: 'asked', within: 9 * DAY },
    { kind: 'declined', within: 9 * DAY },
    { kind: 'declined', within: DAY },
    { kind: 'referral', referral: 'any' },
    { kind: 'referral', referral: 'in_progress' },
    { kind: 'referral', referral: 'won' },
    { kind: 'referral', referral: { stage: 'lost' } },
    { kind: 'referral', referral: { stage: 'won', within: 9 * DAY } },
    { kind: 'referral', referral: { stage: 'won', within: DAY } },
    { kind: 'tenure', atLeast: 50 * DAY },
    { kind: 'tenure', atLeast: 500 * DAY },
  ];
  const referral = (stage: string, id: string) =>
    anEvent({ name: `Referral ${stage}`, occurredAt: day(-3), properties: { referral_id: id } });
  const events = [
    used,
    anEvent({ name: 'Ticket Opened', occurredAt: day(-8) }),
    anEvent({ name: 'Seats Added', occurredAt: day(-4) }),
    referral('Won', 'r1'),
    referral('Submitted', 'r2'),
  ];
  const view = { asks: [anAsk({ personId: 'ben', deliveredAt: day(-4), declinedAt: day(-4) })] };
  const answers = (given: Case) => sentences(given).slice(0, gates.length);

  test('that it wants', () => {
    expect(answers({ events, view, trigger: { when: gates } })).toEqual([
      '+ readiness: readiness is 60, at least 50 and at most 70',
      '- readiness: readiness is 60, not at least 70',
      '+ daily_use: Ada ran 1 workflows',
      '- support_trouble: no longer: support trouble, last on 30 December 2025',
      '+ expansion: expansion',
      '- expansion: expansion was last on Saturday 10:00, longer than 3 days ago',
      '- ghost: nothing is known of ghost',
      '- event: no event to look at',
      '- account: of the account, plan is unknown, not pro',
      '- person: of the person, title is unknown, not known',
      '- asked: not asked in the last 1 day',
      '+ asked: asked on Saturday 10:00, within the last 9 days',
      '+ declined: someone declined on Saturday 10:00',
      '- declined: nobody declined in the last 1 day',
      '+ referral: 2 referrals',
      '+ referral: 1 referral in progress',
      '+ referral: 1 referral won',
      '- referral: no referrals lost',
      '+ referral: a referral won in the last 9 days',
      '- referral: no referral won in the last 1 day',
      '+ tenure: a customer for 100 days',
      '- tenure: a customer for 100 days; possible again from 11 February 2027',
    ]);
  });

  test('that it does not want', () => {
    expect(answers({ events, view, trigger: { unless: gates } })).toEqual([
      '- readiness: readiness is 60, at least 50 and at most 70',
      '+ readiness: readiness is 60, not at least 70',
      '- daily_use: Ada ran 1 workflows; will ask when this is over',
      '+ support_trouble: no longer: support trouble, last on 30 December 2025',
      '- expansion: expansion; will ask when this is over',
      '+ expansion: expansion was last on Saturday 10:00, longer than 3 days ago',
      '+ ghost: nothing is known of ghost',
      '+ event: no event to look at',
      '+ account: of the account, plan is unknown, not pro',
      '+ person: of the person, title is unknown, not known',
      '+ asked: not asked in the last 1 day',
      '- asked: asked on Saturday 10:00, within the last 9 days; possible again from Monday 10:00',
      '- declined: someone declined on Saturday 10:00; possible again from Monday 10:00',
      '+ declined: nobody declined in the last 1 day',
      '- referral: 2 referrals',
      '- referral: 1 referral in progress',
      '- referral: 1 referral won',
      '+ referral: no referrals lost',
      '- referral: a referral won in the last 9 days; possible again from 13 January',
      '+ referral: no referral won in the last 1 day',
      '- tenure: a customer for 100 days',
      '+ tenure: a customer for 100 days',
    ]);
  });

  test('of an account of which nothing is known', () => {
    expect(answers({ trigger: { when: gates } })).toEqual([
      '- readiness: readiness is 0, not at least 50 and at most 70',
      '- readiness: readiness is 0, not at least 70',
      '- daily_use: no sign of: daily use',
      '- support_trouble: no sign of: support trouble',
      '- expansion: no sign of: expansion',
      '- expansion: no sign of: expansion',
      '- ghost: nothing is known of ghost',
      '- event: no event to look at',
      '- account: of the account, plan is unknown, not pro',
      '- person: nobody to look at',
      '- asked: not asked in the last 1 day',
      '- asked: not asked in the last 9 days',
      '- declined: nobody declined in the last 9 days',
      '- declined: nobody declined in the last 1 day',
      '- referral: no referrals',
      '- referral: no referrals in progress',
      '- referral: no referrals won',
      '- referral: no referrals lost',
      '- referral: no referral won in the last 9 days',
      '- referral: no referral won in the last 1 day',
      '- tenure: not known how long they have been a customer',
      '- tenure: not known how long they have been a customer',
    ]);
  });
});
