/** So many objects, one in the other. */
export const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Properties that some database, driver or merge chokes on, as they arrive in a body. */
export const POISON: readonly (readonly [string, string])[] = [
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

export const POISON_DATES = [
  '+275760-09-13T00:00:00.000Z',
  '-000001-01-01T00:00:00.000Z',
  '0001-01-01T00:00:00Z',
];

/** A Segment message as it stands in a body: not every poison can be said in JavaScript. */
export const segmentText = (id: string, properties: string, timestamp: string) =>
  `{"type":"track","userId":"ada","event":"X","messageId":"${id}","timestamp":"${timestamp}","properties":${properties}}`;
