import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { DRAFT, MAIL } from '../small-catalog.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, { catalog: { triggers: { draft: DRAFT, mail: MAIL } } });
});
beforeEach(() => house.forget());
afterAll(() => house.close());

const post = (path: string, body: unknown = {}) => house.secret('POST', `/v1/asks${path}`, body);
const asks = async (query: string) => (await house.secret('GET', `/v1/asks${query}`)).json.asks;

/** A draft that waits for its owner. */
async function openDraft(): Promise<string> {
  const owner = { csm_email: 'sam@vendor.example', csm_name: 'Sam' };
  await house.send([
    ...joined('ada', 'acme', house.now(), owner),
    track('ada', 'Kind Words', { at: house.now() }),
  ]);
  await house.runJobs();
  const [draft] = await asks('?trigger=draft&status=open');
  return draft.id;
}

describe('a draft, by a tool other than its page', () => {
  test('is edited, then sent, and counts from then on', async () => {
    const id = await openDraft();
    expect((await post(`/${id}/edit`, { subject: 'One question' })).json.content.subject).toBe(
      'One question',
    );
    const sent = await post(`/${id}/send`, { text: 'Hi Ada, who else should have this?' });
    expect(sent.json).toMatchObject({
      status: 'delivered',
      content: { subject: 'One question', text: 'Hi Ada, who else should have this?' },
    });
    expect((await post(`/${id}/dismiss`, { reason: 'other' })).status).toBe(409);
  });

  test('is put aside, and dismissed with a reason that acts', async () => {
    const id = await openDraft();
    expect((await post(`/${id}/snooze`, { for: '2d' })).json.status).toBe('open');
    const long = await post(`/${id}/snooze`, { for: '90d' });
    expect([long.status, long.json.detail]).toEqual([
      400,
      'for: got "90d", expected a length of at most 30d',
    ]);
    expect((await post(`/${id}/dismiss`, { reason: 'no idea' })).json.errors[0].field).toBe('reason');
    const dismissed = await post(`/${id}/dismiss`, { reason: 'bad_time' });
    expect(dismissed.json).toMatchObject({ status: 'withdrawn', status_reason: 'dismissed: bad_time' });
    expect((await house.secret('GET', '/v1/accounts/acme')).json.hold.reason).toBe('said to be a bad time');
  });

  test('is found by its id only, and only where it is a draft', async () => {
    expect((await post('/draft_none/send')).status).toBe(404);
  });
});

describe('an ask made outside the tool', () => {
  test('holds the next one like any other', async () => {
    await house.send(joined('ada', 'acme'));
    const at = new Date(house.now() - DAY).toISOString();
    const made = await post('', { account_id: 'acme', user_id: 'ada', at, note: 'asked her on the phone' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ trigger: 'by_hand', status: 'delivered', delivered_at: at });
    await house.send([scored('ada', 10)]);
    const why = await house.secret('GET', '/v1/accounts/acme/why?trigger=mail');
    const held = why.json.triggers[0].gates.filter(({ passes }: { passes: boolean }) => !passes);
    expect(held.map(({ gate }: { gate: string }) => gate)).toContain('per_person.asks');
  });

  test('is recorded once, however often it is reported', async () => {
    await house.send(joined('ada', 'acme'));
    const body = { account_id: 'acme', user_id: 'ada', at: '2026-01-05', outcome: 'declined' };
    const first = await post('', body);
    expect(first.status).toBe(201);
    const again = await post('', body);
    expect([again.status, again.json.id]).toEqual([200, first.json.id]);
    expect(await asks('?trigger=by_hand')).toMatchObject([{ status: 'declined' }]);
    const other = await post('', { ...body, outcome: 'accepted' });
    expect([other.status, other.json.detail]).toEqual([
      409,
      `The ask ${first.json.id} is declined; it cannot become accepted any more.`,
    ]);
  });

  test('takes its answer with a later report of it', async () => {
    await house.send(joined('ada', 'acme'));
    const body = { account_id: 'acme', user_id: 'ada', at: '2026-01-05' };
    expect((await post('', body)).json.status).toBe('delivered');
    const answered = await post('', { ...body, outcome: 'declined' });
    expect([answered.status, answered.json.status]).toEqual([200, 'declined']);
    await house.send([scored('ada', 10)]);
    const why = await house.secret('GET', '/v1/accounts/acme/why?trigger=mail');
    const held = why.json.triggers[0].gates.filter(({ passes }: { passes: boolean }) => !passes);
    expect(held.map(({ gate }: { gate: string }) => gate)).toContain('per_person.after_decline');
  });

  test('was made to somebody we know, so neither to a slip of the pen nor to whom we were told to forget', async () => {
    await house.send([...joined('ada', 'acme'), ...joined('ben', 'acme')]);
    const unknown = await post('', { account_id: 'acme', user_id: 'adda' });
    expect([unknown.status, unknown.json.detail]).toEqual([404, 'There is no person "adda".']);
    await house.secret('DELETE', '/v1/people/ada');
    expect((await post('', { account_id: 'acme', user_id: 'ada' })).status).toBe(404);
    expect(await asks('')).toEqual([]);
  });

  test('lies in the past, at an account we know', async () => {
    expect((await post('', { account_id: 'nowhere', user_id: 'ada' })).status).toBe(404);
    await house.send(joined('ada', 'acme'));
    expect((await post('', { account_id: 'acme', user_id: 'ada', at: '2999-01-01' })).status).toBe(400);
  });
});
