import { describe, expect, test } from 'vitest';
import { readPostHog } from '../../src/sources/posthog.ts';
import { readSegment } from '../../src/sources/segment.ts';
import { START } from '../builders.ts';
import { isStorable } from './is-storable.ts';
import { nested, POISON, POISON_DATES, segmentText as segment } from './poisons.ts';

const posthog = (id: string, properties: string, timestamp: string) =>
  `{"uuid":"${id}","event":"X","distinct_id":"ada","timestamp":"${timestamp}","properties":${properties}}`;

const NOW = new Date(START).toISOString();
const protocols = [
  [
    'segment',
    segment,
    (body: unknown) => readSegment(body, { receivedAt: START, imported: false, trust: 'server' }),
  ],
  [
    'posthog',
    posthog,
    (body: unknown) => readPostHog(body, { receivedAt: START, trust: 'server', accountGroupType: 'company' }),
  ],
] as const;

describe.each(protocols)('a poisoned event in a %s batch', (_name, write, read) => {
  const intakeOf = (properties: string, timestamp = NOW) => {
    const good = Array.from({ length: 499 }, (_, index) => write(`good-${index}`, '{"n":1}', NOW));
    const batch = [...good.slice(0, 250), write('poison', properties, timestamp), ...good.slice(250)];
    return read(JSON.parse(`{"batch":[${batch.join(',')}]}`));
  };

  test.each(POISON)('%s costs that event only', (_what, properties) => {
    const { events, rejections } = intakeOf(properties);
    expect(events).toHaveLength(499);
    expect(rejections).toHaveLength(1);
    expect(rejections[0]).toMatchObject({ messageId: 'poison' });
    expect(rejections[0]?.reason).toMatch(/^(properties|message)/);
    const { reason = '', excerpt = '' } = rejections[0] ?? {};
    expect(isStorable(`${reason}${excerpt}`)).toBe(true);
  });

  test.each(POISON_DATES)('the date %s costs that event only', (timestamp) => {
    const { events, rejections } = intakeOf('{}', timestamp);
    expect(events).toHaveLength(499);
    expect(rejections[0]?.reason).toContain('expected a date from 1970 to 9999');
  });

  test('16 levels, a million and an emoji are fine', () => {
    const { events } = intakeOf(`{"deep":${nested(15)},"n":1000000,"f":1.5e-300,"s":"\\ud83d\\ude00"}`);
    expect(events).toHaveLength(500);
  });
});

test('the excerpt of a rejection can be stored, wherever it is cut', () => {
  for (let length = 400; length < 520; length += 1) {
    const message = { type: 'track', userId: 'ada', event: '', note: `${'x'.repeat(length)}😀😀` };
    const [{ excerpt } = { excerpt: '' }] = readSegment(message, {
      receivedAt: START,
      imported: false,
      trust: 'server',
    }).rejections;
    expect(excerpt.length).toBeLessThanOrEqual(500);
    expect(excerpt).not.toMatch(/\p{Surrogate}/u);
  }
});
