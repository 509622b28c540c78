import { describe, expect, test } from 'vitest';
import type { AccountView } from '../../src/engine/account.ts';
import type { Gate, Signal } from '../../src/engine/catalog.ts';
import type { Event } from '../../src/engine/event.ts';
import { tell } from '../../src/engine/finding.ts';
import { fold } from '../../src/engine/fold.ts';
import { findGate } from '../../src/engine/gate.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { type Subject, situate } from '../../src/engine/situation.ts';
import { emptyState } from '../../src/engine/state.ts';
import { DAY, type Instant } from '../../src/engine/time.ts';
import {
  aCatalog,
  aMatch,
  anAccountUpdate,
  anAsk,
  anEvent,
  anOpening,
  aPerson,
  aSignal,
  aView,
  day,
  where,
} from '../builders.ts';

const signals: Signal[] = [
  aSignal({ halfLife: 10 * DAY }),
  aSignal({
    name: 'expansion',
    evidence: { kind: 'happened', match: aMatch('Seats Added') },
    effect: { kind: 'none' },
    says: '{{ seats }} seats added by {{ person }}',
  }),
  aSignal({ name: 'habit', evidence: { kind: 'tenure', atLeast: 5 * DAY }, effect: { kind: 'none' } }),
];

type Case = {
  events?: readonly Event[];
  view?: Partial<AccountView>;
  subject?: Subject;
  at?: Instant;
  side?: 'when' | 'unless';
};
function answer(gate: Gate, { events = [], view, subject = {}, at = day(0), side = 'when' }: Case = {}) {
  const catalog = aCatalog({ signals });
  const index = indexSignals(signals);
  const state = events.reduce((folded, event) => fold(folded, event, index), emptyState());
  return tell(findGate(gate, side, situate(catalog, aView({ state, ...view }), at), subject));
}

describe('readiness', () => {
  const used = [anEvent()];
  test('passes within its bounds, edges included, and says when it could change', () => {
    expect(answer({ kind: 'readiness', atLeast: 60 }, { events: used })).toEqual({
      gate: 'readiness',
      passes: true,
      because: 'readiness is 60, at least 60',
      changesAt: day(0) + 1,
    });
    const low = answer({ kind: 'readiness', atLeast: 61 }, { events: used });
    expect(low).toEqual({ gate: 'readiness', passes: false, because: 'readiness is 60, not at least 61' });
  });

  test('too high comes down by itself', () => {
    const high = answer({ kind: 'readiness', atMost: 30 }, { events: used });
    expect(high.passes).toBe(false);
    expect(high.couldPassAt).toBe(day(10));
    expect(high.because).toBe('readiness is 60, not at most 30; possible again from 17 January');
  });
});

