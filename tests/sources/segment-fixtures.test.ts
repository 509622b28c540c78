import { describe, expect, test } from 'vitest';
import { readSegment, readSegmentLine } from '../../src/sources/segment.ts';
import type { SegmentType } from '../../src/sources/segment-content.ts';
import { type Fixture, hasFixtures, readFixtures, requestsIn } from './fixtures.ts';

const NOW = Date.UTC(2026, 10, 22);

/** What is refused, and why; everything else is taken whole. */
const REFUSED: Readonly<Record<string, string>> = {
  'segment-webhook-destination/alias.json':
    'previousId: got "Previous ID", did you mean previousId?, an alias needs it',
  'segment-webhook-destination/delete.json':
    'type: got "delete"; a deletion is not carried out from a stream, run `goodturn erase` for this user',
};

const TYPES: readonly SegmentType[] = ['track', 'identify', 'group', 'page', 'screen', 'alias'];

// The documentation of the HTTP API leaves the type to the route, as its file name does.
const typeOf = (name: string) => TYPES.find((type) => name.startsWith(`http-${type}`));

const payloads = ['segment-spec', 'segment-webhook-destination', 'segment-nps-sources'].flatMap((folder) =>
  readFixtures(folder).map((fixture) => [`${folder}/${fixture.name}`, fixture] as const),
);
const wire = readFixtures('segment-wire').map((fixture) => [fixture.name, fixture] as const);

const read = ({ name, content }: Fixture) => {
  const type = typeOf(name);
  return readSegment(content, {
    receivedAt: NOW,
    imported: false,
    trust: 'server',
    ...(type === undefined ? {} : { type }),
  });
};

describe.skipIf(!hasFixtures)('payloads of Segment’s own documentation', () => {
  test('are there to be read', () => {
    expect(payloads).toHaveLength(31);
    expect(wire).toHaveLength(6);
  });

  test.each(payloads)('%s is taken, or refused for its stated reason', (path, fixture) => {
    const { events, rejections } = read(fixture);
    const refused = REFUSED[path];
    expect(rejections.map(({ reason }) => reason)).toEqual(refused === undefined ? [] : [refused]);
    expect(events.length).toBe(refused !== undefined ? 0 : fixture.name === 'http-batch.json' ? 4 : 1);
    for (const event of events) expect(event.userId ?? event.anonymousId).toBeDefined();
  });

  test.each(payloads)('%s means the same as a line of a file', (path, fixture) => {
    if (typeOf(fixture.name) !== undefined || fixture.name === 'http-batch.json') return;
    expect(readSegmentLine(fixture.content, NOW).rejections.length).toBe(REFUSED[path] === undefined ? 0 : 1);
  });

  test('the business events carry their account', () => {
    const business = payloads.filter(([path]) => path.includes('/b2b-'));
    for (const [, fixture] of business)
      expect(read(fixture).events[0]).toMatchObject({ userId: '019mr8mf4r', ownAccountId: 'acct_123' });
  });

  test('what Segment has corrected is left as it was, years ago', () => {
    const full = payloads.find(([path]) => path.endsWith('common-fields-full-track.json'));
    const event = full && read(full[1]).events[0];
    expect(event).toMatchObject({
      occurredAt: Date.parse('2015-12-10T04:08:31.905Z'),
      ownAccountId: '12345',
      userId: '97980cfea0067',
    });
  });
});

describe.skipIf(!hasFixtures)('bodies of Segment’s own clients', () => {
  test.each(wire)('%s is taken whole', (name, fixture) => {
    const requests = requestsIn(fixture);
    expect(requests.length > 0).toBe(!name.includes('retry-log'));
    for (const { path, body } of requests) {
      const type = TYPES.find((candidate) => path === `/v1/${candidate.charAt(0)}`);
      const intake = readSegment(body, {
        receivedAt: NOW,
        imported: false,
        trust: 'server',
        ...(type === undefined ? {} : { type }),
      });
      expect(intake.rejections).toEqual([]);
      expect(intake.events.length).toBeGreaterThan(0);
      for (const { id, flags } of intake.events) {
        expect(id).toMatch(/^segment:(node|ajs)-/);
        expect(flags).toEqual([]);
      }
    }
  });
});
