import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { constants, createBrotliCompress, createDeflate, createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { START } from '../builders.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { track } from '../messages.ts';
import { sendRaw } from './ingest-server.ts';

const MB = 1024 * 1024;

const json = { 'content-type': 'application/json' };
const writing = { authorization: 'Bearer wk_test', ...json };
const secret = { authorization: 'Bearer sk_test', ...json };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

let house: House;
let bombs: Readonly<Record<'gzip' | 'deflate' | 'br', Buffer>>;
beforeAll(async () => {
  const open = databases.find(({ kind }) => kind === 'pglite')?.open;
  if (open === undefined) throw new Error('There is no PGlite.');
  house = await openHouse(open, { catalog: { triggers: {} } });
  bombs = {
    gzip: await bomb(createGzip({ level: 1 })),
    deflate: await bomb(createDeflate({ level: 1 })),
    br: await bomb(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })),
  };
});
afterAll(() => house.close());

/** 300 MB of spaces, which are not whole here either: what is freed would hide what is taken. */
function bomb(encoder: NodeJS.ReadWriteStream): Promise<Buffer> {
  const spaces = Buffer.alloc(MB, ' ');
  return buffer(Readable.from(Array.from({ length: 300 }, () => spaces)).pipe(encoder));
}

const post = (path: string, headers: Record<string, string>, body: Buffer | string) =>
  sendRaw(`${house.url()}${path}`, { headers, body });

/** By how many bytes the memory of the process has grown while something happened, at the most. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 1);
  await work().finally(() => clearInterval(timer));
  look();
  return most - before;
}

/** Every door that unpacks what it is sent, and what it says to one that is too large. */
const DOORS: readonly (readonly [path: string, headers: Record<string, string>, status: number])[] = [
  // Segment's clients know no 413.
  ['/v1/batch', writing, 400],
  ['/v1/track', writing, 400],
  ['/v1/import', writing, 400],
  ['/v1/nps', writing, 413],
  ['/batch/', json, 413],
  ['/i/v0/e/', json, 413],
  ['/engage/', json, 413],
  ['/i/v1/analytics/events', writing, 413],
  ['/v1/referrals', secret, 413],
  ['/v1/suppressions', secret, 413],
  ['/webhooks/bounces', secret, 413],
  ['/unsubscribe/a-token', form, 413],
];

describe('a body that blows up to 300 MB', () => {
  test.each(DOORS)(
    'is refused at %s without ever being whole, and the others are served meanwhile',
    async (path, headers, status) => {
      const growth = await growthDuring(async () => {
        const refused = Object.entries(bombs).map(([encoding, body]) =>
          post(path, { ...headers, 'content-encoding': encoding }, body),
        );
        const batch = [track('ada', 'Report Shared', { at: START, account: 'acme' })];
        const others = [post('/v1/batch', writing, JSON.stringify({ batch })), post('/flags/', json, '{}')];
        expect((await Promise.all(others)).map((answer) => answer.status)).toEqual([200, 200]);
        const answers = await Promise.all(refused);
        expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
        expect(answers.map(({ text }) => /larger than|too much/.test(text))).toEqual([true, true, true]);
      });
      expect(growth).toBeLessThan(64 * MB);
    },
  );

  test('is refused in a form, in base64, as well', async () => {
    const data = `compression=gzip-js&data=${encodeURIComponent(bombs.gzip.toString('base64'))}`;
    const growth = await growthDuring(async () => {
      expect((await post('/e/', form, data)).status).toBe(413);
    });
    expect(growth).toBeLessThan(64 * MB);
  });
});

const good = JSON.stringify({ api_key: 'wk_test', batch: [] });

/** Bodies that cannot be read, and what is said of them. */
const UNREADABLE: readonly (readonly [string, Buffer, Record<string, string>, number])[] = [
  ['compressed twice', gzipSync(gzipSync(good)), { 'content-encoding': 'gzip' }, 400],
  ['in two encodings', Buffer.from(good), { 'content-encoding': 'gzip, br' }, 415],
  ['in zstd', Buffer.from(good), { 'content-encoding': 'zstd' }, 415],
  ['cut short', gzipSync(good).subarray(0, 30), { 'content-encoding': 'gzip' }, 400],
  ['in an encoding that it is not in', Buffer.from(good), { 'content-encoding': 'br' }, 400],
  ['in Latin-1', Buffer.from(good.replace('wk_test', 'café'), 'latin1'), {}, 400],
  [
    'in Latin-1 by its own word',
    Buffer.from(good),
    { 'content-type': 'application/json; charset=latin1' },
    415,
  ],
  ['in UTF-16 without a word of it', Buffer.from(`\uFEFF${good}`, 'utf16le'), {}, 400],
];

const JSON_DOORS = DOORS.filter(([path]) => !/^\/(unsubscribe|webhooks)/.test(path));

describe.each(JSON_DOORS)('%s', (path, headers) => {
  test.each(UNREADABLE)('refuses a body %s', async (_what, body, more, status) => {
    expect((await post(path, { ...headers, ...more }, body)).status).toBe(status);
  });
});

test('letters that are none are not taken for others: a request of the API is refused', async () => {
  const suppression = Buffer.from('{"addresses":["ada@customer.example"],"reason":"sa\xefd so"}', 'latin1');
  const answer = await post('/v1/suppressions', secret, suppression);
  expect(JSON.parse(answer.text)).toMatchObject({ status: 400, detail: 'body: not UTF-8' });
  expect((await house.db.pool.query('select 1 from suppression')).rows).toEqual([]);
});

test.each([
  ['zstd', 415, 'expected gzip, deflate, br or none'],
  ['gzip, br', 415, 'expected gzip, deflate, br or none'],
  ['gzip', 400, 'arrived broken'],
])(
  'a page that is sent a form in %s and cannot read it says so, and it is no fault of ours',
  async (encoding, status, said) => {
    const sent = { ...form, 'content-encoding': encoding };
    const answer = await post('/unsubscribe/a-token', sent, 'List-Unsubscribe=One-Click');
    expect([answer.status, answer.text.includes('<html'), answer.text.includes(said)]).toEqual([
      status,
      true,
      true,
    ]);
  },
);
