import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { webhookType } from '../../src/delivery/webhook.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/engine/time.ts';
import { eventName, STAGES } from '../../src/referrals/stage.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored } from '../messages.ts';
import { MAIL } from '../small-catalog.ts';

const [pglite] = databases;
if (pglite === undefined) throw new Error('PGlite is always there.');

type Told = { readonly headers: IncomingHttpHeaders; readonly body: string };

let house: House;
let server: Server;
let url: string;
let status = 200;
let answered = () => Promise.resolve();
const told: Told[] = [];
beforeAll(async () => {
  server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      told.push({ headers: req.headers, body });
      const said = status;
      void answered().then(() => res.writeHead(said).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/hooks`;
  house = await openHouse(pglite.open, {
    catalog: { triggers: { mail: MAIL } },
    environment: { WEBHOOKS_TO_PRIVATE: 'true', ALERTS_TO: 'ops@vendor.example' },
  });
});
beforeEach(async () => {
  await house.forget();
  told.length = 0;
  status = 200;
  answered = () => Promise.resolve();
});
afterAll(async () => {
  await house.close();
  server.close();
});

const subscribe = async (more: object = {}) =>
  (await house.secret('POST', '/v1/webhooks', { url, ...more })).json;
const aPromoter = (user = 'ada', account = 'acme') =>
  house.send([...joined(user, account, house.now()), scored(user, 10, { at: house.now() })]);
const types = () => told.map(({ body }) => JSON.parse(body).type);
const deliveries = async (id: string) =>
  (await house.secret('GET', `/v1/webhooks/${id}/deliveries`)).json.deliveries;

describe('a webhook', () => {
  test('is told of an ask and what came of it, signed', async () => {
    const { secret } = await subscribe();
    await aPromoter();
    await house.runJobs();
    await house.runJobs();
    expect(types()).toEqual(['ask.scheduled', 'ask.sent']);
    const { headers, body } = told[0] ?? { headers: {}, body: '' };
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      timestamp: new Date(house.now()).toISOString(),
      data: { account_id: 'acme', user_id: 'ada', trigger: 'mail', channel: 'email' },
    });
  });

  test('hears only what it asked for', async () => {
    await subscribe({ events: ['referral.*'] });
    await aPromoter();
    await house.runJobs();
    await house.secret('POST', '/v1/referrals', {
      advocate: 'ada',
      email: 'g@newco.example',
      company: 'Newco',
    });
    await house.runJobs();
    expect(types()).toEqual(['referral.submitted']);
  });

  test('that is out is told again later, under the same id, until it says yes', async () => {
    const { id } = await subscribe({ events: ['ask.scheduled'] });
    status = 500;
    await aPromoter();
    await house.runJobs();
    expect(await deliveries(id)).toMatchObject([{ status: 'due', answer: '500' }]);
    await house.pass(SECOND);
    expect(told).toHaveLength(1);
    status = 204;
    await house.pass(5 * SECOND);
    expect(told).toHaveLength(2);
    expect(told[1]?.headers['webhook-id']).toBe(told[0]?.headers['webhook-id']);
    expect(await deliveries(id)).toMatchObject([{ status: 'sent', answer: '204' }]);
  });

  test('that answers 410 is told nothing more, and operators hear of it', async () => {
    const { id } = await subscribe();
    status = 410;
    await aPromoter();
    await house.runJobs();
    await house.runJobs();
    const { webhooks } = (await house.secret('GET', '/v1/webhooks')).json;
    expect(webhooks).toMatchObject([{ id, disabled_because: expect.stringContaining('410') }]);
    expect(house.mails.filter(({ to }) => to.address === 'ops@vendor.example')).toHaveLength(1);
    const before = told.length;
    await aPromoter('ben', 'birch');
    await house.pass(HOUR);
    expect(told).toHaveLength(before);
  });

  test('that turns several messages down at once is one piece of news', async () => {
    await subscribe({ events: ['ask.scheduled'] });
    for (const user of ['ada', 'ben', 'eve']) await aPromoter(user, `${user}-co`);
    status = 410;
    answered = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100 * told.length));
      house.advance(1);
    };
    await house.runJobs();
    await house.runJobs();
    expect(told).toHaveLength(3);
    expect(house.mails.filter(({ to }) => to.address === 'ops@vendor.example')).toHaveLength(1);
  });

  test('that was out for five days is disabled; enabled again, it hears from then on', async () => {
    const { id } = await subscribe({ events: ['ask.scheduled'] });
    status = 500;
    for (let day = 0; day < 7; day += 1) {
      await aPromoter(`user${day}`, `account${day}`);
      await house.pass(DAY);
    }
    const [webhook] = (await house.secret('GET', '/v1/webhooks')).json.webhooks;
    expect(webhook.disabled_because).toContain('five days');
    status = 200;
    expect((await house.secret('POST', `/v1/webhooks/${id}/enable`)).status).toBe(204);
    await aPromoter('zoe', 'zebra');
    await house.runJobs();
    expect(types().length).toBeGreaterThan(0);
    expect((await deliveries(id))[0]).toMatchObject({ status: 'sent' });
  });

  test('can be told a message again', async () => {
    const { id } = await subscribe({ events: ['ask.scheduled'] });
    await aPromoter();
    await house.runJobs();
    const [delivery] = await deliveries(id);
    await house.secret('POST', `/v1/webhooks/${id}/deliveries/${delivery.id}/redeliver`);
    await house.runJobs();
    expect(told).toHaveLength(2);
    expect((await house.secret('POST', `/v1/webhooks/${id}/deliveries/none/redeliver`)).status).toBe(404);
  });

  test('that is deleted is told nothing more', async () => {
    const { id } = await subscribe();
    await aPromoter();
    expect((await house.secret('DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
    await house.runJobs();
    expect(told).toEqual([]);
    expect((await house.secret('DELETE', `/v1/webhooks/${id}`)).status).toBe(404);
  });
});

test('two replicas tell it once', async () => {
  await subscribe({ events: ['ask.scheduled'] });
  await aPromoter();
  const other = await house.startAnother();
  await Promise.all([house.runJobs(), other.runJobs()]);
  await other.stop();
  expect(told).toHaveLength(1);
});

describe('a receiver that takes its time', () => {
  const reached = async () => {
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  let letGo = () => {};
  beforeEach(() => {
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    answered = () => (told.length === 1 ? held : Promise.resolve());
  });

  test('is not told again by another replica as long as a post may take', async () => {
    await subscribe({ events: ['ask.scheduled'] });
    await aPromoter();
    const other = await house.startAnother();
    const posting = house.runJobs();
    await reached();
    house.advance(MINUTE);
    await other.runJobs();
    expect(told).toHaveLength(1);
    letGo();
    await posting;
    await other.stop();
  });

  test('and answers when another try has got through changes nothing any more', async () => {
    const { id } = await subscribe({ events: ['ask.scheduled'] });
    await aPromoter();
    const other = await house.startAnother();
    status = 500;
    const posting = house.runJobs();
    await reached();
    status = 200;
    house.advance(3 * MINUTE);
    await other.runJobs();
    expect(told).toHaveLength(2);
    letGo();
    await posting;
    expect(await deliveries(id)).toMatchObject([{ status: 'sent', answer: '200' }]);
    const [webhook] = (await house.secret('GET', '/v1/webhooks')).json.webhooks;
    expect(webhook.failing_since).toBeNull();
    await other.stop();
  });
});

describe('among several receivers', () => {
  const many = 20;
  /** Messages in line for one receiver, all of them before what comes next. */
  const putInLine = (webhookId: string) =>
    house.db.pool.query(
      `insert into webhook_delivery (id, webhook_id, body, status, due_at, created_at)
       select 'waits_' || n, $1, '{"type":"test"}', 'due', $2, $2 from generate_series(1, $3::int) as n`,
      [webhookId, new Date(house.now()), many],
    );
  const slow = { waiting: 0, letGo: () => {} };
  let slowUrl: string;
  let slowServer: Server;
  beforeAll(async () => {
    slowServer = createServer((req, res) => {
      slow.waiting += 1;
      req.resume();
      const before = slow.letGo;
      slow.letGo = () => {
        before();
        res.end();
      };
    });
    await new Promise<void>((resolve) => slowServer.listen(0, '127.0.0.1', resolve));
    const address = slowServer.address();
    slowUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/slow`;
  });
  beforeEach(() => {
    slow.waiting = 0;
    slow.letGo = () => {};
  });
  afterAll(() => slowServer.close());

  test('one that takes its time keeps nobody else waiting, and holds up the next run for one post only', async () => {
    const { id } = await subscribe({ url: slowUrl, events: ['ask.declined'] });
    await putInLine(id);
    await subscribe({ events: ['ask.scheduled'] });
    await aPromoter();
    const posting = house.runJobs();
    await expect.poll(types).toEqual(['ask.scheduled']);
    await expect.poll(() => slow.waiting).toBe(8);
    house.advance(30 * SECOND);
    slow.letGo();
    await posting;
    expect(slow.waiting).toBe(8);
    const left = await house.db.pool.query(
      "select attempts from webhook_delivery where webhook_id = $1 and id like 'waits%' and status = 'due'",
      [id],
    );
    expect(left.rows).toEqual(Array(many - 8).fill({ attempts: 0 }));
  });

  test('one for whom much waits is told all of it in one run, as long as it answers at once', async () => {
    await putInLine((await subscribe({ events: ['ask.declined'] })).id);
    await house.runJobs();
    expect(told).toHaveLength(many);
  });
});

