import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { group, identify, joined, scored, track } from '../messages.ts';
import { MAIL } from '../small-catalog.ts';

forEachDatabase('an event finds its account', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { mail: MAIL } } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const readinessOf = async (id: string) => (await house.secret('GET', `/v1/accounts/${id}`)).json?.readiness;
  const askedIn = async (id: string) =>
    (await house.secret('GET', `/v1/asks?account_id=${id}`)).json.asks.map(
      ({ person }: { person: string }) => person,
    );
  const eventsOf = async (id: string) => {
    const { rows } = await house.db.pool.query(
      `select name from event where account_id = $1 and source = 'segment'`,
      [id],
    );
    return rows.map(({ name }) => name).sort();
  };

  test('when the group call comes after it', async () => {
    await house.send([track('ada', 'Workflow Completed', { at: START - 2 * DAY })]);
    expect((await house.secret('GET', '/v1/accounts/acme')).status).toBe(404);
    await house.send([group('ada', 'acme', {}, { at: START - DAY })]);
    expect(await eventsOf('acme')).toEqual(['Account Updated', 'Workflow Completed']);
    expect(await readinessOf('acme')).toBeGreaterThan(40);
  });

  test('when the group call is in the same batch, after it', async () => {
    await house.send([track('ada', 'Workflow Completed'), group('ada', 'acme')]);
    expect(await eventsOf('acme')).toEqual(['Account Updated', 'Workflow Completed']);
  });

  test('and a score that had opened nothing asks then', async () => {
    await house.send([identify('ada', { email: 'ada@customer.example' }), scored('ada', 10)]);
    house.advance(HOUR);
    await house.send([group('ada', 'acme', {}, { at: START + HOUR })]);
    await house.runJobs();
    expect(await askedIn('acme')).toEqual(['ada']);
    expect(house.mails.map(({ to }) => to.address)).toEqual(['ada@customer.example']);
  });

  test('but a score from long ago asks nothing when it finds its account', async () => {
    await house.send([identify('ada', { email: 'ada@customer.example' }), scored('ada', 10)]);
    house.advance(3 * DAY);
    await house.send([group('ada', 'acme', {}, { at: START + 3 * DAY })]);
    await house.runJobs();
    expect(await askedIn('acme')).toEqual([]);
    expect(await readinessOf('acme')).toBeGreaterThan(60);
  });

  test('unless its person joined more than 90 days later', async () => {
    await house.send([track('ada', 'Workflow Completed', { at: START - 91 * DAY }), group('ada', 'acme')]);
    expect(await eventsOf('acme')).toEqual(['Account Updated']);
  });

  test('of two, in the one its person joined last before it', async () => {
    await house.send([
      group('ada', 'acme', {}, { at: START - 10 * DAY }),
      group('ada', 'birch', {}, { at: START - 5 * DAY }),
      track('ada', 'Workflow Completed', { at: START - 7 * DAY }),
      track('ada', 'Report Shared', { at: START - 2 * DAY }),
    ]);
    expect(await eventsOf('acme')).toEqual(['Account Updated', 'Workflow Completed']);
    expect(await eventsOf('birch')).toEqual(['Account Updated', 'Report Shared']);
  });

  test('by its own group, whatever its person joined', async () => {
    await house.send([
      group('ada', 'acme'),
      track('ada', 'Workflow Completed', { account: 'birch', at: START + MINUTE }),
    ]);
    expect(await eventsOf('birch')).toEqual(['Workflow Completed']);
  });

  test('and leaves it for another when a late membership says so', async () => {
    await house.send([
      group('ada', 'acme', {}, { at: START - 10 * DAY }),
      track('ada', 'Workflow Completed', { at: START - DAY }),
    ]);
    expect(await readinessOf('acme')).toBeGreaterThan(40);
    await house.send([group('ada', 'birch', {}, { at: START - 5 * DAY })]);
    expect(await eventsOf('acme')).toEqual(['Account Updated']);
    expect(await readinessOf('acme')).toBe(0);
    expect(await readinessOf('birch')).toBeGreaterThan(40);
  });

  test('and what it had opened in the other does not ask there any more', async () => {
    const ticket = (account: string, name: string, at: number) =>
      track('ben', name, { account, at, properties: { priority: 'urgent' } });
    await house.send([
      ...['acme', 'birch'].map((account) => ticket(account, 'Ticket Opened', START - 20 * DAY)),
      ...joined('ada', 'acme', START - 10 * DAY),
      scored('ada', 10),
    ]);
    await house.send([group('ada', 'birch', {}, { at: START - 5 * DAY })]);
    for (const account of ['acme', 'birch']) {
      house.advance(HOUR);
      await house.send([ticket(account, 'Ticket Solved', house.now())]);
      await house.runJobs();
      expect([account, await askedIn(account)]).toEqual([account, account === 'birch' ? ['ada'] : []]);
    }
  });

  test('no more once its person was removed', async () => {
    await house.send([
      group('ada', 'acme', {}, { at: START - 10 * DAY }),
      track('ada', 'Account Removed User', { account: 'acme', at: START - 5 * DAY }),
      track('ada', 'Workflow Completed', { at: START - DAY }),
    ]);
    expect(await eventsOf('acme')).toEqual(['Account Removed User', 'Account Updated']);
    await house.send([track('ada', 'Account Added User', { account: 'acme', at: START - 2 * DAY })]);
    expect(await eventsOf('acme')).toContain('Workflow Completed');
  });
});
