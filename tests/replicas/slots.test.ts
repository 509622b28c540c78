import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databases, server } from '../databases.ts';
import { type Child, startScript } from '../db/start-child.ts';
import { type Place, postgresPlace } from '../kills/place.ts';

const hasPostgres = databases.some(({ kind, available }) => kind === 'postgres' && available);
const racer = fileURLToPath(new URL('./slot-racer.ts', import.meta.url));
/** Slots that more than one process wanted, in each case. */
const CONTESTED = process.env['SOAK'] === '1' ? 20_000 : 250;

describe.skipIf(!hasPostgres)('the slots of a job', { timeout: 600_000 }, () => {
  let place: Place;
  const children: Child[] = [];
  beforeEach(async () => {
    place = await postgresPlace(server);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    await place.remove();
  });

  test.each([
    ['two processes', [0, 0]],
    ['four processes, one of them with a clock that is ahead', [0, 0, 0, 300]],
  ])('are run once each, whoever of %s gets them', async (_what, ahead) => {
    const url = place.environment['DATABASE_URL'] ?? '';
    for (const ms of ahead) children.push(startScript(racer, url, String(ms)));
    for (const child of children) await child.says(/ready/);
    for (const child of children) child.tell('begin');
    const wanted = () => count(children.map(({ lines }) => new Set(lines.map(slotOf))));
    await expect
      .poll(() => [...wanted().values()].filter((n) => n > 1).length, { timeout: 500_000, interval: 200 })
      .toBeGreaterThanOrEqual(CONTESTED);
    for (const child of children) child.tell('end');
    expect(await Promise.all(children.map(({ gone }) => gone))).toEqual(ahead.map(() => 0));

    const turns = children.map(({ lines }) => lines.filter((line) => line.endsWith('ran')).map(slotOf));
    const runs = count(turns);
    const wrong = [...wanted().keys()].filter((slot) => runs.get(slot) !== 1);
    expect(wrong.map((slot) => `${slot}: ${runs.get(slot) ?? 0} runs`)).toEqual([]);
    expect(turns.map((theirs) => theirs.length > 0)).toEqual(ahead.map(() => true));
  });
});

const slotOf = (line: string) => line.split(' ')[0] ?? '';

/** In how many of the groups each slot is, or how often. */
function count(groups: readonly Iterable<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const group of groups)
    for (const slot of group) if (/^\d/.test(slot)) counts.set(slot, (counts.get(slot) ?? 0) + 1);
  return counts;
}
