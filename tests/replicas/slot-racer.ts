// A replica that does nothing but its turns: `slot-racer.ts <database> <milliseconds its clock is ahead>`. Begins on the
// first line that it is told, ends on the second, and says of each slot that came whether it was the one to run.
import { once } from 'node:events';
import { openDb } from '../../src/db/open.ts';
import { takeJobSlot } from '../../src/use-cases/take-job-slot.ts';

/** Milliseconds, in place of minutes, so that hundreds of slots pass in seconds. */
const EVERY = 5;
const RIVALS = 2;

const [url = '', ahead = '0'] = process.argv.slice(2);
const db = await openDb({ DATABASE_URL: url, DATA_DIR: '' });

process.stdout.write('ready\n');
await once(process.stdin, 'data');
let stopped = false;
process.stdin.once('data', () => {
  stopped = true;
});

async function takeTurns(): Promise<void> {
  for (let last = 0; !stopped; ) {
    const now = Date.now() + Number(ahead);
    const slot = Math.floor(now / EVERY);
    if (slot === last) {
      await new Promise(setImmediate);
      continue;
    }
    last = slot;
    const mine = await takeJobSlot({ db, clock: () => now }, 'race', EVERY);
    process.stdout.write(`${slot} ${mine ? 'ran' : 'left'}\n`);
  }
}

await Promise.all(Array.from({ length: RIVALS }, takeTurns));
await db.close();
process.stdin.destroy();
