import { afterAll, beforeAll, expect, test } from 'vitest';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { POISON, POISON_DATES, segmentText } from '../sources/poisons.ts';

forEachDatabase('a poison event in a batch of 500', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: {} } });
  });
  afterAll(() => house.close());

  const LARGEST = 400_000; // what has room in a body, beside the others
  const NOW = new Date(START).toISOString();
  const cases = [
    ...POISON.filter(([, properties]) => properties.length < LARGEST).map(
      ([what, properties]) => [what, properties, NOW] as const,
    ),
    ...POISON_DATES.map((date) => [date, '{}', date] as const),
  ];

  test.each(cases)(
    'of the sort "%s" is refused, and the 499 others are stored',
    async (what, properties, at) => {
      const good = Array.from({ length: 499 }, (_, n) => segmentText(`${what}-${n}`, '{"n":1}', NOW));
      const batch = [...good.slice(0, 250), segmentText('poison', properties, at), ...good.slice(250)];
      const response = await fetch(`${house.url()}/v1/batch`, {
        method: 'POST',
        headers: { authorization: 'Bearer wk_test', 'content-type': 'application/json' },
        body: `{"batch":[${batch.join(',')}]}`,
      });
      expect([response.status, response.headers.get('x-rejected')]).toEqual([200, '1']);
      const { rows } = await house.db.pool.query<{ n: number }>(
        'select count(*)::int as n from event where starts_with(id, $1)',
        [`segment:${what}-`],
      );
      expect(rows).toEqual([{ n: 499 }]);
      const { latest } = (await house.secret('GET', '/v1/rejections')).json;
      expect(latest[0]).toMatchObject({ message_id: 'poison' });
    },
  );
});
