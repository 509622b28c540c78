import type { AccountView, AskRecord, Opening, Person } from '../src/engine/account.ts';
import { emptyAgenda } from '../src/engine/account.ts';
import type { Catalog, Guardrails, Match, Signal, Test, Trigger, Where } from '../src/engine/catalog.ts';
import type { Event } from '../src/engine/event.ts';
import { emptyState } from '../src/engine/state.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../src/engine/time.ts';

/** Wednesday 2026-01-07, 10:00 UTC: the hour at which examples run. */
export const START: Instant = Date.UTC(2026, 0, 7, 10);

/** `n` days after Wednesday 2026-01-07 10:00 UTC; may be a fraction or negative. */
export function day(n: number): Instant {
  return START + Math.round(n * DAY);
}

let made = 0;

/** An event of account `acme` by `ada`; its id is a new one unless said otherwise. */
export function anEvent(overrides: Partial<Event> = {}): Event {
  made += 1;
  const occurredAt = overrides.occurredAt ?? day(0);
  return {
    id: `test:${String(made).padStart(6, '0')}`,
    source: 'segment',
    name: 'Workflow Completed',
    occurredAt,
    receivedAt: occurredAt,
    accountId: 'acme',
    personId: 'ada',
    properties: {},
    ...overrides,
  };
}

/** An NPS answer; `score` and `responseId` go into its properties. */
export function anAnswer(
  score: number,
  { responseId, ...overrides }: Partial<Event> & { responseId?: string } = {},
): Event {
  const properties = responseId === undefined ? { score } : { score, response_id: responseId };
  return anEvent({ name: 'NPS Answered', properties, ...overrides });
}

/** Traits of the account as a source reports them. */
export function anAccountUpdate(traits: Event['properties'], overrides: Partial<Event> = {}): Event {
  return anEvent({ name: 'Account Updated', properties: traits, ...overrides });
}

/** `where({ score: { atLeast: 9 } })`. */
export function where(tests: Readonly<Record<string, Test>>): Where {
  return Object.entries(tests).map(([path, test]) => ({ path, test }));
}

export function aMatch(event = 'Workflow Completed', tests: Readonly<Record<string, Test>> = {}): Match {
  return { event, where: where(tests) };
}

/** Unless said otherwise: 60 points once a workflow was completed, never fading. */
export function aSignal(overrides: Partial<Signal> = {}): Signal {
  return {
    name: 'activated',
    evidence: { kind: 'happened', match: aMatch() },
    effect: { kind: 'points', points: 60 },
    ...overrides,
  };
}

/** A live email to the actor, with the defaults of a trigger file. */
export function aTrigger(overrides: Partial<Trigger> = {}): Trigger {
  return {
    name: 'promoter-email',
    description: 'Email a promoter.',
    status: 'live',
    kind: 'ask',
    on: ['NPS Answered'],
    when: [],
    unless: [],
    who: 'actor',
    channel: 'email',
    template: 'promoter-email',
    delay: 0,
    again: 90 * DAY,
    priority: 50,
    holdout: 0,
    fresh: 24 * HOUR,
    expires: 14 * DAY,
    ...overrides,
  };
}

/** The guardrails that are in force when the file says nothing. */
export function someGuardrails(overrides: Partial<Guardrails> = {}): Guardrails {
  return {
    perPerson: {
      asks: { count: 1, within: 30 * DAY },
      asksPerYear: 3,
      afterDecline: 90 * DAY,
      nudges: { count: 1, within: DAY },
      detractorFor: 180 * DAY,
    },
    perAccount: {
      asks: { count: 1, within: 14 * DAY },
      people: { count: 2, within: 30 * DAY },
      minimumTenure: 14 * DAY,
    },
    perOwner: { drafts: { count: 3, within: DAY }, open: 10 },
    workspace: { emails: { count: 200, within: HOUR } },
    pauseAbove: { asks: { count: 1000, within: DAY } },
    quietHours: { from: (20 * HOUR) / MINUTE, to: (8 * HOUR) / MINUTE, weekends: 'quiet' },
    windows: {
      business_hours: { days: [1, 2, 3, 4, 5], from: (9 * HOUR) / MINUTE, to: (17 * HOUR) / MINUTE },
    },
    timezone: 'UTC',
    blockWhen: [],
    never: { domains: [], plans: ['trial', 'internal'], accounts: [], people: [] },
    blackouts: [],
    attribution: { window: 90 * DAY, model: 'last', segments: {} },
    ...overrides,
  };
}

/** Unless said otherwise: one signal, no trigger, the default guardrails. */
export function aCatalog(overrides: Partial<Catalog> = {}): Catalog {
  return { hash: 'test', signals: [aSignal()], triggers: [], guardrails: someGuardrails(), ...overrides };
}

export function aPerson(overrides: Partial<Person> = {}): Person {
  const id = overrides.id ?? 'ada';
  return { id, traits: { email: `${id}@customer.example` }, asks: [], ...overrides };
}

/** Account `acme` with nothing known, nobody in it and no ask. */
export function aView(overrides: Partial<AccountView> = {}): AccountView {
  return {
    id: 'acme',
    state: emptyState(),
    agenda: emptyAgenda,
    asks: [],
    people: new Map(),
    pauses: [],
    workspace: { teamDomains: ['vendor.example'] },
    ...overrides,
  };
}

/** The opening that an event makes. */
export function anOpening(overrides: Partial<Opening> = {}): Opening {
  const { id, occurredAt, name, properties } = anEvent({ name: 'NPS Answered', properties: { score: 10 } });
  return { id, occurredAt, name, personId: 'ada', properties, ...overrides };
}

/** A delivered email to ada. */
export function anAsk(overrides: Partial<AskRecord> = {}): AskRecord {
  made += 1;
  const decidedAt = overrides.decidedAt ?? day(0);
  return {
    id: `ask_${made}`,
    accountId: 'acme',
    personId: 'ada',
    trigger: 'promoter-email',
    kind: 'ask',
    channel: 'email',
    cycle: `test:${made}`,
    status: 'delivered',
    decidedAt,
    dueAt: decidedAt,
    deliveredAt: decidedAt,
    readiness: 70,
    ...overrides,
  };
}
