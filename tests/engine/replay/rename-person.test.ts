import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Agenda, emptyAgenda } from '../../../src/engine/account.ts';
import type { Event } from '../../../src/engine/event.ts';
import { fold } from '../../../src/engine/fold.ts';
import { open } from '../../../src/engine/openings.ts';
import { renameInAgenda, renamePerson } from '../../../src/engine/replay/rename-person.ts';
import { indexSignals } from '../../../src/engine/signal-index.ts';
import { emptyState } from '../../../src/engine/state.ts';
import { aCatalog, anAnswer, anEvent, aTrigger, day } from '../../builders.ts';
import { anInstant, someHistory, someSignals } from '../arbitraries.ts';

const someReferrals: fc.Arbitrary<Event[]> = fc.array(
  fc
    .record({
      name: fc.constantFrom('Referral Submitted', 'Referral Won'),
      personId: fc.constantFrom('ada', 'ben', 'cleo'),
      referral: fc.constantFrom('one', 'two'),
      occurredAt: anInstant,
    })
    .map(({ referral, ...event }) => anEvent({ ...event, properties: { referral_id: referral } })),
  { maxLength: 4 },
);

test('a person who turns out to be another is remembered as if the other had done it all', () => {
  fc.assert(
    fc.property(someSignals, someHistory, someReferrals, (signals, events, referrals) => {
      const index = indexSignals(signals);
      const stateOf = (history: readonly Event[]) =>
        history.reduce((state, event) => fold(state, event, index), emptyState());
      const history = [...events, ...referrals];
      const state = stateOf(history);
      renamePerson(state, 'ben', 'ada');
      expect(state).toEqual(
        stateOf(history.map((event) => (event.personId === 'ben' ? { ...event, personId: 'ada' } : event))),
      );
    }),
    { numRuns: 1000 },
  );
});

test('a person of whom nothing is remembered changes nothing', () => {
  const state = fold(emptyState(), anEvent(), indexSignals([]));
  const before = structuredClone(state);
  renamePerson(state, 'ben', 'ada');
  expect(state).toEqual(before);
});

test('what waits for a trigger is theirs too, and what others did stays with them', () => {
  const catalog = aCatalog({ triggers: [aTrigger(), aTrigger({ name: 'kind', on: ['Kind Words'] })] });
  const { personId: _, ...nobodys } = anEvent({ name: 'Kind Words', occurredAt: day(3) });
  const agenda = [
    anAnswer(9, { personId: 'ben', occurredAt: day(1) }),
    anAnswer(9, { personId: 'cleo', occurredAt: day(2) }),
    nobodys,
  ].reduce<Agenda>((known, event) => open(known, event, catalog), {
    ...emptyAgenda,
    verdicts: { kind: 'ask' },
  });
  const peopleIn = ({ openings }: Agenda) =>
    Object.entries(openings).map(([trigger, waiting]) => [trigger, waiting.map(({ personId }) => personId)]);
  expect(peopleIn(renameInAgenda(agenda, 'ben', 'ada'))).toEqual([
    ['promoter-email', ['ada', 'cleo']],
    ['kind', [undefined]],
  ]);
  expect(renameInAgenda(agenda, 'ben', 'ada').verdicts).toEqual({ kind: 'ask' });
  expect(renameInAgenda(agenda, 'dora', 'ada')).toEqual(agenda);
});