describe('a signal', () => {
  const gate: Gate = { kind: 'signal', signal: 'expansion', within: 3 * DAY };
  test('must be there, and not for longer than within', () => {
    const events = [anEvent({ name: 'Seats Added', properties: { seats: 5 } })];
    expect(answer(gate, { events })).toEqual({
      gate: 'expansion',
      passes: true,
      because: '5 seats added by ada',
      changesAt: day(3),
    });
    expect(answer(gate, { events, at: day(3) - 1 }).passes).toBe(true);
    expect(answer(gate, { events, at: day(3) })).toEqual({
      gate: 'expansion',
      passes: false,
      because: 'expansion was last on Wednesday 10:00, longer than 3 days ago',
    });
    expect(answer(gate)).toEqual({ gate: 'expansion', passes: false, because: 'no sign of: expansion' });
  });

  test('turned round holds while it is there', () => {
    const events = [anEvent({ name: 'Seats Added', properties: { seats: 5 } })];
    expect(answer(gate, { events, side: 'unless' })).toEqual({
      gate: 'expansion',
      passes: false,
      because: '5 seats added by ada; will ask when this is over',
      couldPassAt: day(3),
      changesAt: day(3),
    });
    expect(answer(gate, { side: 'unless' }).passes).toBe(true);
  });

  test('without a date is of now, however short within is', () => {
    const old = [anEvent({ occurredAt: day(-9) })];
    expect(answer({ kind: 'signal', signal: 'habit', within: DAY }, { events: old })).toStrictEqual({
      gate: 'habit',
      passes: true,
      because: 'habit',
    });
    const young = answer({ kind: 'signal', signal: 'habit' }, { events: [anEvent()] });
    expect(young).toMatchObject({
      passes: false,
      couldPassAt: day(5),
      because: 'no sign of: habit; possible again from Monday 10:00',
    });
  });

  test('that expires does so by within or by its own end, whichever is first', () => {
    const offer = aSignal({
      name: 'offer',
      evidence: { kind: 'happened', match: aMatch('Offer Made') },
      effect: { kind: 'none' },
      expires: 5 * DAY,
    });
    const made = [anEvent({ name: 'Offer Made' })];
    const asked = (within: number | undefined, at: Instant, side: 'when' | 'unless' = 'when') => {
      const catalog = aCatalog({ signals: [offer] });
      const state = made.reduce((known, event) => fold(known, event, indexSignals([offer])), emptyState());
      const gate: Gate = { kind: 'signal', signal: 'offer', ...(within && { within }) };
      return tell(findGate(gate, side, situate(catalog, aView({ state }), at), {}));
    };
    expect(asked(undefined, day(1)).changesAt).toBe(day(5));
    expect(asked(3 * DAY, day(1)).changesAt).toBe(day(3));
    expect(asked(9 * DAY, day(1)).changesAt).toBe(day(5));
    expect(asked(3 * DAY, day(3))).toStrictEqual({
      gate: 'offer',
      passes: false,
      because: 'offer was last on Wednesday 10:00, longer than 3 days ago',
    });
    expect(asked(3 * DAY, day(5))).toStrictEqual({
      gate: 'offer',
      passes: false,
      because: 'no longer: offer, last on Wednesday 10:00',
    });
    expect(asked(undefined, day(5)).because).toBe('no longer: offer, last on Wednesday 10:00');
    expect(asked(undefined, day(1), 'unless').because).toBe(
      'offer; will ask when this is over, at the latest Monday 10:00',
    );
  });

  test('that the catalog does not know is not there', () => {
    expect(answer({ kind: 'signal', signal: 'ghost' })).toMatchObject({ gate: 'ghost', passes: false });
    expect(answer({ kind: 'signal', signal: 'ghost' }, { side: 'unless' }).passes).toBe(true);
  });
});

describe('properties', () => {
  test('of the event, of the account, of the person', () => {
    const opening = anOpening({ properties: { score: 10, by: { team: 'ops' } } });
    expect(
      answer(
        { kind: 'event', where: where({ score: { atLeast: 9 }, 'by.team': { is: 'ops' } }) },
        { subject: { opening } },
      ),
    ).toEqual({
      gate: 'event',
      passes: true,
      because: 'score is 10, by.team is ops',
    });
    expect(answer({ kind: 'event', where: [] })).toMatchObject({ passes: false });
    const events = [anAccountUpdate({ plan: 'pro' })];
    expect(
      answer({ kind: 'account', where: where({ plan: { in: ['pro', 'team'] } }) }, { events }).passes,
    ).toBe(true);
    expect(answer({ kind: 'account', where: where({ seats: { above: 5 } }) }, { events }).because).toBe(
      'of the account, seats is unknown, not above 5',
    );
    const person = aPerson({ traits: { title: 'CTO' } });
    expect(
      answer({ kind: 'person', where: where({ title: { contains: 'CT' } }) }, { subject: { person } }).passes,
    ).toBe(true);
    expect(
      answer({ kind: 'person', where: where({ title: { not: 'CTO' } }) }, { subject: { person } }).because,
    ).toBe('of the person, title is CTO, not anything but CTO');
  });
});

