import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyAgenda } from '../../src/engine/account.ts';
import type { JsonObject } from '../../src/engine/event.ts';
import { freshOpenings, keepOpenings, MOST_OPENINGS, open } from '../../src/engine/openings.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { aCatalog, anAnswer, anEvent, aTrigger, day } from '../builders.ts';

const catalog = aCatalog({
  triggers: [
    aTrigger({ name: 'email', on: ['NPS Answered'], fresh: DAY }),
    aTrigger({ name: 'shadow', status: 'shadow', on: ['NPS Answered', 'Kind Words'], fresh: 2 * HOUR }),
    aTrigger({ name: 'paused', status: 'paused' }),
    aTrigger({ name: 'draft', status: 'draft' }),
  ],
});
const idsOf = (agenda: typeof emptyAgenda, name: string) => agenda.openings[name]?.map(({ id }) => id);

describe('an event', () => {
  test('opens the live and shadow triggers that wait for it', () => {
    const agenda = open(emptyAgenda, anAnswer(10, { id: 'a' }), catalog);
    expect(Object.keys(agenda.openings)).toEqual(['email', 'shadow']);
    expect(agenda.openings['email']).toEqual([
      { id: 'a', occurredAt: day(0), name: 'NPS Answered', personId: 'ada', properties: { score: 10 } },
    ]);
  });

  test('that nobody waits for changes nothing', () => {
    expect(open(emptyAgenda, anEvent({ name: 'Page Viewed' }), catalog)).toBe(emptyAgenda);
  });

  test('too old on arrival opens nothing, a millisecond younger does', () => {
    const aged = (age: number) => anAnswer(10, { occurredAt: day(0), receivedAt: day(0) + age });
    expect(idsOf(open(emptyAgenda, aged(2 * HOUR - 1), catalog), 'shadow')).toHaveLength(1);
    expect(idsOf(open(emptyAgenda, aged(2 * HOUR), catalog), 'shadow')).toBeUndefined();
  });

  test('brought in from elsewhere opens nothing, and lets the account sleep on until something new comes', () => {
    const dormant = open(emptyAgenda, anAnswer(10, { imported: true }), catalog);
    expect(dormant).toEqual({ ...emptyAgenda, dormant: true });
    expect(open(dormant, anEvent({ name: 'Page Viewed' }), catalog)).toEqual(emptyAgenda);
    const known = { ...emptyAgenda, verdicts: { email: 'hold' } };
    expect(open(known, anAnswer(10, { imported: true }), catalog)).toBe(known);
  });

  test('that repeats a known score opens nothing, one that corrects it takes the place of the first', () => {
    const first = open(emptyAgenda, anAnswer(10, { id: 'a', responseId: 'r' }), catalog);
    const comment = anAnswer(10, { id: 'b', responseId: 'r', occurredAt: day(0) + 1 });
    expect(open(first, comment, catalog, { changedNps: false })).toBe(first);
    const correction = anAnswer(3, { id: 'c', responseId: 'r', occurredAt: day(0) + 2 });
    expect(idsOf(open(first, correction, catalog, { changedNps: true }), 'email')).toEqual(['c']);
    const another = anAnswer(9, { id: 'd', responseId: 'other' });
    expect(idsOf(open(first, another, catalog), 'email')).toEqual(['a', 'd']);
  });
});

