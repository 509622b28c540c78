import { describe, expect, test } from 'vitest';
import type { AccountView, AskRecord } from '../../src/engine/account.ts';
import type { Catalog, Trigger } from '../../src/engine/catalog.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { recheck } from '../../src/engine/recheck.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
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

const promoter = aSignal({
  name: 'promoter',
  evidence: { kind: 'nps', atLeast: 9, people: 1 },
  halfLife: DAY,
});
const trouble = aSignal({
  name: 'support_trouble',
  evidence: { kind: 'happened', match: aMatch('Ticket Opened') },
  effect: { kind: 'dampens', share: 0.9 },
});
const ask = (overrides: Partial<AskRecord> = {}) => {
  const { deliveredAt: _, ...planned } = anAsk({
    id: 'this',
    status: 'scheduled',
    decidedAt: day(0),
    ...overrides,
  });
  return planned;
};
const catalogOf = (trigger: Partial<Trigger> = {}, blockWhen: string[] = []): Catalog =>
  aCatalog({
    signals: [promoter, trouble],
    triggers: [aTrigger(trigger), aTrigger({ name: 'strong', priority: 90 })],
    guardrails: someGuardrails({ blockWhen }),
  });

function again(catalog: Catalog, events: readonly Event[], one = ask(), view: Partial<AccountView> = {}) {
  const index = indexSignals(catalog.signals);
  const state = events.reduce((folded, event) => fold(folded, event, index), emptyState());
  const found = recheck(
    catalog,
    aView({ state, asks: [one], people: new Map([['ada', aPerson()]]), ...view }),
    one,
    day(2),
  );
  return found.stands ? 'stands' : found.gate;
}

describe('the second look', () => {
  const ready = catalogOf({ when: [{ kind: 'readiness', atLeast: 50 }] });

  test('lets fading alone pass, as of the decision', () => {
    expect(again(ready, [anAnswer(10)])).toBe('stands');
  });

  test('lets bad news that came since withdraw it', () => {
    expect(again(ready, [anAnswer(10), anEvent({ name: 'Ticket Opened', occurredAt: day(1) })])).toBe(
      'readiness',
    );
    expect(
      again(ready, [anAnswer(10, { responseId: 'r' }), anAnswer(7, { responseId: 'r', occurredAt: day(1) })]),
    ).toBe('readiness');
  });

  test('withdraws what would ask somebody who has left, and not what thanks them', () => {
    const removed = anEvent({ name: 'Account Removed User', occurredAt: day(1) });
    const thanks = catalogOf({ kind: 'thanks' });
    for (const channel of ['email', 'draft', 'nudge'] as const)
      expect(again(catalogOf(), [removed], ask({ channel }))).toBe('no_person');
    expect(again(thanks, [removed], ask({ kind: 'thanks' }))).toBe('stands');
    expect(again(catalogOf(), [removed, anEvent({ occurredAt: day(1.5) })])).toBe('stands');
  });

  test('leaves the ask itself out of every count', () => {
    expect(
      again(catalogOf({ unless: [{ kind: 'asked', within: 90 * DAY }] }), [], ask({ status: 'sending' })),
    ).toBe('stands');
  });

  test('sees what was asked since, here or elsewhere', () => {
    const other = anAsk({ trigger: 'other', personId: 'ben', deliveredAt: day(1) });
    expect(again(catalogOf(), [], ask(), { asks: [ask(), other] })).toBe('per_account.asks');
    const elsewhere = aPerson({
      asks: [anAsk({ accountId: 'globex', trigger: 'other', deliveredAt: day(1) })],
    });
    expect(again(catalogOf(), [], ask(), { people: new Map([['ada', elsewhere]]) })).toBe('per_person.asks');
  });

  test('looks at blockers, unless, traits, holds, pauses and suppression as they are now', () => {
    const ticket = anEvent({ name: 'Ticket Opened', occurredAt: day(1) });
    expect(again(catalogOf({}, ['support_trouble']), [ticket])).toBe('support_trouble');
    expect(again(catalogOf({ unless: [{ kind: 'signal', signal: 'support_trouble' }] }), [ticket])).toBe(
      'support_trouble',
    );
    expect(
      again(catalogOf({ when: [{ kind: 'account', where: where({ plan: { is: 'pro' } }) }] }), [
        anAccountUpdate({ plan: 'free' }),
      ]),
    ).toBe('account');
    expect(
      again(catalogOf({ when: [{ kind: 'person', where: where({ title: { exists: true } }) }] }), []),
    ).toBe('person');
    expect(again(catalogOf(), [], ask(), { hold: { until: day(3), reason: 'talks', by: 'Sam' } })).toBe(
      'hold',
    );
    expect(again(catalogOf(), [], ask(), { pauses: [{ trigger: '*', until: day(3) }] })).toBe('paused');
    expect(
      again(catalogOf(), [], ask(), { people: new Map([['ada', aPerson({ suppressed: 'asks' })]]) }),
    ).toBe('suppressed');
    expect(again(catalogOf(), [], ask(), { people: new Map([['ada', aPerson({ traits: {} })]]) })).toBe(
      'no_address',
    );
    expect(again(catalogOf(), [], ask(), { people: new Map() })).toBe('no_person');
  });

  test('does not ask again for what only mattered when deciding', () => {
    const gone = catalogOf({
      when: [
        { kind: 'signal', signal: 'promoter' },
        { kind: 'event', where: where({ score: { is: 1 } }) },
        { kind: 'tenure', atLeast: 999 * DAY },
      ],
    });
    expect(again(gone, [])).toBe('stands');
  });

  test('spares thanks everything but suppression, pauses and their own conditions', () => {
    const thanks = ask({ kind: 'thanks' });
    const other = anAsk({ trigger: 'other', deliveredAt: day(1) });
    expect(
      again(catalogOf({ kind: 'thanks' }), [], thanks, {
        asks: [thanks, other],
        hold: { until: day(9), reason: 'x', by: 'y' },
      }),
    ).toBe('stands');
    expect(
      again(catalogOf({ kind: 'thanks' }), [], thanks, {
        people: new Map([['ada', aPerson({ suppressed: 'all' })]]),
      }),
    ).toBe('suppressed');
  });

  test('of an ask made by hand knows the guardrails only', () => {
    expect(again(catalogOf(), [], ask({ trigger: 'by-hand' }))).toBe('stands');
    expect(
      again(
        catalogOf({}, ['support_trouble']),
        [anEvent({ name: 'Ticket Opened' })],
        ask({ trigger: 'by-hand' }),
      ),
    ).toBe('support_trouble');
  });
});

