import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { READINESS } from '../catalog-folder.ts';
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
      expect((await house.secret('POST', '/v1/rollback', { version: 1 })).status).toBe(200);
      await house.restart();
      await house.send([...joined('cora', 'cedar'), scored('cora', 8)]);
      await house.runJobs();
      expect(house.mails).toHaveLength(2);
      expect((await house.secret('POST', '/v1/rollback', { version: 99 })).status).toBe(404);
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
});