describe('a faulty subscription', () => {
  test.each([
    { url: 'ftp://a.example' },
    { url: 'nonsense' },
    {},
    { url: 'https://a.example', events: ['payments.made'] },
    { url: 'https://a.example', events: [] },
    { url: 'https://a.example', secret: 'mine' },
  ])('%j is refused, and says why', async (body) => {
    const answer = await house.secret('POST', '/v1/webhooks', body);
    expect(answer.status).toBe(400);
    expect(answer.json.errors.length).toBeGreaterThan(0);
  });

  test.each([
    'http://127.0.0.1:9/x',
    'http://localhost/x',
    'http://[::1]/x',
    'https://10.0.0.5/x',
    'http://hooks.billing.example/x',
  ])(
    '%s lies inside this network or is read by whoever is on the way, and needs to be allowed',
    async (inside) => {
      await house.restart({ environment: { WEBHOOKS_TO_PRIVATE: 'false' } });
      const answer = await house.secret('POST', '/v1/webhooks', { url: inside });
      await house.restart();
      expect(answer.status).toBe(400);
      expect(answer.json.errors).toMatchObject([
        { field: 'url', message: expect.stringContaining('WEBHOOKS_TO_PRIVATE=true') },
      ]);
    },
  );

  test('the secret is told once', async () => {
    await subscribe();
    const [webhook] = (await house.secret('GET', '/v1/webhooks')).json.webhooks;
    expect(webhook).not.toHaveProperty('secret');
  });
});

test('a type that there is not is refused, and every stage of a referral is one', async () => {
  const body = { url: 'https://billing.vendor.example/goodturn', events: ['referral.wone'] };
  const refused = await house.secret('POST', '/v1/webhooks', body);
  expect([refused.status, refused.json.errors]).toMatchObject([400, [{ field: 'events.0' }]]);
  const events = STAGES.flatMap((stage) => eventName(stage) ?? []).map(webhookType);
  expect((await house.secret('POST', '/v1/webhooks', { ...body, events })).status).toBe(201);
});
