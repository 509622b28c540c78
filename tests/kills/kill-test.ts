import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Place } from './place.ts';
import { runKills } from './run.ts';

/**
 * `victim`: what is killed, `few` times unless KILL_COUNT says otherwise; a run is played again with its KILL_SEED.
 * `lost`: whether a mail that died in mid-send is settled at the next start, or waits for a lease to run out.
 */
export function killTest(
  victim: string,
  few: number,
  lost: 'settled' | 'leased',
  open: () => Promise<Place> | Place,
): void {
  const seed = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));
  const count = Number(process.env['KILL_COUNT'] ?? few);
  test(`nothing is lost and nothing happens twice, however often ${victim} is killed`, {
    timeout: 120_000 + count * 60_000,
  }, async () => {
    for (let done = 0; done < count; done += ONE_PLACE) {
      await killIn(await open(), victim, lost, {
        seed: seed + done,
        count: Math.min(ONE_PLACE, count - done),
      });
    }
  });
}

/** After each kill all that is stored is read and checked, so a long run begins again in a new place now and then. */
const ONE_PLACE = 20;

async function killIn(
  place: Place,
  victim: string,
  lost: 'settled' | 'leased',
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<void> {
  say(`${victim}: ${count} kills, KILL_SEED=${seed} KILL_COUNT=${count}`);
  const { faults, history, ...report } = await runKills(place, lost, seed, count);
  say(`${victim}: ${JSON.stringify({ ...report, lost: faults.length })}`);
  expect(faults.slice(0, 20), `KILL_SEED=${seed}; the whole history is in ${history}`).toEqual([]);
  expect(Object.values(report.kills).reduce((sum, n) => sum + n, 0)).toBe(count);
  expect(report.mails).toBeGreaterThan(0);
}

const say = (line: string) => process.stdout.write(`${line}\n`);
