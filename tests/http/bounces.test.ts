import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/engine/time.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { group, identify, joined, scored, track } from '../messages.ts';
import { CARD, MAIL } from '../small-catalog.ts';

const [pglite] = databases;
if (pglite === undefined) throw new Error('PGlite is always there.');

let house: House;
beforeAll(async () => {
  house = await openHouse(pglite.open, { catalog: { triggers: { mail: MAIL, card: CARD } } });
});
beforeEach(() => house.forget());
afterAll(() => house.close());

const ask = async () => (await house.secret('GET', '/v1/asks')).json.asks[0];
const person = async () => (await house.secret('GET', '/v1/accounts/acme')).json.people[0];

/** An email that its server took. Answers its Message-ID. */
async function anEmail(): Promise<string> {
  await house.send([...joined('ada', 'acme', house.now()), scored('ada', 10, { at: house.now() })]);
  await house.runJobs();
  expect(await ask()).toMatchObject({ status: 'delivered' });
  return house.mails.at(-1)?.messageId ?? '';
}

const report = (messageId: string, status: string, recipient = 'ada@customer.example') =>
  `Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ${recipient}
Action: failed
Status: ${status}

--b
Content-Type: message/rfc822

Message-ID: ${messageId}

Hello
--b--
`;

const post = async (body: string, type = 'message/rfc822', key = 'sk_test') => {
  const response = await fetch(`${house.url()}/webhooks/bounces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body,
  });
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer.
  const json: any = await response.json();
  return { status: response.status, json };
};
const notify = (notice: unknown) => post(JSON.stringify(notice), 'application/json');

describe('a mail that came back', () => {
  test('from a mailbox that does not exist ends the ask and the address, and counts for nothing', async () => {
    const messageId = await anEmail();
    expect(await post(report(messageId, '5.1.1'))).toEqual({
      status: 200,
      json: { results: [{ outcome: 'suppressed' }] },
    });
    expect(await ask()).toMatchObject({ status: 'failed', status_reason: expect.stringContaining('5.1.1') });
    expect(await person()).toMatchObject({ suppressed: 'all' });
    // Nobody was reached, so a colleague may be asked at once.
    await house.send([
      ...joined('ben', 'acme', house.now()),
      track('ben', 'Workflow Completed', { at: house.now() }),
    ]);
    expect((await house.as('ben', 'GET', '/v1/nudges')).json.nudges).toHaveLength(1);
  });

  test('for another reason ends the ask, and the address stays good', async () => {
    const messageId = await anEmail();
    expect((await post(report(messageId, '5.7.1'))).json.results).toEqual([{ outcome: 'failed' }]);
    expect(await ask()).toMatchObject({ status: 'failed' });
    expect(await person()).toMatchObject({ suppressed: null });
  });

  test('from a mailbox it was forwarded to says nothing about the address', async () => {
    const messageId = await anEmail();
    await post(report(messageId, '5.1.1', 'ada@elsewhere.example'));
    expect(await person()).toMatchObject({ suppressed: null });
  });

  test('twice changes nothing more', async () => {
    const messageId = await anEmail();
    await post(report(messageId, '5.1.1'));
    const before = await ask();
    await post(report(messageId, '5.1.1'));
    expect(await ask()).toEqual(before);
  });

  test.each([
    ['a mark of another mail', (id: string) => id.replace(/\.[^.@]+@/, '.AAAAAAAAAAAAAAAAAAAAAA@')],
    ['no mark', (id: string) => id.replace(/\.[^.@]+@/, '@')],
    ['a stranger’s Message-ID', () => '<abc@elsewhere.example>'],
  ])('with %s is ignored: anyone can write one', async (_, forge) => {
    const messageId = await anEmail();
    expect((await post(report(forge(messageId), '5.1.1'))).json.results).toMatchObject([
      { outcome: 'ignored', because: 'it is about no mail of ours' },
    ]);
    expect(await ask()).toMatchObject({ status: 'delivered' });
    expect(await person()).toMatchObject({ suppressed: null });
  });
});

describe('the hook of a mail provider', () => {
  test('may name an address alone', async () => {
    await anEmail();
    expect((await notify({ type: 'bounce', email: 'Ada@customer.example' })).json.results).toEqual([
      { outcome: 'suppressed' },
    ]);
    expect(await person()).toMatchObject({ suppressed: 'all' });
  });

  test('reports a complaint, which is a no', async () => {
    const messageId = await anEmail();
    await notify([{ type: 'complaint', message_id: messageId }]);
    expect(await ask()).toMatchObject({ status: 'declined' });
    expect(await person()).toMatchObject({ suppressed: 'all' });
  });

  test('that says something else learns what was expected', async () => {
    expect(await notify({ type: 'opened' })).toMatchObject({
      status: 400,
      json: { title: expect.any(String) },
    });
    expect(await post('', 'application/json')).toMatchObject({ status: 400 });
    expect(await post('{', 'application/json')).toMatchObject({ status: 400 });
  });

  test('needs the secret key', async () => {
    expect(await post('x', 'message/rfc822', 'wk_test')).toMatchObject({ status: 403 });
    expect(await post('x', 'message/rfc822', 'nonsense')).toMatchObject({ status: 401 });
  });
});

test('an unsubscribe ends the address that was written to, also when it has changed since', async () => {
  await anEmail();
  const link = /https:\S+\/unsubscribe\/\S+/.exec(house.mails.at(-1)?.text ?? '')?.[0] ?? '';
  await house.send([
    {
      type: 'identify',
      userId: 'ada',
      messageId: 'moved',
      timestamp: new Date(house.now() + 1).toISOString(),
      traits: { email: 'ada@new.example' },
    },
  ]);
  await house.open(link, { scope: 'all' });
  expect(await person()).toMatchObject({ suppressed: null });
  const { rows } = await house.db.pool.query('select address_hash from suppression');
  expect(rows).toEqual([{ address_hash: house.deps().keys.hashAddress('ada@customer.example') }]);
});

test('while a domain puts mails off it is asked by one a minute, and others are written to', async () => {
  const at = house.now();
  const score = async (user: string, account: string, domain: string) =>
    house.send([
      identify(user, { email: `${user}@${domain}`, name: user }, { at }),
      group(user, account, {}, { at }),
      scored(user, 10, { at }),
    ]);
  const asked = () => house.mails.map(({ to }) => to.name);
  house.mailer.next({ status: 'failed', retry: true, bounce: false, reason: '421 4.7.0 slow down' });
  await score('ada', 'acme', 'busy.example');
  await score('ben', 'birch', 'busy.example');
  await score('cleo', 'cedar', 'busy.example');
  await house.runJobs();
  await house.runJobs();
  // Which of them is asked first is nobody's business.
  const [first = ''] = asked();
  expect(asked()).toEqual([first]);
  await score('zoe', 'zebra', 'quiet.example');
  await house.runJobs();
  expect(asked()).toEqual([first, 'zoe']);
  await house.pass(MINUTE);
  await house.pass(HOUR);
  expect(asked().sort()).toEqual([first, 'ada', 'ben', 'cleo', 'zoe'].sort());
});

describe('JSON from the hook of a mail provider', () => {
  const bounce = { type: 'bounce', email: 'gone@customer.example' };

  test('is not taken for a mail without a report when its content type is missing', async () => {
    const answer = await post(JSON.stringify(bounce), 'application/x-www-form-urlencoded');
    expect([answer.status, answer.json.detail]).toEqual([400, expect.stringContaining('application/json')]);
  });

  test('that is wrong is refused by the name of the field', async () => {
    const fieldsOf = async (notice: unknown) =>
      (await notify(notice)).json.errors.map(({ field }: { field: string }) => field);
    expect(await fieldsOf({ ...bounce, type: 'bonce' })).toEqual(['type']);
    expect(await fieldsOf([bounce, { ...bounce, type: 'bonce' }])).toEqual(['1.type']);
  });
});
