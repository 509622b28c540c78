import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { CARD, MAIL } from '../small-catalog.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, { catalog: { triggers: { mail: MAIL, card: CARD } } });
});
beforeEach(() => house.forget());
afterAll(() => house.close());

const asks = async (query = '') => (await house.secret('GET', `/v1/asks${query}`)).json.asks;
const brief = (list: readonly { account: string; trigger: string }[]) =>
  list.map(({ account, trigger }) => `${trigger} to ${account}`);

describe('the record of asks', () => {
  beforeEach(async () => {
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    house.advance(HOUR);
    await house.send([
      ...joined('ben', 'birch', house.now()),
      track('ben', 'Workflow Completed', { at: house.now() }),
    ]);
    await house.runJobs();
  });

  test('has the latest first, and can be narrowed', async () => {
    expect(brief(await asks())).toEqual(['card to birch', 'mail to acme']);
    expect(brief(await asks('?account_id=acme'))).toEqual(['mail to acme']);
    expect(brief(await asks('?person_id=ben'))).toEqual(['card to birch']);
    expect(brief(await asks('?trigger=mail'))).toEqual(['mail to acme']);
    expect(brief(await asks('?status=open'))).toEqual(['card to birch']);
    expect(brief(await asks('?limit=1'))).toEqual(['card to birch']);
    expect(await asks('?trigger=mail&status=open')).toEqual([]);
  });

  test('says of each why it was made, and what was said', async () => {
    const [ask] = await asks('?trigger=mail');
    expect(ask).toMatchObject({
      kind: 'ask',
      channel: 'email',
      status: 'delivered',
      decided_at: new Date(START).toISOString(),
      delivered_at: new Date(START + HOUR).toISOString(),
      readiness: 70,
      reasons: {
        contributions: [{ signal: 'promoter', says: 'Ada gave a 10' }],
        opening_event: { name: 'NPS Answered' },
      },
      content: { subject: 'A question, Ada' },
    });
    expect(ask.reasons.gates.every(({ passes }: { passes: boolean }) => passes)).toBe(true);
  });

  test('takes the answer that somebody heard on the phone, once', async () => {
    const [{ id }] = await asks('?trigger=mail');
    expect((await house.secret('POST', `/v1/asks/${id}/declined`)).json).toMatchObject({
      status: 'declined',
    });
    expect((await house.secret('POST', `/v1/asks/${id}/declined`)).status).toBe(200);
    const other = await house.secret('POST', `/v1/asks/${id}/accepted`);
    expect([other.status, other.json.detail]).toEqual([409, expect.stringContaining('declined')]);
    expect((await house.secret('POST', '/v1/asks/email_0000/accepted')).status).toBe(404);
  });

  test('says "yet" of what is too early for an answer', async () => {
    await house.send([...joined('cy', 'cedar', house.now()), scored('cy', 10, { at: house.now() })]);
    const [{ id, status }] = await asks('?account_id=cedar');
    expect(status).toBe('scheduled');
    const early = await house.secret('POST', `/v1/asks/${id}/accepted`);
    expect([early.status, early.json.detail]).toEqual([409, expect.stringMatching(/accepted yet/)]);
  });

  test.each(['limit=0', 'limit=many', 'status=opne'])('refuses %s', async (query) => {
    const { status, json } = await house.secret('GET', `/v1/asks?${query}`);
    expect([status, json.errors]).toMatchObject([400, [{ field: query.split('=')[0] }]]);
  });

  test('by hand lies in no future', async () => {
    const body = { account_id: 'acme', user_id: 'ada', at: '2099-01-01' };
    const { status, json } = await house.secret('POST', '/v1/asks', body);
    expect([status, json.errors]).toMatchObject([400, [{ field: 'at' }]]);
  });
});

describe('the record of decisions', () => {
  const decisions = async (query = '') => (await house.secret('GET', `/v1/decisions${query}`)).json.decisions;

  test('has one of each verdict that changed, with every gate, and none of those that stayed', async () => {
    await house.send([
      ...joined('ada', 'acme'),
      track('ben', 'Ticket Opened', { account: 'acme', properties: { priority: 'urgent' } }),
    ]);
    await house.send([scored('ada', 10)]);
    house.advance(HOUR);
    await house.send([track('ada', 'Report Shared', { at: house.now() })]);
    house.advance(HOUR);
    await house.send([track('ben', 'Ticket Solved', { account: 'acme', at: house.now() })]);
    const found = await decisions('?trigger=mail');
    expect(found).toMatchObject([
      { verdict: 'ask', person: 'ada', at: new Date(START + 2 * HOUR).toISOString() },
      { verdict: 'hold', person: 'ada', at: new Date(START).toISOString() },
    ]);
    const held = found[1].gates.filter(({ passes }: { passes: boolean }) => !passes);
    expect(held).toMatchObject([{ gate: 'support_trouble' }]);
    for (const gate of found[1].gates)
      expect(Object.keys(gate)).toEqual(['gate', 'passes', 'because', 'could_pass_at']);
    expect(await decisions('?verdict=ask')).toHaveLength(1);
    expect(await decisions('?account_id=birch')).toEqual([]);
    expect((await house.secret('GET', '/v1/decisions?verdict=maybe')).status).toBe(400);
  });
});