describe('asked', () => {
  test('counts anyone of the account in (at − within, at], by channel or trigger where named', () => {
    const asks = [anAsk({ personId: 'ben', deliveredAt: day(-3) })];
    const view = { asks };
    expect(answer({ kind: 'asked', within: 4 * DAY }, { view })).toMatchObject({
      passes: true,
      changesAt: day(1),
    });
    expect(answer({ kind: 'asked', within: 3 * DAY }, { view }).passes).toBe(false);
    expect(answer({ kind: 'asked', within: 4 * DAY, channel: 'nudge' }, { view }).passes).toBe(false);
    expect(
      answer({ kind: 'asked', within: 4 * DAY, trigger: 'promoter-email', channel: 'email' }, { view })
        .passes,
    ).toBe(true);
    expect(answer({ kind: 'asked', within: 4 * DAY, trigger: 'other' }, { view }).passes).toBe(false);
  });

  test('says the last of several, until the last of them counts no more', () => {
    const asks = [-3, -1, -2].map((n) => anAsk({ deliveredAt: day(n) }));
    expect(answer({ kind: 'asked', within: 4 * DAY }, { view: { asks }, side: 'unless' })).toMatchObject({
      couldPassAt: day(3),
      because: 'asked on Tuesday 10:00, within the last 4 days; possible again from Saturday 10:00',
    });
    const today = [anAsk({ deliveredAt: day(0) - 1 })];
    expect(answer({ kind: 'asked', within: DAY }, { view: { asks: today } }).because).toBe(
      'asked today 09:59, within the last 1 day',
    );
    const { deliveredAt: _, ...sending } = anAsk({ status: 'sending' });
    const never = answer({ kind: 'asked', within: DAY }, { view: { asks: [sending] }, side: 'unless' });
    expect(never).toMatchObject({ passes: false });
    expect(never).not.toHaveProperty('couldPassAt');
  });

  test('leaves thanks out unless they are named', () => {
    const view = { asks: [anAsk({ kind: 'thanks', trigger: 'thanks', deliveredAt: day(-1) })] };
    expect(answer({ kind: 'asked', within: 4 * DAY }, { view }).passes).toBe(false);
    expect(answer({ kind: 'asked', within: 4 * DAY, trigger: 'thanks' }, { view }).passes).toBe(true);
  });

  test('turned round says from when on it is possible', () => {
    const view = { asks: [anAsk({ deliveredAt: day(-3) })] };
    expect(answer({ kind: 'asked', within: 4 * DAY }, { view, side: 'unless' })).toEqual({
      gate: 'asked',
      passes: false,
      couldPassAt: day(1),
      changesAt: day(1),
      because: 'asked on Sunday 10:00, within the last 4 days; possible again from Thursday 10:00',
    });
  });
});

describe('declined', () => {
  test('holds for as long as within, from the instant of the answer', () => {
    const view = { asks: [anAsk({ personId: 'ben', declinedAt: day(-2) })] };
    expect(answer({ kind: 'declined', within: 2 * DAY + 1 }, { view, side: 'unless' })).toMatchObject({
      passes: false,
      couldPassAt: day(0) + 1,
    });
    expect(answer({ kind: 'declined', within: 2 * DAY }, { view, side: 'unless' }).passes).toBe(true);
  });
});

describe('referrals', () => {
  const moved = (stage: string, id: string, at: Instant) =>
    anEvent({ name: `Referral ${stage}`, properties: { referral_id: id }, occurredAt: at });
  const events = [
    moved('Submitted', 'r1', day(-9)),
    moved('Won', 'r1', day(-3)),
    moved('Lost', 'r2', day(-1)),
  ];

  test('in progress are those that have not ended', () => {
    expect(answer({ kind: 'referral', referral: 'in_progress' }, { events }).passes).toBe(false);
    const more = [...events, moved('Qualified', 'r3', day(-1))];
    expect(answer({ kind: 'referral', referral: 'in_progress' }, { events: more })).toMatchObject({
      passes: true,
      because: '1 referral in progress',
    });
  });

  test('by the stage they stand at, within a time where one is given', () => {
    expect(answer({ kind: 'referral', referral: 'won' }, { events }).passes).toBe(true);
    expect(answer({ kind: 'referral', referral: 'any' }).passes).toBe(false);
    expect(answer({ kind: 'referral', referral: { stage: 'submitted' } }, { events }).passes).toBe(false);
    const gate: Gate = { kind: 'referral', referral: { stage: 'won', within: 4 * DAY } };
    expect(answer(gate, { events })).toMatchObject({ passes: true, changesAt: day(1) });
    expect(answer(gate, { events, at: day(1) }).passes).toBe(false);
  });
});

describe('tenure', () => {
  test('runs from created_at, else from the first event', () => {
    const gate: Gate = { kind: 'tenure', atLeast: 10 * DAY };
    expect(answer(gate, { events: [anEvent({ occurredAt: day(-9) })] })).toMatchObject({
      passes: false,
      couldPassAt: day(1),
    });
    const created = anAccountUpdate({ created_at: '2020-01-01' });
    expect(answer(gate, { events: [created] }).passes).toBe(true);
    expect(answer(gate).passes).toBe(false);
    expect(answer(gate, { events: [anEvent({ occurredAt: day(-9) })], side: 'unless' })).toMatchObject({
      passes: true,
      changesAt: day(1),
    });
  });
});
