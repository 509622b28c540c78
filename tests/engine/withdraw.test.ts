import { expect, test } from 'vitest';
import type { AskRecord, Person } from '../../src/engine/account.ts';
import { fold } from '../../src/engine/fold.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { situate } from '../../src/engine/situation.ts';
import { emptyState } from '../../src/engine/state.ts';
import { reviewOpenAsks } from '../../src/engine/withdraw.ts';
import { aCatalog, anAsk, anEvent, aPerson, aTrigger, aView, day } from '../builders.ts';

const catalog = aCatalog({
  triggers: [
    aTrigger({ name: 'card', channel: 'nudge', priority: 20 }),
    aTrigger({ name: 'strong', priority: 90 }),
  ],
});

const opened = (overrides: Partial<AskRecord> = {}): AskRecord => {
  const { deliveredAt: _, ...ask } = anAsk({ id: 'ask', trigger: 'card', channel: 'nudge', status: 'open' });
  return { ...ask, ...overrides };
};
const gone = { suppressed: 'all' } as const;

function review(
  asks: readonly AskRecord[],
  person: Partial<Person> | null = gone,
  winner?: AskRecord,
  state = emptyState(),
) {
  const people = new Map(person === null ? [] : [['ada', aPerson(person)]]);
  const { withdrawals, changesAt, unknownPeople } = reviewOpenAsks(
    situate(catalog, aView({ asks, people, state }), day(0)),
    winner,
  );
  const reasons = withdrawals.map(({ reason }) => reason);
  return { withdrawn: withdrawals.map(({ askId }) => askId), reasons, changesAt, unknownPeople };
}

test('an open card or draft is withdrawn when it would not be made now', () => {
  expect(review([opened()]).withdrawn).toEqual(['ask']);
  expect(review([opened({ channel: 'draft' })]).withdrawn).toEqual(['ask']);
  expect(review([opened({ channel: 'draft', status: 'scheduled' })]).withdrawn).toEqual(['ask']);
  expect(review([opened({ expiresAt: day(1) })]).withdrawn).toEqual(['ask']);
  expect(review([opened()], {}).withdrawn).toEqual([]);
});

test('what was seen, has ended, or is an email on its way is left alone', () => {
  expect(review([opened({ channel: 'email', status: 'scheduled' })]).withdrawn).toEqual([]);
  expect(review([opened({ deliveredAt: day(-1) })]).withdrawn).toEqual([]);
  expect(review([opened({ status: 'withdrawn' })]).withdrawn).toEqual([]);
  expect(review([opened({ expiresAt: day(0) })]).withdrawn).toEqual([]);
});

test('what is on its way to somebody who has left is withdrawn, an email at once too, and thanks are not', () => {
  const removed = anEvent({ name: 'Account Removed User', occurredAt: day(-1) });
  const left = fold(emptyState(), removed, indexSignals([]));
  const after = (overrides: Partial<AskRecord>, person: Partial<Person> | null = {}) =>
    review([opened({ status: 'scheduled', ...overrides })], person, undefined, left);
  for (const channel of ['email', 'draft', 'nudge'] as const)
    expect(after({ channel })).toMatchObject({
      withdrawn: ['ask'],
      reasons: ['ada@customer.example has left the account'],
    });
  expect(after({ channel: 'email' }, null)).toMatchObject({ withdrawn: [], unknownPeople: ['ada'] });
  expect(after({ channel: 'email', personId: 'ben' }).withdrawn).toEqual([]);
  expect(after({ channel: 'email', status: 'sending' }).withdrawn).toEqual([]);
  expect(after({ status: 'open', deliveredAt: day(-2) }).withdrawn).toEqual([]);
  for (const channel of ['email', 'draft'] as const)
    expect(after({ channel, kind: 'thanks' }).withdrawn).toEqual([]);
});

test('whoever is not known has to be looked up first', () => {
  expect(review([opened()], null)).toMatchObject({ withdrawn: [], unknownPeople: ['ada'] });
});

test('a stronger ask takes the place of a card, not of a draft decided before it', () => {
  const { deliveredAt: _, ...winner } = anAsk({ id: 'winner', trigger: 'strong', status: 'scheduled' });
  expect(review([opened()], {}, winner).withdrawn).toEqual(['ask']);
  expect(review([opened({ channel: 'draft', decidedAt: day(-1) })], {}, winner).withdrawn).toEqual([]);
});

test('the first instant at which the second look could come out another way is named', () => {
  const hold = (n: number) => ({ hold: { until: day(n), reason: 'talks', by: 'Sam' } });
  expect(review([opened()], {}).changesAt).toBe(Number.POSITIVE_INFINITY);
  expect(review([opened()], hold(3)).changesAt).toBe(day(3));
  const declined = anAsk({ id: 'old', trigger: 'other', deliveredAt: day(-100), declinedAt: day(-85) });
  expect(review([opened()], { ...hold(3), asks: [] }).changesAt).toBe(day(3));
  expect(review([opened()], { ...hold(7), asks: [declined] }).changesAt).toBe(day(5));
});