describe('openings', () => {
  test('are kept in order of occurrence, at most twenty, the newest', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }), (minutes) => {
        const events = minutes.map((n) =>
          anAnswer(10, { id: `e${String(n).padStart(2, '0')}`, occurredAt: day(0) + n * 1000 }),
        );
        const agenda = events.reduce((known, event) => open(known, event, catalog), emptyAgenda);
        const expected = events
          .map(({ id }) => id)
          .sort()
          .slice(-MOST_OPENINGS);
        // Of more than twenty, one that is older than all kept may have been dropped before a newer came.
        expect(idsOf(agenda, 'email') ?? []).toEqual(expected);
      }),
    );
  });

  test('are the same once when an event comes twice', () => {
    const event = anAnswer(10, { id: 'a' });
    expect(idsOf(open(open(emptyAgenda, event, catalog), event, catalog), 'email')).toEqual(['a']);
  });

  test('keep bounded properties, nested ones too', () => {
    const long = 'x'.repeat(5000);
    const event = anAnswer(10, {
      properties: { score: 10, comment: long, survey: { id: 7, tags: ['a', { deep: 1 }] }, list: [1, 'b'] },
    });
    const kept = open(emptyAgenda, event, catalog).openings['email']?.[0]?.properties;
    expect(kept).toEqual({
      score: 10,
      comment: long.slice(0, 1000),
      survey: { id: 7, tags: ['a'] },
      list: [1, 'b'],
    });
  });

  test('of no response, and of responses to other questions, do not displace one another', () => {
    const waiting = catalog.triggers[1];
    if (waiting === undefined) throw new Error('no trigger');
    const kind = (id: string) =>
      anEvent({ id, name: 'Kind Words', properties: { response_id: 'r' }, occurredAt: day(0) });
    const agenda = [
      kind('a'),
      kind('b'),
      anAnswer(9, { id: 'c', properties: { score: 9, response_id: null } }),
    ]
      .concat(anAnswer(9, { id: 'd', properties: { score: 9, response_id: null } }))
      .reduce((known, event) => open(known, event, catalog), emptyAgenda);
    expect(idsOf(agenda, 'shadow')).toEqual(['a', 'b', 'c', 'd']);
    expect(
      open(emptyAgenda, kind('a'), catalog, { changedNps: false }).openings['shadow']?.map(({ id }) => id),
    ).toEqual(['a']);
  });

  test('that nobody did name nobody', () => {
    const { personId: _, ...anonymous } = anAnswer(10, { id: 'a' });
    expect(open(emptyAgenda, anonymous, catalog).openings['email']).toStrictEqual([
      { id: 'a', occurredAt: day(0), name: 'NPS Answered', properties: { score: 10 } },
    ]);
  });

  test('keep at most 100 properties, 20 items of a list, three levels, and no half of a character', () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`p${n}`, n]));
    const keptOf = (properties: JsonObject) =>
      open(emptyAgenda, anAnswer(10, { properties }), catalog).openings['email']?.[0]?.properties;
    expect(Object.keys(keptOf(many) ?? {})).toEqual(Object.keys(many).slice(0, 100));
    expect(keptOf({ list: Array.from({ length: 30 }, (_, n) => n), none: null })).toEqual({
      list: Array.from({ length: 20 }, (_, n) => n),
      none: null,
    });
    expect(keptOf({ a: { b: { c: 1, d: { e: 1 } } } })).toEqual({ a: { b: { c: 1 } } });
    expect(keptOf({ text: `${'x'.repeat(999)}😀`, list: [null, `😀${'x'.repeat(999)}`] })).toEqual({
      text: 'x'.repeat(999),
      list: [null, `😀${'x'.repeat(998)}`],
    });
  });

  test('of an account whose people are known anew are those of the events that are still its own', () => {
    const agenda = ['a', 'b', 'c'].reduce(
      (known, id) => open(known, anAnswer(10, { id }), catalog),
      emptyAgenda,
    );
    const kept = keepOpenings(
      { ...agenda, cycles: { other: 2 } },
      new Map([
        ['a', 'ben'],
        ['b', undefined],
      ]),
    );
    expect(kept.cycles).toEqual({ other: 2 });
    expect(kept.openings['email']?.map(({ id, personId }) => [id, personId])).toEqual([
      ['a', 'ben'],
      ['b', undefined],
    ]);
    expect(kept.openings['email']?.[1]).not.toHaveProperty('personId');
    expect(keepOpenings(agenda, new Map()).openings).toEqual({});
  });

  test('that are young stay, beside those that have grown too old', () => {
    const email = catalog.triggers[0] ?? aTrigger();
    const agenda = [0, 0.5].reduce(
      (known, n) => open(known, anAnswer(10, { id: `${n}`, occurredAt: day(n) }), catalog),
      emptyAgenda,
    );
    expect(freshOpenings(agenda, email, day(1) - 1)).toBe(agenda.openings['email']);
    expect(freshOpenings(agenda, email, day(1)).map(({ id }) => id)).toEqual(['0.5']);
  });

  test('that have grown too old are not looked at', () => {
    const agenda = open(emptyAgenda, anAnswer(10), catalog);
    const email = catalog.triggers[0] ?? aTrigger();
    expect(freshOpenings(agenda, email, day(1) - 1)).toHaveLength(1);
    expect(freshOpenings(agenda, email, day(1))).toEqual([]);
  });
});
