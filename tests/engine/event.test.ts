import { expect, test } from 'vitest';
import { compareEvents } from '../../src/engine/event.ts';
import { anEvent, day } from '../builders.ts';

test('events are in order of their instant, and at one instant of their ids', () => {
  const events = [
    anEvent({ occurredAt: day(2), id: 'a' }),
    anEvent({ occurredAt: day(1), id: 'c' }),
    anEvent({ occurredAt: day(1), id: 'b' }),
  ];
  const inOrder = ['b', 'c', 'a'];
  expect(events.toSorted(compareEvents).map(({ id }) => id)).toEqual(inOrder);
  expect(
    events
      .toReversed()
      .toSorted(compareEvents)
      .map(({ id }) => id),
  ).toEqual(inOrder);
});

test('an event is neither before nor after itself, and of two one is first, whoever asks', () => {
  const [early, late] = [anEvent({ id: 'a' }), anEvent({ id: 'b' })];
  expect(compareEvents(early, early)).toBe(0);
  expect(Math.sign(compareEvents(early, late))).toBe(-1);
  expect(Math.sign(compareEvents(late, early))).toBe(1);
});
