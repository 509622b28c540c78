import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/engine/time.ts';
import { MessageFault } from '../../src/sources/message-fault.ts';
import { momentOf } from '../../src/sources/skew.ts';
import { START } from '../builders.ts';

const iso = (instant: number) => new Date(instant).toISOString();
const receivedAt = START;

describe('when an event happened', () => {
  test.each([
    {
      why: 'both clocks agree',
      timestamp: iso(START - 2 * SECOND),
      sentAt: iso(START),
      expected: START - 2 * SECOND,
    },
    {
      why: 'the client is a day ahead',
      timestamp: iso(START + DAY - 2 * SECOND),
      sentAt: iso(START + DAY),
      expected: START - 2 * SECOND,
    },
    {
      why: 'the client is an hour behind',
      timestamp: iso(START - HOUR - SECOND),
      sentAt: iso(START - HOUR),
      expected: START - SECOND,
    },
    {
      why: 'nobody says when it was sent',
      timestamp: iso(START - DAY),
      sentAt: undefined,
      expected: START - DAY,
    },
    {
      why: 'what it was sent at is no date',
      timestamp: iso(START - DAY),
      sentAt: 'soon',
      expected: START - DAY,
    },
    {
      why: 'history rides in a new batch',
      timestamp: '2012-12-02T00:30:12.984Z',
      sentAt: iso(START),
      expected: Date.parse('2012-12-02T00:30:12.984Z'),
    },
    {
      why: 'both are written in another zone',
      timestamp: '2026-01-07 02:59:50 -0700',
      sentAt: '2026-01-07 03:00:00 -0700',
      expected: START - 10 * SECOND,
    },
    {
      why: 'the correction leads before 1970',
      timestamp: '1970-01-01T00:00:01Z',
      sentAt: iso(START + HOUR),
      expected: 0,
    },
  ])('is corrected when $why', ({ timestamp, sentAt, expected }) => {
    expect(momentOf(timestamp, { receivedAt, sentAt, settled: false })).toEqual({
      occurredAt: expected,
      flags: [],
    });
  });

  test('is kept as it is in history and where Segment corrected it', () => {
    const moment = momentOf(iso(START - DAY), { receivedAt, sentAt: iso(START + HOUR), settled: true });
    expect(moment.occurredAt).toBe(START - DAY);
  });

  test('is never after it was received, and a clock far ahead is told', () => {
    expect(momentOf(iso(START + MINUTE), { receivedAt, settled: false })).toEqual({
      occurredAt: START,
      flags: [],
    });
    expect(momentOf(iso(START + HOUR), { receivedAt, settled: false })).toEqual({
      occurredAt: START,
      flags: ['future_clock'],
    });
  });

  test('is when it was received if it says nothing or nothing readable', () => {
    expect(momentOf(undefined, { receivedAt, settled: false })).toEqual({
      occurredAt: START,
      flags: ['no_timestamp'],
    });
    expect(momentOf('tomorrow', { receivedAt, settled: false })).toEqual({
      occurredAt: START,
      flags: ['bad_timestamp'],
    });
  });

  test('is refused when it would put history into today, or is outside 1970 to 9999', () => {
    expect(() => momentOf('long ago', { receivedAt, settled: true })).toThrow(MessageFault);
    expect(() => momentOf('+275760-09-13T00:00:00Z', { receivedAt, settled: false })).toThrow(/1970 to 9999/);
    expect(() => momentOf(-1, { receivedAt, settled: false })).toThrow(/1970 to 9999/);
  });
});
