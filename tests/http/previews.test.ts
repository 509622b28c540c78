import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { BASE_URL, type House, openHouse } from '../house.ts';
import { group, identify, scored, track } from '../messages.ts';
import { CARD, DRAFT, MAIL } from '../small-catalog.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, {
    catalog: {
      triggers: { mail: MAIL.replace('template: words', 'template: thanks'), card: CARD, draft: DRAFT },
      templates: {
        'thanks/subject.hbs': 'For {{or person.first_name "there"}} of {{or account.name "somewhere"}}',
        'thanks/subject.de.hbs': 'Für {{or person.first_name "Sie"}}',
        'thanks/text.hbs':
          'You said {{or event.properties.comment "nothing"}}. {{#each signals}}{{says}} {{/each}}{{link.advocate}}',
        'thanks/text.de.hbs': 'Danke! {{link.advocate}}',
      },
    },
  });
  await house.send([
    identify('ada', { email: 'ada@acme.example', name: 'Ada Grace' }),
    group('ada', 'acme', { name: 'Acme' }),
    identify('uwe', { email: 'uwe@acme.example', name: 'Uwe Klein', locale: 'de-AT' }),
    group('uwe', 'acme'),
    track('uwe', 'Workflow Completed'),
    scored('ada', 10, { properties: { comment: 'It <b>works</b>' } }),
  ]);
});
afterAll(() => house.close());

const preview = (path: string) => house.secret('GET', `/v1/templates/${path}`);

describe('a preview', () => {
  test('is the message that the account’s person would get, with what is known now', async () => {
    const { status, json } = await preview('thanks/preview?account_id=acme');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      template: 'thanks',
      account: 'acme',
      person: 'ada',
      subject: 'For Ada of Acme',
      text: expect.stringMatching(/^You said It <b>works<\/b>\. .*Ada gave a 10/),
      html: expect.stringContaining('It &lt;b&gt;works&lt;/b&gt;'),
    });
  });

  test('goes to whom it is said to, in their language', async () => {
    const { json } = await preview('thanks/preview?account_id=acme&person_id=uwe');
    expect(json).toMatchObject({ person: 'uwe', subject: 'Für Uwe', text: expect.stringMatching(/^Danke!/) });
  });

  test('shows a card as a card, and without an account somebody made up', async () => {
    const { json } = await preview('card/preview?account_id=acme&person_id=uwe');
    expect(json).toMatchObject({
      title: 'Who else?',
      action: { label: 'Read it', url: expect.stringContaining(BASE_URL) },
    });
    expect((await preview('thanks/preview')).json).toMatchObject({
      account: null,
      person: null,
      subject: 'For Ada of Customer Ltd',
    });
  });

  test('writes nothing', async () => {
    const tables = ['ask', 'advocate_link', 'mail', 'decision', 'event'];
    const read = () =>
      Promise.all(tables.map(async (name) => (await house.db.pool.query(`select * from ${name}`)).rows));
    const before = await read();
    for (const name of ['thanks', 'card', 'words']) await preview(`${name}/preview?account_id=acme`);
    expect(await read()).toEqual(before);
  });

  test('of words that somebody is still writing', async () => {
    const write = (text: string) =>
      house.secret('POST', '/v1/templates/thanks/preview', {
        account_id: 'acme',
        files: { 'subject.hbs': 'Hello', 'text.hbs': text },
      });
    expect((await write('Hi {{person.first_name}}!')).json.text.trim()).toBe('Hi Ada!');
    const faulty = await write('Hi {{person.frist_name}}!');
    expect([faulty.status, faulty.json.errors[0].field]).toEqual([
      400,
      expect.stringContaining('thanks/text.hbs'),
    ]);
    expect(faulty.json.detail).toContain('first_name');
  });

  test.each([
    ['nosuch/preview', 404, 'There is no template "nosuch". Known: card, thanks, words.'],
    ['thanks/preview?account_id=nosuch', 404, 'There is no account "nosuch".'],
    ['thanks/preview?account_id=acme&person_id=nosuch', 404, 'There is no person "nosuch".'],
    ['thanks/preview?person_id=ada', 400, 'name it as account_id'],
  ])('%s is answered %i', async (path, status, detail) => {
    const answer = await preview(path);
    expect([answer.status, answer.json.detail]).toEqual([status, expect.stringContaining(detail)]);
  });
});
