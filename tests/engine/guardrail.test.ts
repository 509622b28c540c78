import { describe, expect, test } from 'vitest';
import type { AccountView, AskRecord, Person } from '../../src/engine/account.ts';
import type { Guardrails, Trigger } from '../../src/engine/catalog.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { GATE_LABELS } from '../../src/engine/gate-labels.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { DAY, HOUR, type Instant } from '../../src/engine/time.ts';
import {
  aCatalog,
  aMatch,
  anAccountUpdate,
  anAnswer,
  anAsk,
  anEvent,
  aPerson,
  aSignal,
  aTrigger,
  aView,
  day,
  someGuardrails,
} from '../builders.ts';

type Case = {
  readonly trigger?: Partial<Trigger>;
  readonly guardrails?: Partial<Guardrails>;
  readonly events?: readonly Event[];
  readonly view?: Partial<AccountView>;
  readonly person?: Partial<Person>;
  readonly asks?: readonly AskRecord[];
  readonly at?: Instant;
};

const trouble = aSignal({
  name: 'support_trouble',
  evidence: { kind: 'happened', match: aMatch('Ticket Opened') },
  effect: { kind: 'none' },
});

/** A trigger that asks ada, unless what is given holds it. */
function evaluate({ trigger, guardrails, events = [], view, person, asks = [], at = day(0) }: Case) {
  const catalog = aCatalog({
    signals: [aSignal(), trouble],
    triggers: [aTrigger({ name: 'always', on: [], who: 'champion', ...trigger })],
    guardrails: someGuardrails(guardrails),
  });
  const index = indexSignals(catalog.signals);
  const state = [anEvent({ occurredAt: day(-100) }), ...events].reduce(
    (folded, event) => fold(folded, event, index),
    emptyState(),
  );
  const ada = aPerson({ asks: asks.filter(({ personId }) => personId === 'ada'), ...person });
  return decide(catalog, aView({ state, asks, people: new Map([['ada', ada]]), ...view }), at);
}

const holds = (given: Case) =>
  evaluate(given).decisions.flatMap(({ gates }) => gates.flatMap(({ gate, passes }) => (passes ? [] : gate)));
const wakes = (given: Case) => evaluate(given).wakeAt;

test('with nothing in the way it asks', () => {
  expect(holds({})).toEqual([]);
});

