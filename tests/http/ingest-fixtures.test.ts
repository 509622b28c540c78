import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, hasFixtures, readFixtures, requestsIn } from '../sources/fixtures.ts';
import { type IngestServer, sendRaw, startIngest } from './ingest-server.ts';

const files = ['posthog-wire', 'segment-wire'].flatMap((folder) =>
  readFixtures(folder).map((fixture) => [`${folder}/${fixture.name}`, fixture] as const),
);

/** What each captured session must leave behind, event by event. */
const LEFT: Readonly<Record<string, readonly string[]>> = {
  'posthog-js-survey-nps-complete.json': ['survey shown', 'NPS Answered 9 "Great product"'],
  'posthog-js-survey-nps-partial.json': ['survey shown', 'NPS Answered 9', 'NPS Answered 9 "Great product"'],
  'posthog-node-5-batch-gzip.json': [
    'Person Updated',
    'Account Updated',
    'Invite Sent',
    'survey sent',
    'Report Submitted',
    'Song Played',
    'Person Updated',
  ],
  'posthog-node-5-capture-v1.json': ['Person Updated', 'Account Updated', 'Invite Sent'],
  'posthog-node-5-flags-poll-and-eval.json': ['$feature_flag_called'],
};

let server: IngestServer;
beforeAll(async () => {
  server = await startIngest();
});
afterAll(() => server.close());

describe.skipIf(!hasFixtures)('requests of the real clients, byte for byte', () => {
  test.each(files)('%s is answered as its client needs', async (path, fixture) => {
    server.forget();
    for (const captured of requestsIn(fixture)) {
      const body = bytesOf(captured);
      const { connection: _, 'content-length': __, ...headers } = captured.headers;
      const answer = await sendRaw(`${server.url}${captured.path}`, {
        method: captured.method,
        headers,
        body,
      });
      expect([200, 304]).toContain(answer.status);
      expect(answer.headers['x-rejected']).toBeUndefined();
      if (/^\/(e|batch|i\/v0\/e)\//.test(captured.path)) expect(answer.text).toBe('{"status":1}');
      if (path.startsWith('segment')) expect(answer.text).toBe('{"success":true}');
    }
    expect(server.rejections()).toEqual([]);
    if (path.includes('retry-log')) return;
    expect(server.events().length).toBeGreaterThan(0);
    const expected = LEFT[fixture.name];
    if (expected !== undefined) expect(server.events().map(sketch)).toEqual(expected);
  });

  test('a partial answer and its completion are one response', async () => {
    server.forget();
    const [partial] = files.flatMap(([, fixture]) => (fixture.name.includes('nps-partial') ? [fixture] : []));
    for (const captured of partial ? requestsIn(partial) : []) {
      await sendRaw(`${server.url}${captured.path}`, {
        headers: { 'content-type': 'application/json' },
        body: bytesOf(captured),
      });
    }
    const answers = server.events().filter(({ name }) => name === 'NPS Answered');
    expect(new Set(answers.map(({ properties }) => properties['response_id'])).size).toBe(1);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(2);
    expect(answers[0]).toMatchObject({ userId: '019mr8mf4r', ownAccountId: 'acct_123' });
  });
});

function sketch({
  name,
  properties,
}: {
  name: string;
  properties: { readonly [key: string]: unknown };
}): string {
  if (name !== 'NPS Answered') return name;
  return [name, properties['score'], properties['comment'] && JSON.stringify(properties['comment'])]
    .filter(Boolean)
    .join(' ');
}
