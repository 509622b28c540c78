import fc from 'fast-check';
import type { Effect, Evidence, Match, Signal, Test } from '../../src/engine/catalog.ts';
import type { Event } from '../../src/engine/event.ts';
import { HOUR, type Instant } from '../../src/engine/time.ts';
import { anEvent, day, where } from '../builders.ts';

/** Everything is drawn from small sets, so that instants, people and responses collide. */
const STEP = 6 * HOUR;
const lengths = fc.constantFrom(STEP, 2 * STEP, 4 * STEP, 8 * STEP);

/** An instant of three days, on a grid of six hours. */
export const anInstant: fc.Arbitrary<Instant> = fc.integer({ min: 0, max: 12 }).map((n) => day(0) + n * STEP);

/** How long after the newest event to look: on the grid's edges, a millisecond beside them, and in between. */
export const aWait: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 16 }).map((n) => n * STEP),
  fc.integer({ min: 1, max: 16 }).chain((n) => fc.constantFrom(n * STEP - 1, n * STEP + 1)),
  fc.integer({ min: 0, max: 16 * STEP }),
);

const isoDate = anInstant.map((instant) => new Date(instant).toISOString());
const aTest: fc.Arbitrary<Test> = fc.constantFrom<Test>(
  { is: 1 },
  { is: 'a' },
  { not: 1 },
  { in: [1, 'a'] },
  { atLeast: 2 },
  { atMost: 1 },
  { above: 1 },
  { below: 2, atLeast: 1 },
  { contains: 'a' },
  { exists: true },
  { exists: false },
);
const aValue = fc.constantFrom(0, 1, 2, '1', 'a', 'ab', true, null);

const someMatch: fc.Arbitrary<Match> = fc.record({
  event: fc.constantFrom('A', 'B'),
  where: fc.oneof(
    fc.constant([]),
    aTest.map((test) => where({ p: test })),
  ),
});

const someEvidence: fc.Arbitrary<Evidence> = fc.oneof(
  fc
    .record({ match: someMatch, until: fc.option(someMatch, { nil: undefined }) })
    .map(({ match, until }): Evidence => ({ kind: 'happened', match, ...(until && { until }) })),
  fc.record({ kind: fc.constant('milestone'), match: someMatch, times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    kind: fc.constant('frequency'),
    match: someMatch,
    times: fc.integer({ min: 1, max: 3 }),
    within: lengths,
  }),
  fc.record({
    kind: fc.constant('growth'),
    trait: fc.constant('seats'),
    by: fc.constantFrom(
      { unit: 'percent' as const, amount: 20 },
      { unit: 'percent' as const, amount: -50 },
      { unit: 'number' as const, amount: 3 },
      { unit: 'number' as const, amount: -1 },
    ),
    within: lengths,
  }),
  fc.record(
    {
      kind: fc.constant('nps'),
      atLeast: fc.constantFrom(0, 7, 9),
      atMost: fc.constantFrom(6, 8, 10),
      people: fc.integer({ min: 1, max: 2 }),
    },
    { requiredKeys: ['kind', 'people'] },
  ),
  fc.record({ kind: fc.constant('silent'), match: someMatch, for: lengths }),
  fc.record({
    kind: fc.constant('trait'),
    name: fc.constantFrom('plan', 'renewal_at'),
    test: fc.oneof(
      aTest,
      lengths.map((withinNext) => ({ withinNext })),
      lengths.map((withinLast) => ({ withinLast })),
      fc.record({ withinNext: lengths, withinLast: lengths }),
    ),
  }),
  fc.record({ kind: fc.constant('tenure'), atLeast: lengths }),
);

const someEffect: fc.Arbitrary<Effect> = fc.oneof(
  fc.record({ kind: fc.constant('points'), points: fc.constantFrom(1, 20, 45, 57, 99) }),
  fc.record({ kind: fc.constant('dampens'), share: fc.constantFrom(0.01, 0.3, 0.9, 1) }),
);

/** One to six signals of every kind, named s0, s1, … */
export const someSignals: fc.Arbitrary<Signal[]> = signalsOf(someEvidence, someEffect);

export function signalsOf(
  evidence: fc.Arbitrary<Evidence>,
  effect: fc.Arbitrary<Effect>,
): fc.Arbitrary<Signal[]> {
  const signal = fc.record(
    {
      evidence,
      effect,
      halfLife: lengths,
      expires: lengths,
      says: fc.constantFrom('{{ person }} {{ count }}', '{{ p }} from {{ from }} to {{ to }}: {{ value }}'),
    },
    { requiredKeys: ['evidence', 'effect'] },
  );
  return fc
    .array(signal, { minLength: 1, maxLength: 6 })
    .map((signals) => signals.map((one, i) => ({ name: `s${i}`, ...one })));
}

/** Evidence that time alone can only weaken. */
export const lastingEvidence: fc.Arbitrary<Evidence> = someEvidence.filter(({ kind }) =>
  ['happened', 'milestone', 'nps'].includes(kind),
);
export const somePoints: fc.Arbitrary<Effect> = someEffect.filter(({ kind }) => kind === 'points');

const someDeed = fc.oneof(
  fc
    .record({ p: aValue }, { requiredKeys: [] })
    .chain((properties) => fc.constantFrom('A', 'B').map((name) => ({ name, properties }))),
  fc
    .record(
      {
        score: fc.constantFrom(0, 5, 6, 8, 9, 10, 11, '10', 9.5),
        response_id: fc.constantFrom('r1', 'r2', 'r3'),
        answered_at: fc.constant(new Date(day(0)).toISOString()),
      },
      { requiredKeys: ['score'] },
    )
    .map((properties) => ({ name: 'NPS Answered', properties })),
  fc
    .record(
      {
        seats: fc.constantFrom(0, 1, 4, 5, 6, 10, '12'),
        plan: aValue,
        renewal_at: fc.oneof(isoDate, fc.constant(null)),
        created_at: isoDate,
      },
      { requiredKeys: [] },
    )
    .map((properties) => ({ name: 'Account Updated', properties })),
);
const someProperties = fc.oneof(
  { weight: 12, arbitrary: someDeed },
  { weight: 1, arbitrary: fc.constant({ name: 'Account Removed User', properties: {} }) },
);

/** Up to 25 events over three days, by three people or nobody, in no particular order. */
export const someHistory: fc.Arbitrary<Event[]> = fc
  .array(
    fc.record({
      what: someProperties,
      occurredAt: anInstant,
      personId: fc.constantFrom('ada', 'ben', 'cleo', undefined),
      order: fc.integer({ min: 10, max: 99 }),
    }),
    { maxLength: 25 },
  )
  .map((rows) =>
    rows.map(({ what, occurredAt, personId, order }, i) => {
      const { personId: _, ...event } = anEvent({ ...what, id: `test:${order}-${i}`, occurredAt });
      return personId === undefined ? event : { ...event, personId };
    }),
  );
