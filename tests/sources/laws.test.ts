import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNps } from '../../src/sources/nps.ts';
import { readPostHog } from '../../src/sources/posthog.ts';
import type { Intake } from '../../src/sources/reported.ts';
import { readSegment } from '../../src/sources/segment.ts';
import { START } from '../builders.ts';
import { isStorable } from './is-storable.ts';

const odd = fc.oneof(
  fc.constantFrom('ada', '', 'null', 'a\0b', '\ud800', 'x'.repeat(300), 0, 42, 1e300, -1, true, null),
  fc.jsonValue(),
);
const date = fc.constantFrom(
  '2026-01-07T10:00:00Z',
  '2012-12-02',
  'soon',
  '+275760-09-13T00:00:00Z',
  0,
  1e18,
  -5,
  null,
  undefined,
);
const object = fc.oneof(
  fc.dictionary(
    fc.constantFrom(
      'score',
      'email',
      'account_id',
      'groupId',
      '__proto__',
      '$set',
      '$groups',
      'company',
      'note',
    ),
    odd,
    { maxKeys: 4 },
  ),
  odd,
);

const segmentMessage = fc.record(
  {
    type: fc.oneof(fc.constantFrom('track', 'identify', 'group', 'page', 'screen', 'alias', 'delete'), odd),
    event: fc.oneof(fc.constantFrom('NPS Answered', 'npsSubmitted', 'Workflow Completed'), odd),
    messageId: odd,
    userId: odd,
    anonymousId: odd,
    previousId: odd,
    groupId: odd,
    context: object,
    properties: object,
    traits: object,
    name: odd,
    timestamp: date,
    sentAt: date,
    originalTimestamp: date,
  },
  { requiredKeys: ['type'] },
);

const postHogEvent = fc.record(
  {
    event: fc.oneof(
      fc.constantFrom(
        '$identify',
        '$set',
        '$groupidentify',
        '$create_alias',
        'survey sent',
        '$pageview',
        'NPS Answered',
      ),
      odd,
    ),
    uuid: odd,
    distinct_id: odd,
    properties: object,
    options: object,
    $set: object,
    timestamp: date,
    offset: odd,
  },
  { requiredKeys: ['event'] },
);

const batchOf = (message: fc.Arbitrary<unknown>) =>
  fc.oneof(
    fc.array(fc.oneof(message, odd), { maxLength: 5 }),
    fc.record({
      batch: fc.oneof(fc.array(message, { maxLength: 5 }), odd),
      sentAt: date,
      sent_at: date,
      context: object,
    }),
    message,
    fc.jsonValue(),
  );

const trust = fc.constantFrom('server' as const, 'user' as const, 'public' as const);

function expectSound({ events, rejections }: Intake): void {
  for (const event of events) {
    expect(event.occurredAt).toBeLessThanOrEqual(START);
    expect(event.occurredAt).toBeGreaterThanOrEqual(0);
    expect(Number.isInteger(event.occurredAt)).toBe(true);
    expect(event.id).toMatch(/^(segment|posthog|nps):./);
    expect(event.name).not.toBe('');
    const texts = [
      event.id,
      event.name,
      event.userId,
      event.anonymousId,
      event.email,
      event.ownAccountId,
    ].join('|');
    expect(isStorable(`${texts}${unescaped(event.properties)}`)).toBe(true);
    // What was stored reads back as what was given.
    expect(JSON.parse(JSON.stringify(event.properties))).toEqual(event.properties);
    if (event.name === 'NPS Answered' && event.source !== 'nps')
      expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(event.properties['score']);
  }
  for (const { reason, excerpt, messageId } of rejections) {
    expect(reason).toMatch(/: /);
    expect(excerpt.length).toBeLessThanOrEqual(500);
    expect(isStorable(`${reason}${excerpt}${messageId}`)).toBe(true);
  }
}

// JSON.stringify would hide a NUL behind its escape.
function unescaped(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, entry]) => key + unescaped(entry))
    .join('|');
}

describe('whatever arrives', () => {
  test('Segment messages become sound events or rejections, and never an error', () => {
    fc.assert(
      fc.property(batchOf(segmentMessage), trust, fc.boolean(), (body, sender, imported) => {
        const who = sender === 'user' ? { userId: 'ada' } : {};
        const intake = readSegment(body, { receivedAt: START, imported, trust: sender, ...who });
        expectSound(intake);
        for (const event of intake.events) if (event.trust === 'user') expect(event.userId).toBe('ada');
      }),
      { numRuns: 2000 },
    );
  });

  test('PostHog events become sound events or rejections, and never an error', () => {
    fc.assert(
      fc.property(batchOf(postHogEvent), trust, (body, sender) => {
        const who = sender === 'user' ? { userId: 'ada' } : {};
        expectSound(
          readPostHog(body, { receivedAt: START, trust: sender, accountGroupType: 'company', ...who }),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('promoter scores become one event or one rejection', () => {
    const answer = fc.record(
      {
        score: odd,
        user_id: odd,
        email: odd,
        comment: odd,
        response_id: odd,
        account_id: odd,
        answered_at: date,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(answer, fc.jsonValue()), (body) => {
        const intake = readNps(body, START);
        expect(intake.events.length + intake.rejections.length).toBe(1);
        expectSound(intake);
      }),
      { numRuns: 1000 },
    );
  });
});
