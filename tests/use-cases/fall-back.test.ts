import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import { actOnDraft } from '../../src/use-cases/act-on-draft.ts';
import { readDraftPage } from '../../src/use-cases/read-draft-page.ts';
import { START } from '../builders.ts';
import { GUARDRAILS } from '../catalog-folder.ts';
import { forEachDatabase } from '../databases.ts';
import { BASE_URL, type House, openHouse } from '../house.ts';
import { joined, track } from '../messages.ts';
import { DRAFT } from '../small-catalog.ts';

/** Quiet from eight to eight, on weekends as on other days. */
const NIGHTS = GUARDRAILS.replace(
  /quiet_hours: .*/,
  'quiet_hours: { from: "20:00", to: "08:00", weekends: normal }',
);

const textOf = (page: string) => page.replace(/<[^>]+>/g, '');

const SAM = { csm_email: 'sam@vendor.example', csm_name: 'Sam Reed' };

forEachDatabase('a draft that waits for its owner', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, {
      catalog: { triggers: { draft: DRAFT } },
      environment: { DEFAULT_OWNER_EMAIL: 'lead@vendor.example' },
    });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const asks = async () =>
    (await house.secret('GET', '/v1/asks?account_id=acme')).json.asks.map(
      ({ channel, status, status_reason }: Record<string, string>) =>
        `${channel}: ${status_reason ?? status}`,
    );
  const recipients = () => house.mails.map(({ to }) => to.address);

  async function aDraft(traits: object = SAM): Promise<string> {
    await house.send([
      ...joined('ada', 'acme', START, traits),
      track('ada', 'Kind Words', { properties: { text: 'Lovely' } }),
    ]);
    await house.runJobs();
    return (await house.secret('GET', '/v1/asks?account_id=acme')).json.asks[0].id;
  }
  const seen = async (id: string) => (await readDraftPage(house.deps(), id)).seen;

  test('goes out as an email in their name when they do not act in time', async () => {
    await aDraft();
    await house.pass(18 * HOUR - MINUTE);
    expect(recipients()).toEqual(['sam@vendor.example']);
    await house.pass(MINUTE);
    expect(recipients()).toEqual(['sam@vendor.example', 'ada@customer.example']);
    expect(house.mails[1]).toMatchObject({
      from: { name: 'Sam Reed' },
      replyTo: { address: 'sam@vendor.example' },
    });
    expect((await asks()).sort()).toEqual(['draft: its owner did not act in time', 'email: delivered']);
    await house.pass(HOUR);
    expect(recipients()).toHaveLength(2);
  });

  test('is an event of the account like every other ask', async () => {
    await aDraft();
    await house.pass(18 * HOUR);
    const { rows } = await house.db.pool.query(
      `select name, properties::json->>'channel' as channel from event where source = 'goodturn' order by occurred_at, id`,
    );
    expect(rows.map(({ name, channel }) => `${name}: ${channel}`)).toEqual([
      'Ask Scheduled: draft',
      'Ask Scheduled: email',
      'Ask Sent: email',
    ]);
  });

  test('stays theirs once they have saved words of their own: no others go out in their name', async () => {
    const id = await aDraft();
    const words = { subject: 'Hi', text: 'Hello Ada, my own words', seen: await seen(id) };
    await actOnDraft(house.deps(), id, { kind: 'save', ...words });
    await house.pass(2 * DAY);
    expect(recipients()).not.toContain('ada@customer.example');
    expect(await asks()).toEqual(['draft: open']);
  });

  test('stays theirs once it is sent', async () => {
    const id = await aDraft();
    await actOnDraft(house.deps(), id, {
      kind: 'sent',
      subject: 'Hi',
      text: 'Hello Ada',
      seen: await seen(id),
    });
    await house.pass(DAY);
    expect(recipients()).toEqual(['sam@vendor.example']);
    expect(await asks()).toEqual(['draft: delivered']);
  });

  test('waits as long as they have put it aside', async () => {
    const id = await aDraft();
    await actOnDraft(house.deps(), id, { kind: 'snooze', for: 2 * DAY });
    const { text } = await house.open(`${BASE_URL}/d/${house.deps().keys.sign('draft', id)}`);
    expect(textOf(text)).toContain(
      'Put aside until Friday 9 January at 10:00 UTC. You can still send it now. If you do not, an email goes out in your name on Friday 9 January at 10:00 UTC.',
    );
    await house.pass(18 * HOUR);
    expect(await asks()).toEqual(['draft: open']);
    await house.pass(30 * HOUR);
    expect(recipients()).toEqual(['sam@vendor.example', 'ada@customer.example']);
  });

  test('goes out as an email in time where the owner has too many drafts to be told of it', async () => {
    const people = ['ada', 'ben', 'cleo', 'dan', 'eve'];
    for (const id of people)
      await house.send([
        ...joined(id, `at-${id}`, START, SAM),
        track(id, 'Kind Words', { properties: { text: 'Lovely' } }),
      ]);
    await house.runJobs();
    // Three drafts a day: the others wait for room.
    expect(recipients()).toEqual(['sam@vendor.example', 'sam@vendor.example', 'sam@vendor.example']);
    await house.pass(18 * HOUR);
    const written = recipients().slice(3);
    expect(written.sort()).toEqual(people.map((id) => `${id}@customer.example`));
    await house.pass(DAY);
    expect(recipients()).toHaveLength(8);
    const { asks: all } = (await house.secret('GET', '/v1/asks?status=withdrawn')).json;
    expect(all.map((ask: { status_reason: string }) => ask.status_reason).sort()).toEqual([
      'its owner did not act in time',
      'its owner did not act in time',
      'its owner did not act in time',
      'its owner had too many drafts to act on it in time',
      'its owner had too many drafts to act on it in time',
    ]);
  });

  test('says when the email goes out, which waits for a better hour than the owner has', async () => {
    house.folder?.write('triggers/guardrails.yaml', NIGHTS);
    await house.restart();
    try {
      const id = await aDraft();
      expect(house.mails[0]?.text).toContain(
        'If you do nothing until Thursday 8 January at 04:00 UTC, an email goes to Ada in your name on Thursday 8 January at 08:00 UTC.',
      );
      const page = () => house.open(`${BASE_URL}/d/${house.deps().keys.sign('draft', id)}`);
      expect(textOf((await page()).text)).toContain(
        'If you do nothing until Thursday 8 January at 04:00 UTC, an email goes out in your name on Thursday 8 January at 08:00 UTC.',
      );
      await house.pass(22 * HOUR);
      expect(recipients()).toEqual(['sam@vendor.example', 'ada@customer.example']);
    } finally {
      house.folder?.write('triggers/guardrails.yaml', GUARDRAILS);
      await house.restart();
    }
  });

  test('announces no email where no hour is left for it', async () => {
    house.folder?.write('triggers/guardrails.yaml', NIGHTS);
    house.folder?.write(
      'triggers/draft.yaml',
      DRAFT.replace('latest: 72h', 'latest: 20h').replace('deadline: 24h', 'deadline: 20h'),
    );
    await house.restart();
    try {
      const id = await aDraft();
      const page = async () =>
        textOf((await house.open(`${BASE_URL}/d/${house.deps().keys.sign('draft', id)}`)).text);
      expect(house.mails[0]?.text).toContain('It waits until');
      expect(await page()).toContain('nothing will unless you send it');
      await house.pass(23 * HOUR);
      expect(await page()).toContain('nothing will unless you send it');
      expect(recipients()).toEqual(['sam@vendor.example']);
    } finally {
      house.folder?.write('triggers/guardrails.yaml', GUARDRAILS);
      house.folder?.write('triggers/draft.yaml', DRAFT);
      await house.restart();
    }
  });

  test('is the end of it when they dismiss it', async () => {
    const id = await aDraft();
    await actOnDraft(house.deps(), id, { kind: 'dismiss', reason: 'bad_time' });
    await house.pass(DAY);
    expect(recipients()).toEqual(['sam@vendor.example']);
  });

  test('goes to the default owner when it is not theirs', async () => {
    const id = await aDraft();
    await actOnDraft(house.deps(), id, { kind: 'dismiss', reason: 'not_mine' });
    await house.runJobs();
    expect(recipients()).toEqual(['sam@vendor.example', 'lead@vendor.example']);
    expect(await asks()).toEqual(['draft: open']);
    const { rows } = await house.db.pool.query(`select meant_for, status from mail where purpose = 'draft'`);
    expect(rows).toEqual([{ meant_for: 'lead@vendor.example', status: 'sent' }]);
  });

  test('is not sent in their name when the account is in trouble by then', async () => {
    await aDraft();
    await house.send([
      track('ben', 'Ticket Opened', { account: 'acme', properties: { priority: 'urgent' } }),
    ]);
    await house.pass(18 * HOUR);
    expect(recipients()).toEqual(['sam@vendor.example']);
    expect(await asks()).toEqual([expect.stringMatching(/^draft: .*ticket/i)]);
  });

  test('is mentioned once more before it runs out, and never sent by itself where there is nothing to fall back to', async () => {
    house.folder?.write('triggers/draft.yaml', DRAFT.replace(/fallback: .*\n/, ''));
    await house.restart();
    try {
      await aDraft();
      await house.pass(5 * DAY);
      await house.pass(DAY);
      await house.pass(DAY);
      expect(recipients()).toEqual(['sam@vendor.example', 'sam@vendor.example']);
      expect(await asks()).toEqual(['draft: nobody acted on it']);
    } finally {
      house.folder?.write('triggers/draft.yaml', DRAFT);
      await house.restart();
    }
  });

  test('goes to nobody outside the team, whatever the account says of its owner', async () => {
    await aDraft({ csm_email: 'mallory@customer.example' });
    expect(recipients()).toEqual(['lead@vendor.example']);
  });
});