describe('caps', () => {
  const elsewhere = (overrides: Partial<AskRecord> = {}) =>
    anAsk({ trigger: 'other', accountId: 'globex', ...overrides });
  const ben = (overrides: Partial<AskRecord> = {}) =>
    anAsk({ trigger: 'other', personId: 'ben', ...overrides });

  test('per_account.asks holds for two weeks after anyone of the account was asked', () => {
    const asks = [ben({ deliveredAt: day(-14) + 1 })];
    expect(holds({ asks })).toEqual(['per_account.asks']);
    expect(wakes({ asks })).toBe(day(0) + 1);
    expect(holds({ asks, at: day(0) + 1 })).toEqual([]);
  });

  test('per_person.asks holds for thirty days after they were asked, in whatever account', () => {
    const person = { asks: [elsewhere({ deliveredAt: day(-29) })] };
    expect(holds({ person })).toEqual(['per_person.asks']);
    expect(wakes({ person })).toBe(day(1));
    expect(holds({ person, at: day(1) })).toEqual([]);
  });

  test('per_person.asks_per_year counts 365 days', () => {
    const person = { asks: [-364, -200, -100].map((n) => elsewhere({ deliveredAt: day(n) })) };
    expect(holds({ person })).toEqual(['per_person.asks_per_year']);
    expect(holds({ person, at: day(1) })).toEqual([]);
  });

  test('per_account.people lets those be asked who were, and nobody new', () => {
    const roomy = { perAccount: { ...someGuardrails().perAccount, asks: { count: 9, within: DAY } } };
    const asks = [
      ben({ deliveredAt: day(-20) }),
      anAsk({ personId: 'cleo', trigger: 'other', deliveredAt: day(-10) }),
    ];
    expect(holds({ asks, guardrails: roomy })).toEqual(['per_account.people']);
    expect(wakes({ asks, guardrails: roomy })).toBe(day(10));
    const known = [...asks, anAsk({ trigger: 'other', deliveredAt: day(-29) })].map((ask, i) =>
      i === 0 ? { ...ask, deliveredAt: day(-31) } : ask,
    );
    expect(
      holds({
        asks: known,
        guardrails: {
          ...roomy,
          perPerson: { ...someGuardrails().perPerson, asks: { count: 9, within: DAY } },
        },
      }),
    ).toEqual([]);
  });

  test('per_person.after_decline holds from any account, also for a decline that was never noted as such', () => {
    expect(
      holds({
        person: { asks: [elsewhere({ status: 'declined', deliveredAt: day(-89), declinedAt: day(-89) })] },
      }),
    ).toEqual(['per_person.after_decline']);
    expect(
      holds({
        person: { asks: [elsewhere({ status: 'declined', deliveredAt: day(-89), settledAt: day(-89) })] },
      }),
    ).toEqual(['per_person.after_decline']);
    expect(
      holds({
        person: { asks: [elsewhere({ status: 'declined', deliveredAt: day(-90), declinedAt: day(-90) })] },
      }),
    ).toEqual([]);
  });

  test('per_person.nudges and a closed card concern cards only', () => {
    const loose = { perPerson: { ...someGuardrails().perPerson, asks: { count: 9, within: DAY } } };
    const seen = { asks: [elsewhere({ channel: 'nudge' as const, deliveredAt: day(-1) + 1 })] };
    expect(holds({ person: seen, guardrails: loose, trigger: { channel: 'nudge' } })).toEqual([
      'per_person.nudges',
    ]);
    expect(holds({ person: seen, guardrails: loose })).toEqual([]);
    const closed = {
      asks: [elsewhere({ channel: 'nudge' as const, deliveredAt: day(-29), closedAt: day(-29) })],
    };
    expect(holds({ person: closed, guardrails: loose, trigger: { channel: 'nudge' } })).toEqual([
      'nudge_closed',
    ]);
    expect(wakes({ person: closed, guardrails: loose, trigger: { channel: 'nudge' } })).toBe(day(1));
    expect(holds({ person: closed, guardrails: loose })).toEqual([]);
  });

  test('per_person.nudges counts cards only, and a card closed thirty days ago is forgotten', () => {
    const loose = { perPerson: { ...someGuardrails().perPerson, asks: { count: 9, within: DAY } } };
    const nudge = { guardrails: loose, trigger: { channel: 'nudge' as const } };
    expect(holds({ ...nudge, person: { asks: [elsewhere({ deliveredAt: day(-0.5) })] } })).toEqual([]);
    const closed = (...days: number[]) => ({
      ...nudge,
      person: {
        asks: days.map((n) => elsewhere({ channel: 'nudge', deliveredAt: day(n), closedAt: day(n) })),
      },
    });
    expect(holds(closed(-30))).toEqual([]);
    expect(wakes(closed(-5, -29))).toBe(day(25));
    expect(wakes(closed(-29, -5))).toBe(day(25));
  });

  test('again counts from the last ask of a trigger, and from no ask of its time as a shadow', () => {
    const own = (n: number, overrides: Partial<AskRecord> = {}) =>
      elsewhere({ trigger: 'always', deliveredAt: day(n), ...overrides });
    expect(holds({ person: { asks: [own(-80), own(-40)] } })).toEqual(['again']);
    expect(wakes({ person: { asks: [own(-80), own(-40)] } })).toBe(day(50));
    expect(wakes({ person: { asks: [own(-40), own(-80)] } })).toBe(day(50));
    expect(holds({ person: { asks: [own(-1, { status: 'shadow', decidedAt: day(-1) })] } })).toEqual([]);
    const { deliveredAt: _, ...underway } = own(0, { status: 'scheduled' });
    expect(holds({ trigger: { again: 0 }, person: { asks: [underway] } })).toContain('again');
  });

  test('per_person.detractor_for looks at their own latest answer', () => {
    const low = anAnswer(6, { occurredAt: day(-179) });
    const actor = { who: 'actor' as const, on: ['NPS Answered'] };
    expect(holds({ events: [low] })).toEqual(['no_person']); // a detractor is no champion
    const view = {
      agenda: {
        openings: {
          always: [{ id: 'x', occurredAt: day(0), name: 'NPS Answered', personId: 'ada', properties: {} }],
        },
        cycles: {},
        verdicts: {},
      },
    };
    expect(holds({ events: [low], trigger: actor, view })).toEqual(['per_person.detractor_for']);
    expect(holds({ events: [low, anAnswer(8, { occurredAt: day(-2) })], trigger: actor, view })).toEqual([]);
    expect(holds({ events: [anAnswer(6, { occurredAt: day(-180) })], trigger: actor, view })).toEqual([]);
  });

  test('per_account.minimum_tenure holds a new customer, and lets an unknown age pass with a note', () => {
    const created = (n: number) => anAccountUpdate({ created_at: new Date(day(n)).toISOString() });
    expect(holds({ events: [created(-13)] })).toEqual(['per_account.minimum_tenure']);
    expect(wakes({ events: [created(-13)] })).toBe(day(1));
    expect(holds({ events: [created(-14)] })).toEqual([]);
    const note = evaluate({}).decisions[0]?.gates.find(({ gate }) => gate === 'per_account.minimum_tenure');
    expect(note).toMatchObject({
      passes: true,
      because: 'not known when they became a customer, so this is not checked',
    });
  });
});

