import { describe, expect, test } from 'vitest';
import { OWN_EVENT_PROPERTY } from '../../src/delivery/outgoing.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { ECHO_MARK } from '../../src/sources/echo.ts';
import { readSegment, readSegmentLine, type SegmentReading } from '../../src/sources/segment.ts';
import { START } from '../builders.ts';

const iso = (instant: number) => new Date(instant).toISOString();
const reading: SegmentReading = { receivedAt: START, imported: false, trust: 'server' };
const read = (body: unknown, more: Partial<SegmentReading> = {}) =>
  readSegment(body, { ...reading, ...more });
const aTrack = (more: object = {}) => ({
  type: 'track',
  messageId: 'm1',
  userId: 'ada',
  event: 'Workflow Completed',
  timestamp: iso(START),
  ...more,
});
const only = (message: object, more: Partial<SegmentReading> = {}) => {
  const { events, rejections } = read(message, more);
  return events[0] ?? rejections[0];
};

describe('our own events that come back', () => {
  test('are known by the mark that we send with them', () => {
    expect(ECHO_MARK).toBe(OWN_EVENT_PROPERTY);
    expect(read(aTrack({ event: 'Referral Won', properties: { [ECHO_MARK]: 'goodturn:r1:won' } }))).toEqual({
      events: [],
      rejections: [],
    });
    expect(
      read({ type: 'group', userId: 'ada', groupId: 'acme', traits: { referral_readiness: 71 } }),
    ).toEqual({ events: [], rejections: [] });
  });

  test('our score among other traits is left out of them', () => {
    expect(
      only({ type: 'group', userId: 'ada', groupId: 'acme', traits: { seats: 3, referral_readiness: 71 } }),
    ).toMatchObject({ properties: { seats: 3 } });
  });

  test('a referral that a server reports itself counts', () => {
    expect(only(aTrack({ event: 'Referral Won', properties: { referral_id: 'r1' } }))).toMatchObject({
      name: 'Referral Won',
      trust: 'server',
    });
  });
});

describe('a line of a file', () => {
  test('was received when it says so, else when it happened', () => {
    const timestamp = iso(START - DAY);
    expect(readSegmentLine(aTrack({ timestamp }), START).events[0]).toMatchObject({
      receivedAt: START - DAY,
      occurredAt: START - DAY,
      imported: true,
    });
    expect(
      readSegmentLine(aTrack({ timestamp, receivedAt: iso(START - HOUR) }), START).events[0]?.receivedAt,
    ).toBe(START - HOUR);
  });

  test('of a backtest may open triggers', () => {
    expect(readSegmentLine(aTrack(), START, { imported: false }).events[0]?.imported).toBe(false);
  });
});
