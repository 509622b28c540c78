import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { tick } from '../../src/use-cases/tick.ts';
import { GUARDRAILS, READINESS } from '../catalog-folder.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { MAIL } from '../small-catalog.ts';

forEachDatabase('the catalog', (open) => {
  describe('with faults', () => {
    test('keeps the service from starting and names them all, with file, line and what was meant', async () => {
      const start = openHouse(open, {
        catalog: {
          triggers: {
            mail: MAIL.replace('who: actor', 'who: acter'),
            card: 'description: A card.\nstatus: live\non: Workflow Completed\nwho: actor\nchannel: nudge\ntemplate: crad\n',
          },
          readiness: READINESS.replace('points: 70', 'points: 170'),
          templates: { 'words/text.hbs': 'Hi {{person.frist_name}}' },
        },
      });
      const message = await start.then(
        () => 'it started',
        (error: Error) => error.message,
      );
      expect(message).toMatch(/The catalog has \d faults; nothing was published/);
      for (const part of [
        'mail.yaml',
        'acter',
        'actor',
        'card.yaml',
        'crad',
        'readiness.yaml',
        '170',
        'text.hbs',
        'frist_name',
      ]) {
        expect(message).toContain(part);
      }
    });
  });

  describe('with other rules', () => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse(open, { catalog: { triggers: { mail: MAIL } } });
    });
    afterAll(() => house.close());

    const asked = async () => {
      const { rows } = await house.db.pool.query('select account_id as id from ask order by id');
      return rows.map(({ id }) => id);
    };
    const roundsUnderWay = async () =>
      (await house.db.pool.query("select key from setting where key like 'round%'")).rows.length;

    test('is in force at once where it was published, and all that waits is looked at by it', async () => {
      for (const who of ['ada', 'ben']) await house.send([...joined(who, `${who}-co`), scored(who, 8)]);
      await tick(house.deps());
      expect(await asked()).toEqual([]);
      house.folder?.write('triggers/mail.yaml', MAIL.replace('at_least: 9', 'at_least: 8'));
      expect((await house.secret('POST', '/v1/publish', {})).json).toMatchObject({ version: 2 });
      expect((await house.call('GET', '/readyz')).json.catalog.version).toBe(2);
      expect(await roundsUnderWay()).toBe(1);
      await tick(house.deps());
      expect(await asked()).toEqual(['ada-co', 'ben-co']);
      expect(await roundsUnderWay()).toBe(0);
    });

    test('waits for whoever has not got it yet, and is not the same as other words', async () => {
      house.folder?.write('templates/words/text.hbs', 'Other words. {{link.advocate}}');
      await house.secret('POST', '/v1/publish', {});
      expect(await roundsUnderWay()).toBe(0);
      await house.secret('POST', '/v1/rollback', { version: 1 });
      const behind = { ...house.deps(), catalog: () => ({ ...house.deps().catalog(), version: 3 }) };
      await tick(behind);
      expect(await roundsUnderWay()).toBe(1);
      await tick(house.deps());
      expect(await roundsUnderWay()).toBe(0);
    });
  });

  describe('without', () => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse(open, { catalog: { triggers: { mail: MAIL } } });
    });
    afterAll(() => house.close());

    const versions = async () =>
      (await house.db.pool.query('select count(*)::int as n from catalog_version')).rows[0]?.n;
    const publish = () => house.secret('POST', '/v1/publish', {});

    test('is stored as one version, however often the service starts', async () => {
      expect(await versions()).toBe(1);
      await house.restart();
      await house.restart();
      expect(await versions()).toBe(1);
    });

    test('is a new version once it has changed, and is in force then', async () => {
      house.folder?.write('triggers/mail.yaml', MAIL.replace('at_least: 9', 'at_least: 8'));
      expect((await publish()).json).toMatchObject({ version: 2, published: true });
      expect((await publish()).json).toMatchObject({ version: 2, published: false });
      await house.runJobs();
      await house.send([...joined('ada', 'acme'), scored('ada', 8)]);
      await house.runJobs();
      expect(house.mails).toHaveLength(1);
      await house.restart();
      expect(await versions()).toBe(2);
    });

    test('with a fault is not published by hand either, and the version before stays in force', async () => {
      house.folder?.write('triggers/mail.yaml', MAIL.replace('channel: email', 'channel: post'));
      const answer = await publish();
      expect([answer.status, answer.json.detail]).toEqual([400, expect.stringContaining('mail.yaml')]);
      expect(await versions()).toBe(2);
      await house.runJobs();
      await house.send([...joined('ben', 'birch'), scored('ben', 8)]);
      await house.runJobs();
      expect(house.mails).toHaveLength(2);
    });

    test('can go back to a version, which outlives a restart until the files change', async () => {
      house.folder?.write('triggers/mail.yaml', MAIL.replace('at_least: 9', 'at_least: 8'));
      expect((await house.secret('POST', '/v1/rollback', { version: 1 })).json).toMatchObject({ version: 3 });
      // What is in force already needs no version more.
      expect((await house.secret('POST', '/v1/rollback', { version: 1 })).json).toMatchObject({ version: 3 });
      await house.restart();
      await house.send([...joined('cora', 'cedar'), scored('cora', 8)]);
      await house.runJobs();
      expect(house.mails).toHaveLength(2);
      expect((await house.secret('POST', '/v1/rollback', { version: 99 })).status).toBe(404);
    });

    test('that makes an ask words it, whatever is published before the ask goes out', async () => {
      const later = MAIL.replace('channel:', 'delay: 2h\nchannel:')
        .replace('on: NPS Answered', 'on: Kind Words')
        .replace(/when: .*\n/, '');
      house.folder?.write('triggers/later.yaml', later);
      house.folder?.write('templates/words/text.hbs', 'In the words of before. {{link.advocate}}');
      const { version } = (await publish()).json;
      await house.runJobs();
      await house.send([...joined('eve', 'elm'), track('eve', 'Kind Words', { account: 'elm' })]);
      await house.runJobs();
      const before = house.mails.length;
      house.folder?.write('templates/words/text.hbs', 'In the words of after. {{link.advocate}}');
      expect((await publish()).json.version).toBe(version + 1);
      await house.pass(2 * HOUR);
      expect(house.mails).toHaveLength(before + 1);
      expect(house.mails.at(-1)?.text).toContain('In the words of before.');
    });

    test('with other signals has every account counted anew from its stored events', async () => {
      await house.send([track('dora', 'Report Shared', { account: 'dune', at: house.now() - DAY })]);
      const readiness = async () => (await house.secret('GET', '/v1/accounts/dune')).json.readiness;
      expect(await readiness()).toBe(0);
      house.folder?.write(
        'triggers/readiness.yaml',
        `${READINESS}  sharing: { happened: { event: Report Shared }, points: 30 }\n`,
      );
      await publish();
      await house.runJobs();
      expect(await readiness()).toBeCloseTo(30, 5);
    });
  });

  describe('with other signals, of which an account with a long history knows nothing yet', () => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse(open, {
        catalog: {
          triggers: {
            mail: `${MAIL}delay: 2h\n`.replace('when: [', 'when: [{ readiness: { at_least: 40 } }, '),
          },
          guardrails: GUARDRAILS.replace('[support_trouble]', '[]'),
          readiness: 'signals:\n  activated: { happened: { event: Workflow Completed }, points: 50 }\n',
        },
      });
      await house.send([...joined('ada', 'acme'), track('ada', 'Workflow Completed')]);
      await house.db.pool.query(MANY_EVENTS, [new Date(house.now() - DAY)]);
      house.folder?.write(
        'triggers/readiness.yaml',
        'signals:\n  working: { happened: { event: Workflow Completed }, points: 30 }\n',
      );
      await house.secret('POST', '/v1/publish', {});
      await house.restart();
    });
    afterAll(() => house.close());

    const account = async () => (await house.secret('GET', '/v1/accounts/acme')).json;
    const holdsOf = async () =>
      (await house.secret('GET', '/v1/accounts/acme/why?trigger=mail')).json.triggers;

    test('is shown and decided by the version before', async () => {
      expect((await account()).readiness).toBeCloseTo(50, 5);
      await house.send([scored('ada', 9)]);
      const { asks, contributions } = await account();
      expect(asks).toMatchObject([{ trigger: 'mail', status: 'scheduled' }]);
      expect(contributions).toMatchObject([{ signal: 'activated' }]);
      expect(JSON.stringify(await holdsOf())).toContain('readiness is 50');
    });

    test('is asked by the version before, when the hour comes', async () => {
      house.advance(2 * HOUR);
      await tick(house.deps());
      expect(house.mails).toHaveLength(1);
    });

    test('is counted anew by the job, and decided by the new one from then on', async () => {
      await house.runJobs();
      expect((await account()).contributions).toMatchObject([{ signal: 'working' }]);
      expect((await account()).readiness).toBeCloseTo(30, 5);
    });
  });
});

/** As many events as are too many to fold anew within a request. */
const MANY_EVENTS = `
  insert into event (account_id, occurred_at, id, person_id, reported_person, own_account_id, source, name, received_at,
                     batch, imported, trust, properties)
  select 'acme', $1::timestamptz, 'segment:filler-' || n, 'ada', 'ada', 'acme', 'segment', 'Page Viewed', $1::timestamptz,
         0, false, 'server', '{}'
  from generate_series(1, 20000) as n`;
