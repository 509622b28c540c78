import { describe, expect, test } from 'vitest';
import { readPostHog } from '../../src/sources/posthog.ts';
import { readSegment } from '../../src/sources/segment.ts';
import { START } from '../builders.ts';
import { isStorable } from './is-storable.ts';

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Properties that some database, driver or merge chokes on, as they arrive in a body. */
const POISON: readonly (readonly [string, string])[] = [
  ['a NUL in a value', '{"note":"a\\u0000b"}'],
  ['a NUL in a key', '{"a\\u0000b":1}'],
  ['a NUL deep inside', '{"list":[{"note":"\\u0000"}]}'],
  ['half a surrogate pair', '{"note":"\\ud83d"}'],
  ['the other half', '{"note":"\\ude00 is what is left"}'],
  ['17 levels', nested(17)],
  ['5,000 levels', nested(5000)],
  ['100,000 levels', nested(100_000)],
  ['a number beyond all numbers', '{"n":1e999}'],
  ['a whole number beyond 2^53', '{"n":9007199254740993}'],
  ['a bigint', '{"n":123456789012345678901234567890}'],
  ['__proto__', '{"__proto__":{"admin":true}}'],
  ['constructor at depth', '{"a":{"constructor":{"prototype":{}}}}'],
];

const POISON_DATES = ['+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', '0001-01-01T00:00:00Z'];

const segment = (id: string, properties: string, timestamp: string) =>
  `{"type":"track","userId":"ada","event":"X","messageId":"${id}","timestamp":"${timestamp}","properties":${properties}}`;
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
