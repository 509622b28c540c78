import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databases, server } from '../databases.ts';
import { checkAsks } from '../kills/check-asks.ts';
import { checkStored } from '../kills/check-stored.ts';
import { createHistory } from '../kills/history.ts';
import { SECRET_KEY, WRITE_KEY } from '../kills/keys.ts';
import { type Place, postgresPlace } from '../kills/place.ts';
import { createRandom } from '../kills/random.ts';
import { catalogInForce } from '../kills/settings.ts';
import { type SlowSmtp, type SmtpStep, startSlowSmtp } from '../kills/slow-smtp.ts';
import { introduction, type Message, track } from '../kills/world.ts';
import { type Replica, type ReplicaGroup, startGroup } from './group.ts';

const hasPostgres = databases.some(({ kind, available }) => kind === 'postgres' && available);
// `npm run soak` also freezes it before the mail server has heard a word.
const STEPS: readonly SmtpStep[] = process.env['SOAK'] === '1' ? ['connect', 'dot'] : ['dot'];
const PATIENCE = { timeout: 60_000, interval: 50 };

describe.skipIf(!hasPostgres)('a replica that stands still in the middle of its work', () => {
  let place: Place;
  let database: pg.Pool;
  let smtp: SlowSmtp;
  let onStep: (step: SmtpStep) => void;
  const groups: ReplicaGroup[] = [];
  beforeEach(async () => {
    onStep = () => {};
    place = await postgresPlace(server);
    database = new pg.Pool({ connectionString: place.environment['DATABASE_URL'], max: 2 });
    database.on('error', () => {});
    smtp = await startSlowSmtp(createRandom(1), { onStep: (step) => onStep(step), onTaken: () => {} });
  });
  afterEach(async () => {
    for (const { replicas } of groups.splice(0)) {
      for (const { service } of replicas) {
        service.kill();
        await service.gone;
      }
    }
    await database.end();
    await smtp.close();
    await place.remove();
  });

  const start = async (): Promise<Replica> => {
    const environment = { ...place.environment, WEBHOOKS_TO_PRIVATE: 'true' };
    const group = await startGroup(1, environment, smtp.url, database);
    groups.push(group);
    return group.replicas[0];
  };
  const call = async ({ url }: Replica, key: string, path: string, json: object) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
    await response.text();
    return response.status;
  };
  const send = (replica: Replica, batch: readonly Message[]) =>
    call(replica, WRITE_KEY, '/v1/batch', { batch });
  const one = async (text: string) => (await database.query(text)).rows[0];
  const faults = async () => {
    const tables = await (await place.look()).tables;
    if (tables === undefined) throw new Error('There are no tables.');
    const history = createHistory('/dev/null');
    for (const { messageId, to } of smtp.taken) history.add({ kind: 'mail', messageId, to });
    return [
      ...checkStored(history.entries, tables, await catalogInForce()),
      ...checkAsks(history.entries, tables),
    ];
  };

  test.each(STEPS)(
    'of sending a mail (%s) is given up after its lease, and believed no more: one body at most, "unknown" it stays',
    async (step) => {
      const slow = await start();
      onStep = (at) => {
        if (at !== step) return;
        onStep = () => {};
        slow.service.freeze();
      };
      await send(slow, [
        ...introduction('acme', 'ada', 'email'),
        track('ada', 'NPS Answered', { score: 10 }),
      ]);
      const mail = () => one('select status from mail');
      await expect.poll(mail, PATIENCE).toEqual({ status: 'sending' });
      const other = await start();
      await sleep(1_500);
      expect(await mail()).toEqual({ status: 'sending' }); // its lease is its own
      await database.query(`update mail set claimed_at = claimed_at - interval '20 minutes'`);
      await expect.poll(mail, PATIENCE).toEqual({ status: 'unknown' });
      slow.service.thaw();
      await expect.poll(() => smtp.taken.length, PATIENCE).toBe(1);
      // It hears the 250, and has its say before it ends.
      slow.service.stop();
      expect(await slow.service.gone).toEqual({ code: 0 });
      await send(other, [track('ada', 'NPS Answered', { score: 10 })]);
      await sleep(1_500);
      expect(await mail()).toEqual({ status: 'unknown' });
      expect(await one('select status from ask')).toEqual({ status: 'unknown' });
      expect(await one(`select count(*)::int as sent from event where name = 'Ask Sent'`)).toEqual({
        sent: 0,
      });
      expect(smtp.taken).toHaveLength(1);
      expect(await faults()).toEqual([]);
    },
  );

  test('of a post to a webhook has another post it after the lease, and the word of that one counts', async () => {
    const slow = await start();
    const heard: string[] = [];
    let turnDown = () => {};
    const receiver = createServer((req, res) => {
      heard.push(String(req.headers['webhook-id']));
      const answer = (status: number) => res.writeHead(status).end();
      if (heard.length > 1) return void answer(200);
      slow.service.freeze();
      turnDown = () => answer(500);
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const address = receiver.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    try {
      await call(slow, SECRET_KEY, '/v1/webhooks', { url, events: ['ask.scheduled'] });
      await send(slow, [
        ...introduction('acme', 'ada', 'nudge'),
        ...Array.from({ length: 3 }, () => track('ada', 'Workflow Completed')),
      ]);
      await expect.poll(() => heard.length, PATIENCE).toBe(1);
      await start();
      await sleep(1_500);
      expect(heard).toHaveLength(1);
      await database.query(`update webhook_delivery set due_at = due_at - interval '4 minutes'`);
      const delivery = () => one('select status, attempts, answer from webhook_delivery');
      const sent = { status: 'sent', attempts: 2, answer: '200' };
      await expect.poll(delivery, PATIENCE).toEqual(sent);
      turnDown();
      slow.service.thaw();
      slow.service.stop();
      expect(await slow.service.gone).toEqual({ code: 0 });
      expect(await delivery()).toEqual(sent);
      expect(new Set(heard).size).toBe(1);
      expect(await one('select failing_since from webhook')).toEqual({ failing_since: null });
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  test('of a transaction loses it to the others, and takes the same in once it goes on', async () => {
    const slow = await start();
    const other = await start();
    expect(await send(slow, introduction('acme', 'ada', 'nobody'))).toBe(200);
    const holder = await database.connect();
    await holder.query('begin');
    await holder.query(`select 1 from account where id = 'acme' for update`);
    const late = [track('ada', 'Report Shared')];
    const first = send(slow, late);
    const waits = () =>
      one(`select count(*)::int as n from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`);
    await expect.poll(waits, PATIENCE).toEqual({ n: 1 });
    slow.service.freeze();
    await holder.query('commit');
    holder.release();
    // Now it has the account and does nothing, for which the server cuts it off after a minute.
    const idle = `datname = current_database() and state = 'idle in transaction'`;
    await expect
      .poll(() => one(`select count(*)::int as n from pg_stat_activity where ${idle}`), PATIENCE)
      .toEqual({ n: 1 });
    const second = send(other, [track('ada', 'Report Shared')]);
    await expect.poll(waits, PATIENCE).toEqual({ n: 1 });
    await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${idle}`);
    expect(await second).toBe(200);
    slow.service.thaw();
    expect(await first).toBe(503);
    expect(await send(slow, late)).toBe(200);
    expect(await send(slow, [track('ada', 'Report Shared')])).toBe(200);
    expect(await one(`select count(*)::int as n from event where name = 'Report Shared'`)).toEqual({ n: 3 });
    expect(await faults()).toEqual([]);
  });
});