describe('what the second look finds', () => {
  test('says in words what it found, and names the gate', () => {
    expect(recheck(catalogOf(), aView(), ask(), day(1))).toEqual({
      stands: false,
      gate: 'no_person',
      reason: 'the person is no longer known',
    });
  });

  test('of an ask whose trigger was stopped by hand says so, known or not', () => {
    const pauses = [{ trigger: 'by-hand', until: day(3) }];
    expect(again(catalogOf(), [], ask({ trigger: 'by-hand' }), { pauses })).toBe('paused');
    expect(again(catalogOf({ status: 'paused' }), [])).toBe('paused');
  });

  test('is not stopped by a signal that the catalog does not know', () => {
    expect(again(catalogOf({ unless: [{ kind: 'signal', signal: 'ghost' }] }), [])).toBe('stands');
  });

  test('looks at what the trigger rules out of the event that opened it', () => {
    const low = [{ kind: 'event' as const, where: where({ score: { is: 10 } }) }];
    const opening = anOpening({ properties: { score: 10 } });
    expect(again(catalogOf({ unless: low }), [], ask({ opening }))).toBe('event');
    expect(again(catalogOf({ unless: low }), [], ask({ opening: anOpening({ properties: {} }) }))).toBe(
      'stands',
    );
    const cto = [{ kind: 'person' as const, where: where({ title: { is: 'CTO' } }) }];
    const people = new Map([['ada', aPerson({ traits: { email: 'ada@customer.example', title: 'CTO' } })]]);
    expect(again(catalogOf({ unless: cto }), [], ask(), { people })).toBe('person');
    expect(again(catalogOf({ when: cto }), [], ask(), { people })).toBe('stands');
  });

  test('leaves the ask itself out wherever asks are counted', () => {
    const self = anAsk({ id: 'self', status: 'scheduled' });
    const people = new Map([['ada', aPerson({ asks: [self] })]]);
    expect(again(catalogOf(), [], self, { asks: [self], people })).toBe('stands');
  });

  test('counts an impression, also of a card that is still open', () => {
    const seen = anAsk({
      id: 'seen',
      channel: 'nudge',
      trigger: 'other',
      status: 'open',
      decidedAt: day(2),
      deliveredAt: day(1),
    });
    expect(again(catalogOf(), [], ask(), { asks: [ask(), seen] })).toBe('per_account.asks');
    const { deliveredAt: _, ...unseen } = seen;
    expect(again(catalogOf(), [], ask(), { asks: [ask(), unseen] })).toBe('stands');
  });
});

describe('two asks that want the same place', () => {
  const rival = (overrides: Partial<AskRecord> = {}) => {
    const { deliveredAt: _, ...planned } = anAsk({
      id: 'rival',
      trigger: 'strong',
      status: 'scheduled',
      ...overrides,
    });
    return planned;
  };
  const versus = (one: AskRecord, other: AskRecord) => again(catalogOf(), [], one, { asks: [one, other] });

  test('the one decided first keeps it', () => {
    expect(versus(ask(), rival({ decidedAt: day(0) + HOUR }))).toBe('stands');
    expect(versus(ask(), rival({ decidedAt: day(0) - HOUR }))).toBe('per_account.asks');
    expect(versus(ask({ id: 'a' }), rival({ id: 'b' }))).toBe('stands');
    expect(versus(ask({ id: 'c' }), rival({ id: 'b' }))).toBe('per_account.asks');
  });

  test('a card gives way to a stronger ask only', () => {
    const card = ask({ channel: 'nudge', status: 'open' });
    expect(versus(card, rival({ decidedAt: day(1) }))).toBe('per_account.asks');
    expect(versus(card, rival({ trigger: 'promoter-email', personId: 'ben', decidedAt: day(-1) }))).toBe(
      'stands',
    );
  });
});