describe('what people said', () => {
  test('a hold on the account or the person holds until its date', () => {
    const hold = { until: day(2), reason: 'renewal talks', by: 'Sam' };
    expect(holds({ view: { hold } })).toEqual(['hold']);
    expect(wakes({ view: { hold } })).toBe(day(2));
    expect(holds({ view: { hold }, at: day(2) })).toEqual([]);
    expect(holds({ person: { hold } })).toEqual(['hold']);
  });

  test('a pause stops one trigger or all, thanks too, until its date or until resumed', () => {
    const stopped = (trigger: string, until = Number.POSITIVE_INFINITY) => ({
      view: { pauses: [{ trigger, until }] },
    });
    expect(holds(stopped('*'))).toEqual(['paused']);
    expect(holds(stopped('always'))).toEqual(['paused']);
    expect(holds(stopped('another'))).toEqual([]);
    expect(holds({ ...stopped('*'), trigger: { kind: 'thanks' } })).toEqual(['paused']);
    expect(wakes(stopped('*', day(1)))).toBe(day(1));
    expect(wakes(stopped('*'))).toBeUndefined();
  });

  test('no more asks leaves thanks, no more messages leaves nothing', () => {
    const asked = { who: 'actor' as const, on: ['Kind Words'] };
    const view = {
      agenda: {
        openings: {
          always: [{ id: 'x', occurredAt: day(0), name: 'Kind Words', personId: 'ada', properties: {} }],
        },
        cycles: {},
        verdicts: {},
      },
    };
    expect(holds({ person: { suppressed: 'asks' }, trigger: asked, view })).toEqual(['suppressed']);
    expect(holds({ person: { suppressed: 'asks' }, trigger: { ...asked, kind: 'thanks' }, view })).toEqual(
      [],
    );
    expect(holds({ person: { suppressed: 'all' }, trigger: { ...asked, kind: 'thanks' }, view })).toEqual([
      'suppressed',
    ]);
  });

  test('the lists of those never asked', () => {
    const never = { domains: ['rival.example'], plans: ['trial'], accounts: ['acme'], people: ['ada'] };
    const none = { domains: [], plans: [], accounts: [], people: [] };
    const actor = {
      trigger: { who: 'actor' as const, on: ['Kind Words'] },
      view: {
        agenda: {
          openings: {
            always: [{ id: 'x', occurredAt: day(0), name: 'Kind Words', personId: 'ada', properties: {} }],
          },
          cycles: {},
          verdicts: {},
        },
      },
    };
    expect(holds({ ...actor, guardrails: { never: { ...none, accounts: never.accounts } } })).toEqual([
      'never.accounts',
    ]);
    expect(holds({ ...actor, guardrails: { never: { ...none, people: never.people } } })).toEqual([
      'never.people',
    ]);
    expect(holds({ events: [anAccountUpdate({ plan: 'Trial' })], guardrails: { never } })).toContain(
      'never.plans',
    );
    expect(
      holds({
        events: [anAccountUpdate({ domain: 'eu.rival.example' })],
        guardrails: { never: { ...none, domains: never.domains } },
      }),
    ).toEqual(['never.domains']);
    expect(
      holds({
        ...actor,
        person: { traits: { email: 'ada@Rival.example' } },
        guardrails: { never: { ...none, domains: never.domains } },
      }),
    ).toEqual(['never.domains']);
    expect(
      holds({
        events: [anAccountUpdate({ domain: 'notrival.example' })],
        guardrails: { never: { ...none, domains: never.domains } },
      }),
    ).toEqual([]);
    expect(holds({ ...actor, person: { traits: { email: 'ada@vendor.example' } } })).toEqual([
      'team_domains',
    ]);
    expect(holds({ events: [anAccountUpdate({ domain: 'vendor.example' })] })).toEqual(['team_domains']);
  });

  test('a pilot is for its accounts', () => {
    expect(holds({ trigger: { audience: { accounts: ['globex'] } } })).toEqual(['audience']);
    expect(holds({ trigger: { audience: { accounts: ['acme'] } } })).toEqual([]);
  });

  test('nobody is asked in a blackout, and the account wakes at its start and end', () => {
    const guardrails = { blackouts: [{ from: day(1), to: day(3), why: 'the holidays' }] };
    expect(holds({ guardrails, at: day(1) })).toEqual(['blackouts']);
    expect(wakes({ guardrails, at: day(1) })).toBe(day(3));
    expect(holds({ guardrails, at: day(3) })).toEqual([]);
    const waiting = { guardrails, trigger: { when: [{ kind: 'readiness' as const, atLeast: 99 }] } };
    expect(wakes(waiting)).toBe(day(1));
    expect(holds({ guardrails, at: day(1), trigger: { kind: 'thanks' } })).toEqual([]);
  });

  test('an ask is never planned into a blackout', () => {
    const guardrails = { blackouts: [{ from: day(0) + HOUR, to: day(1), why: 'the launch' }] };
    expect(evaluate({ guardrails, trigger: { delay: 2 * HOUR } }).asks).toMatchObject([{ dueAt: day(1) }]);
  });

  test('the account’s blockers hold under their own names', () => {
    const events = [anEvent({ name: 'Ticket Opened' })];
    expect(holds({ events, guardrails: { blockWhen: ['support_trouble'] } })).toEqual(['support_trouble']);
    expect(
      holds({ events, guardrails: { blockWhen: ['support_trouble'] }, trigger: { kind: 'thanks' } }),
    ).toEqual([]);
  });

  test('an email needs an address, a draft and a card do not and the draft says so', () => {
    const person = { traits: { name: 'Ada Lovelace' } };
    const actor = { who: 'actor' as const, on: ['Kind Words'] };
    const view = {
      workspace: { teamDomains: ['vendor.example'], defaultOwnerEmail: 'sam@vendor.example' },
      agenda: {
        openings: {
          always: [{ id: 'x', occurredAt: day(0), name: 'Kind Words', personId: 'ada', properties: {} }],
        },
        cycles: {},
        verdicts: {},
      },
    };
    expect(holds({ person, view, trigger: actor })).toEqual(['no_address']);
    expect(holds({ person, view, trigger: { ...actor, channel: 'nudge' } })).toEqual([]);
    const draft = evaluate({ person, view, trigger: { ...actor, channel: 'draft' } });
    expect(draft.asks).toMatchObject([{ channel: 'draft' }]);
    expect(draft.decisions[0]?.gates.find(({ gate }) => gate === 'no_address')?.because).toBe(
      'no email address of Ada Lovelace is known, and this needs none',
    );
  });
});

