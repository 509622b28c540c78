import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { lawRuns } from '../laws.ts';
import { joined, scored, track } from '../messages.ts';
import { CARD, DRAFT, MAIL } from '../small-catalog.ts';
import { type ApiRoute, apiRoutes, withParameters } from './api-routes.ts';

const RUNS = lawRuns(15);

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, {
    catalog: { triggers: { card: CARD, draft: DRAFT, mail: MAIL } },
    environment: { WEBHOOKS_TO_PRIVATE: 'true' },
  });
  await house.send([
    ...joined('ada', 'acme'),
    ...joined('ben', 'birch'),
    scored('ada', 10),
    track('ben', 'Kind Words', { properties: { text: 'Splendid!' } }),
  ]);
  await house.runJobs();
});
afterAll(() => house.close());

// A store of words that routes know, with values that are right somewhere and wrong elsewhere.
const field = fc.constantFrom(
  ...'account_id acv addresses advocate ask_id at body by cancel catalog channel code company cursor email'.split(
    ' ',
  ),
  ...'answer events files for from kind limit min_readiness message_id name note outcome owner person person_id'.split(
    ' ',
  ),
  ...'personId readiness reason role scope stage status subject text to trigger type until url user_id verdict'.split(
    ' ',
  ),
  ...'version __proto__ constructor with seen sender template'.split(' '),
);
const text = fc.constantFrom(
  ...[
    'ada',
    'acme',
    'card',
    'mail',
    'asks',
    'all',
    'shown',
    'qualified',
    'won',
    'email',
    'draft',
    'hold',
    'complaint',
  ],
  ...[
    'ada@customer.example',
    '@',
    'a@b',
    'https://a.example/x',
    'javascript:alert(1)',
    'http://[::1',
    '7d',
    '-1d',
  ],
  ...[
    '99999999999d',
    '2026-02-01',
    '2026-02-30',
    '9999-12-31T23:59:59.999Z',
    '+275760-09-13T00:00:00Z',
    'infinity',
  ],
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e999',
    'NaN',
    '2147483648',
    '9223372036854775808',
    'null',
    '%',
    "'; drop table x; --",
  ],
  ...[
    '\0',
    'a\0b',
    '\uD800',
    '\u202E',
    '😀'.repeat(300),
    'x'.repeat(9_000),
    '../../etc/passwd',
    '{{constructor}}',
  ],
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.constantFrom<unknown>(null, true, 0, -1, 0.5, 1e308, 2 ** 53, 1e21, [], {}, [[]], { is: null }),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(field, text, { maxKeys: 3 }),
);
const body = fc.oneof({ weight: 5, arbitrary: fc.dictionary(field, value, { maxKeys: 5 }) }, value);
const segment = fc
  .oneof(text, fc.constantFrom('acme', 'ada', 'birch'))
  .map((part) => encodeURIComponent(wellFormed(part)));
const short = text.map((word) => word.slice(0, 1_000)); // Node itself refuses addresses of 16 kB
const query = fc.dictionary(field, short, { maxKeys: 3 });

/** A URL takes no half of a character. */
const wellFormed = (part: string) => part.replaceAll(/\p{Surrogate}/gu, '\uFFFD').slice(0, 2_000) || 'x';

const SAMPLES: Readonly<Record<string, string>> = { '${step}': 'edit', '${outcome}': 'shown' };

const known = async (route: ApiRoute): Promise<string[]> => {
  const kind = route.path.startsWith('/v1/referrals') ? 'referrals' : 'asks';
  const { json } = await house.secret('GET', `/v1/${kind}`);
  return json[kind].map(({ id }: { id: string }) => id);
};

describe.each(apiRoutes.map((route) => ({ ...route, name: `${route.method} ${route.path}` })))(
  '$name',
  (route) => {
    test('answers anything with what it documents, and never with a fault of ours', async () => {
      const ids = await known(route);
      const token = await house.token('ada');
      const isForUsers = /^\/v1\/(nudges|advocates)\//.test(route.path);
      const id = ids.length === 0 ? segment : fc.oneof(segment, fc.constantFrom(...ids));
      await fc.assert(
        fc.asyncProperty(id, query, body, async (part, asked, sent) => {
          const path = withParameters(route, (name) => SAMPLES[name] ?? part);
          const search = new URLSearchParams(Object.entries(asked)).toString();
          const {
            status,
            text: said,
            headers,
          } = await house.call(route.method, `${path}?${search}`, {
            headers: isForUsers
              ? { authorization: `Bearer ${token}`, 'x-goodturn-key': 'pk_test' }
              : { authorization: 'Bearer sk_test' },
            ...(route.method === 'GET' ? {} : { body: sent }),
          });
          expect(status, said).toBeLessThan(500);
          if (status < 400) return;
          expect(headers.get('content-type')).toContain('application/problem+json');
          expect(JSON.parse(said)).toMatchObject({ type: 'about:blank', status });
        }),
        { numRuns: RUNS },
      );
    });
  },
);

test('a NUL is no text: neither in an address, nor in a body, nor in a form', async () => {
  const { status, json } = await house.secret('POST', '/v1/accounts/acme/hold', {
    until: '2027-01-01',
    reason: 'a\0b',
  });
  expect([status, json.errors]).toMatchObject([400, [{ field: 'reason' }]]);
  for (const path of ['/r/a%00b', '/d/%00', '/v1/asks?account_id=%00', '/v1/nudges?account_id=%00'])
    expect((await house.secret('GET', path)).status).toBeLessThan(500);
  await house.send(joined('cyd', 'cedar'));
  const { link } = (await house.secret('GET', '/v1/advocates/cyd')).json;
  const form = { email: 'jo@prospect.example', company: 'Pros\0pect', name: 'Jo\0', role: '', note: '' };
  expect((await house.open(link.url, form)).status).toBeLessThan(400);
  const { referrals } = (await house.secret('GET', '/v1/referrals')).json;
  expect(referrals.map(({ company_name: name }: { company_name: string }) => name)).toContain('Prospect');
});
