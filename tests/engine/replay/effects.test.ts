import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal, Trigger } from '../../../src/engine/catalog.ts';
import type { Event } from '../../../src/engine/event.ts';
import { fold } from '../../../src/engine/fold.ts';
import { read } from '../../../src/engine/measure.ts';
import { championPlans, createEffects, foldAndTell } from '../../../src/engine/replay/effects.ts';
import { indexSignals } from '../../../src/engine/signal-index.ts';
import { type AccountState, emptyState } from '../../../src/engine/state.ts';
import { DAY } from '../../../src/engine/time.ts';
import {
  aCatalog,
  aMatch,
  anAccountUpdate,
  anAnswer,
  anEvent,
  aSignal,
  aTrigger,
  day,
} from '../../builders.ts';
import { someHistory, someSignals } from '../arbitraries.ts';

/** What triggers may see of a state: answers that lapse with time are dated, what is there for good is only there. */
function seen(state: AccountState, signals: readonly Signal[], at: number) {
  return {
    signals: signals.map((signal) => {
      const { strength, datedAt } = read(state, signal, at);
      return { strength, datedAt: (signal.halfLife ?? signal.expires) === undefined ? undefined : datedAt };
    }),
    answers: state.answers,
    referrals: state.referrals,
    traits: Object.fromEntries(Object.entries(state.traits).map(([name, { value }]) => [name, value])),
    firstEventAt: state.firstEventAt,
  };
}

test('an event that is said to change no answer changes none, and is folded like any other', () => {
  let quiet = 0;
  let cases = 0;
  fc.assert(
    fc.property(someSignals, someHistory, (signals, events) => {
      const index = indexSignals(signals);
      const effectsOf = createEffects(aCatalog({ signals }));
      const state = emptyState();
      const known = emptyState();
      for (const event of events) {
        const at = Math.max(event.occurredAt, ...events.map(({ occurredAt }) => occurredAt));
        const before = structuredClone(seen(state, signals, at));
        const mayChange = foldAndTell(state, event, effectsOf(event.name), index, at);
        fold(known, event, index);
        expect(state).toEqual(known);
        cases += 1;
        if (mayChange) continue;
        quiet += 1;
        expect(seen(state, signals, at)).toEqual(before);
      }
    }),
    { numRuns: 1000 },
  );
  expect(quiet / cases).toBeGreaterThan(0.1);
});