describe('the words', () => {
  test('of every gate are plain, and never ours', () => {
    const red: Case = {
      events: [
        anEvent({ name: 'Ticket Opened' }),
        anAccountUpdate({
          plan: 'trial',
          domain: 'vendor.example',
          created_at: new Date(day(-1)).toISOString(),
        }),
      ],
      guardrails: {
        blockWhen: ['support_trouble'],
        blackouts: [{ from: day(-1), to: day(1), why: 'the holidays' }],
        never: { domains: [], plans: ['trial'], accounts: ['acme'], people: ['ada'] },
      },
      asks: [
        anAsk({
          trigger: 'always',
          channel: 'nudge',
          deliveredAt: day(-0.5),
          declinedAt: day(-0.4),
          closedAt: day(-0.4),
        }),
      ],
      view: {
        hold: { until: day(2), reason: 'talks', by: 'Sam' },
        pauses: [{ trigger: '*', until: day(1) }],
      },
      person: { suppressed: 'all' },
      trigger: {
        channel: 'nudge',
        who: 'promoter',
        audience: { accounts: [] },
        when: [
          { kind: 'readiness', atLeast: 99 },
          { kind: 'tenure', atLeast: 20 * DAY },
        ],
        unless: [
          { kind: 'asked', within: DAY },
          { kind: 'declined', within: DAY },
          { kind: 'signal', signal: 'activated' },
        ],
      },
    };
    const words = [red, {}, { ...red, events: [...(red.events ?? []), anAnswer(9)] }].flatMap((given) =>
      evaluate(given).decisions.flatMap(({ gates }) => gates.map(({ because }) => because)),
    );
    expect(words.length).toBeGreaterThan(60);
    for (const one of words) {
      expect(one).not.toMatch(
        /\b(gates?|triggers?|opening|ledger|cap|cooldown|outranked|held out|verdict|shadow|nudge|undefined|NaN)\b|_/i,
      );
      expect(one).toMatch(/\S/);
    }
  });

  test('has a label for each', () => {
    for (const label of Object.values(GATE_LABELS)) expect(label).not.toMatch(/gate|trigger|outranked|_/);
  });
});
