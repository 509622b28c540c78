import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog } from '../../src/catalog/read-catalog.ts';
import { decide } from '../../src/engine/decide.ts';
import { fold } from '../../src/engine/fold.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { anEvent, aPerson, aView, day } from '../builders.ts';
import { lawRuns } from '../laws.ts';
import { catalogWith } from './faulty-catalog.ts';

const RUNS = lawRuns(400);
/** Milliseconds of the fastest of three decisions, on a machine that is busy with other tests. */
const SLOW = 20;

const names = (words: string) => fc.constantFrom(...words.split(' '));
const event = fc.constantFrom('NPS Answered', 'Report Shared', 'Kind Words', 'No Such Event', '', 'toString');
const scalar = fc.oneof(
  event,
  fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 9, 40, 1e308, -0, 2 ** 53, 0.1),
  fc.constantFrom('1d', '60d', '0s', '-3d', '99999999d', '5 per 1h', '20%', '200%', '2026-02-30', 'never'),
  fc.constantFrom('promoter', 'seasoned', 'support_trouble', 'letter', 'card', 'actor', 'champion', 'email'),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'a.b',
    '$where',
    '{{x}}',
    'a\0b',
    '\u202e',
    '*',
  ),
);
const anyTest = names('is not in contains exists at_least at_most above below eval regex $gt __proto__');
const gateName = names(
  'readiness signal event account person referral tenure asked declined any all nps where code __proto__ constructor',
);
const field = names('score plan segment name within count __proto__ constructor toString a.b seats');

/** Anything at all where a gate may stand, more often than not of words that gates know. */
const { tree } = fc.letrec<{ tree: unknown; map: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    scalar,
    tie('map'),
    fc.array(tie('tree'), { maxLength: 5 }),
  ),
  map: fc.oneof(
    fc.dictionary(gateName, tie('tree'), { maxKeys: 3 }),
    fc.dictionary(field, tie('tree'), { maxKeys: 3 }),
    fc.dictionary(anyTest, tie('tree'), { maxKeys: 3 }),
  ),
}));

/** Gates that are sound as a rule, so that a good part of the triggers comes into force and is decided by. */
const number = fc.constantFrom(0, 1, 9, 40, 100);
const length = fc.constantFrom('1h', '7d', '60d');
const someTest = fc.oneof(
  fc.record({ at_least: number }),
  fc.record({ is: fc.constantFrom('a', 1, true) }),
  fc.record({ in: fc.array(fc.constantFrom('a', 'b', 1), { minLength: 1, maxLength: 200 }) }),
  fc.record({ exists: fc.boolean() }),
);
const someWhere = fc.dictionary(field, someTest, { minKeys: 1, maxKeys: 8 });
const soundGate: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({ readiness: fc.record({ at_least: number }) }),
  fc.record({ signal: fc.constantFrom('promoter', 'seasoned') }),
  fc.record({ event: someWhere }),
  fc.record({ account: someWhere }),
  fc.record({ person: someWhere }),
  fc.record({ tenure: fc.record({ at_least: length }) }),
  fc.record({ asked: fc.record({ within: length }) }),
  fc.record({ referral: fc.constantFrom('in_progress', 'won') }),
);
const gates = fc.array(fc.oneof({ weight: 3, arbitrary: soundGate }, tree), { maxLength: 12 });
const soundGates = fc.array(soundGate, { maxLength: 60 });

const trigger = fc.record(
  {
    on: fc.oneof({ weight: 5, arbitrary: fc.constant('NPS Answered') }, tree),
    when: fc.oneof({ weight: 3, arbitrary: soundGates }, gates, tree),
    unless: fc.oneof({ weight: 3, arbitrary: soundGates }, gates, tree),
    status: fc.constant('live'),
    channel: fc.constant('email'),
    template: fc.constant('letter'),
  },
  { requiredKeys: ['status', 'channel', 'template'] },
);

const at = day(40);
const history = [
  ...Array.from({ length: 30 }, (_, n) => anEvent({ name: 'Report Shared', occurredAt: day(n) })),
  anEvent({
    name: 'NPS Answered',
    occurredAt: at,
    properties: { score: 10, plan: 'a', name: 'a', seats: 9 },
  }),
];

function read(kind: string, definition: unknown) {
  // JSON is YAML, and writes down a key as odd as __proto__.
  const checked = parseCatalog(catalogWith(kind, JSON.stringify(definition)));
  expect(checked.catalog === undefined).toBe(checked.faults.length > 0);
  for (const line of formatFaults(checked.faults).split('\n')) expect(line.length).toBeLessThan(1_000);
  return checked.catalog?.catalog;
}

describe('a definition of any shape', () => {
  test('is either refused with reasons or decides in next to no time, and never throws', () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(trigger, (definition) => {
        const catalog = read('trigger', definition);
        if (catalog === undefined) {
          refused += 1;
          return;
        }
        accepted += 1;
        const index = indexSignals(catalog.signals);
        const state = history.reduce((before, one) => fold(before, one, index), emptyState());
        const view = aView({ state, people: new Map([['ada', aPerson()]]) });
        expect(decide(catalog, view, at).unknownPeople).toEqual([]); // that is: it was decided
        const took = [1, 2, 3].map(() => {
          const began = performance.now();
          decide(catalog, view, at);
          return performance.now() - began;
        });
        expect(Math.min(...took)).toBeLessThan(SLOW);
      }),
      { numRuns: RUNS },
    );
    expect(accepted).toBeGreaterThan(RUNS / 20);
    expect(refused).toBeGreaterThan(RUNS / 20);
  });

  test.each(['readiness', 'guardrails', 'program', 'rewards', 'owners', 'trigger'])(
    'a file of %s with anything in it is read or refused, and never throws',
    (kind) => {
      const any = fc.oneof(tree, fc.dictionary(names('signals per_person never windows tiers people'), tree));
      fc.assert(
        fc.property(any, (definition) => void read(kind, definition)),
        { numRuns: Math.ceil(RUNS / 4) },
      );
    },
  );

  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  test.each([
    ['200 levels', `when: ${nested(200)}`],
    ['20,000 levels', `when: ${nested(20_000)}`],
    ['a list of 2,000 gates', `when: [${'{ readiness: { at_least: 1 } }, '.repeat(2_000)}]`],
    ['a list of 10,000 values', `when: [{ event: { plan: { in: [${'a, '.repeat(10_000)}] } } }]`],
    ['1,000 keys', `when: [{ event: {${Array.from({ length: 1_000 }, (_, n) => `k${n}: 1`).join(', ')}} }]`],
    [
      'an alias of aliases of aliases',
      `when:\n${Array.from(
        { length: 12 },
        (_, n) =>
          `  - &a${n} [${
            n === 0
              ? '1'
              : Array(10)
                  .fill(`*a${n - 1}`)
                  .join(', ')
          }]`,
      ).join('\n')}`,
    ],
    ['a key that is a list', 'when:\n  - ? [a, b]\n    : 1'],
    ['a tag', 'when: !!js/function "() => process.exit()"'],
    ['itself', 'when: &a [*a]'],
  ])('%s costs a moment', (_what, text) => {
    const began = performance.now();
    const { catalog, faults } = parseCatalog(
      catalogWith('trigger', `status: live\non: NPS Answered\nchannel: email\ntemplate: letter\n${text}\n`),
    );
    expect(catalog === undefined).toBe(faults.length > 0);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