describe('an event may change an answer', () => {
  const at = day(9);
  const tells = (signal: Partial<Signal>, events: readonly Event[], triggers: readonly Trigger[] = []) => {
    const signals = [aSignal(signal)];
    const index = indexSignals(signals);
    const effectsOf = createEffects(aCatalog({ signals, triggers }));
    const state = emptyState();
    return events.map((event) => foldAndTell(state, event, effectsOf(event.name), index, at));
  };
  const did = (name: string, on: number, more: Partial<Event> = {}) =>
    anEvent({ name, occurredAt: day(on), ...more });

  test('when it is the first, or comes before the first', () => {
    expect(tells({}, [did('Seen', 2), did('Seen', 3), did('Seen', 1), did('Seen', 1)])).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('when it is evidence that was missing, and not again where its date is nothing to anybody', () => {
    const used = [did('Seen', 0), ...[1, 2, 3].map((on) => did('Workflow Completed', on))];
    expect(tells({}, used)).toEqual([true, true, false, false]);
    expect(tells({ halfLife: DAY }, used)).toEqual([true, true, true, true]);
    expect(tells({ expires: 99 * DAY }, used)).toEqual([true, true, true, true]);
    const within = { kind: 'signal' as const, signal: 'activated', within: DAY };
    expect(tells({}, used, [aTrigger({ when: [within] })])).toEqual([true, true, true, true]);
    expect(tells({}, used, [aTrigger({ unless: [within] })])).toEqual([true, true, true, true]);
    expect(tells({}, used, [aTrigger({ when: [{ kind: 'signal', signal: 'activated' }] })])).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('when it is the one that was missing to a milestone', () => {
    const evidence = { kind: 'milestone' as const, match: aMatch(), times: 2 };
    const used = [did('Seen', 0), ...[1, 2, 3].map((on) => did('Workflow Completed', on))];
    expect(tells({ evidence }, used)).toEqual([true, false, true, false]);
  });

  test('when it ends evidence, and not when there was none to end', () => {
    const evidence = { kind: 'happened' as const, match: aMatch('Opened'), until: aMatch('Solved') };
    const events = [did('Seen', 0), did('Solved', 1), did('Opened', 2), did('Solved', 3), did('Solved', 4)];
    expect(tells({ evidence }, events)).toEqual([true, false, true, true, false]);
  });

  test('when it starts a silence, or breaks one', () => {
    const evidence = { kind: 'silent' as const, match: aMatch('Seen'), for: 3 * DAY };
    expect(tells({ evidence }, [did('Other', 0), did('Seen', 1), did('Seen', 2), did('Seen', 8)])).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  test('when it does not match it is nothing', () => {
    const evidence = { kind: 'happened' as const, match: aMatch('Seen', { plan: { is: 'pro' } }) };
    const seenAs = (plan: string, on: number) => did('Seen', on, { properties: { plan } });
    expect(tells({ evidence }, [seenAs('free', 0), seenAs('free', 1), seenAs('pro', 2)])).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('when it is a score, a word on a referral or on an ask, always', () => {
    const names = ['Referral Won', 'Ask Shown', 'Ask Shown', 'Referrals Opened', 'Asked'];
    expect(tells({}, [did('Seen', 0), ...names.map((name, i) => did(name, i + 1))])).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(
      tells({}, [did('Seen', 0), anAnswer(9, { occurredAt: day(1) }), anAnswer(9, { occurredAt: day(2) })]),
    ).toEqual([true, true, true]);
  });

  test('when somebody leaves the account, and when they come back', () => {
    const names = ['Seen', 'Account Removed User', 'Account Removed User', 'Seen', 'Seen'];
    expect(tells({}, [did('Seen', 0), ...names.map((name, i) => did(name, i + 1))])).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test('when it says something new of the account, and not when it says the same later', () => {
    const says = (plan: string | { a: number }, on: number) =>
      anAccountUpdate({ plan }, { occurredAt: day(on) });
    expect(tells({}, [says('pro', 1), says('pro', 2), says('free', 3), says('free', 4)])).toEqual([
      true,
      false,
      true,
      false,
    ]);
    // An older word may be the first report of what grows.
    expect(tells({}, [says('pro', 1), says('pro', 3), says('pro', 2)])).toEqual([true, false, true]);
    expect(tells({}, [says({ a: 1 }, 1), says({ a: 1 }, 2)])).toEqual([true, true]);
  });
});

test('what events of a name can change is known before they come', () => {
  const signals = [
    aSignal(),
    aSignal({ name: 'other', evidence: { kind: 'happened', match: aMatch('Opened') } }),
  ];
  const triggers = [
    aTrigger({ name: 'first', on: ['Kind Words'] }),
    aTrigger({ name: 'second', on: ['Kind Words', 'Opened'], when: [{ kind: 'person', where: [] }] }),
    aTrigger({ name: 'off', on: ['Kind Words'], status: 'paused' }),
  ];
  const effectsOf = createEffects(aCatalog({ signals, triggers }));
  const summary = (name: string) => {
    const { touched, opens, kind, isIdle } = effectsOf(name);
    return {
      touches: touched.map(({ signal }) => signal.name),
      opens: opens.map(({ trigger, place, looksAtTraits }) => [trigger.name, place, looksAtTraits]),
      kind,
      isIdle,
    };
  };
  const plain = { touches: [], opens: [], kind: 'plain', isIdle: false };
  expect(summary('Page Viewed')).toEqual({ ...plain, isIdle: true });
  expect(summary('Workflow Completed')).toEqual({ ...plain, touches: ['activated'] });
  expect(summary('Opened')).toEqual({ ...plain, touches: ['other'], opens: [['second', 1, true]] });
  expect(summary('Kind Words')).toEqual({
    ...plain,
    opens: [
      ['first', 0, false],
      ['second', 1, true],
    ],
  });
  expect(summary('Account Updated')).toEqual({ ...plain, kind: 'account' });
  for (const name of ['NPS Answered', 'Referral Won', 'Ask Shown'])
    expect(summary(name)).toEqual({ ...plain, kind: 'decisive' });
});

test('what events of a name can change is worked out once, for as many names as there may be', () => {
  const effectsOf = createEffects(aCatalog());
  const first = effectsOf('Page Viewed');
  for (let n = 1; n < 10_001; n += 1) effectsOf(`Page ${n} Viewed`);
  expect(effectsOf('Page Viewed')).toBe(first);
  effectsOf('Another Page Viewed');
  effectsOf('Yet Another Page Viewed');
  expect(effectsOf('Page Viewed')).not.toBe(first);
});

test('triggers that ask a champion and wait for no event have places of their own', () => {
  const triggers = [
    aTrigger({ name: 'waits', on: ['Kind Words'], who: 'champion' }),
    aTrigger({ name: 'first', on: [], who: 'champion', priority: 90 }),
    aTrigger({ name: 'promoter', on: [], who: 'promoter' }),
    aTrigger({ name: 'second', on: [], who: 'champion', when: [{ kind: 'person', where: [] }] }),
  ];
  const plans = championPlans(aCatalog({ triggers }));
  expect(plans.map(({ trigger, place, looksAtTraits }) => [trigger.name, place, looksAtTraits])).toEqual([
    ['first', 4, false],
    ['second', 5, true],
  ]);
});
