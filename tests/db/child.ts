// A process of its own for the tests that need a second one: `child.ts <what> <data folder>`.
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFolder } from '../../src/db/lock.ts';
import { openDb } from '../../src/db/open.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const [what, folder = ''] = process.argv.slice(2);

/** Tries to take the folder, and keeps it for as long as it lives. */
async function lock(): Promise<void> {
  say('ready');
  await new Promise((resolve) => process.stdin.once('data', resolve)); // all at the same time
  try {
    lockFolder(folder, new Date());
    say('has it');
  } catch (error) {
    say(String(error));
  }
  await sleep(600_000);
}

async function open(): Promise<void> {
  say('ready');
  await openDb({ DATA_DIR: folder });
  say('open');
  await sleep(600_000);
}

/** Writes row after row, and says which were acknowledged. */
async function write(): Promise<void> {
  const db = await openDb({ DATA_DIR: folder });
  say('open');
  for (let n = 0; ; n += 1) {
    const key = `${process.pid}-${n}`;
    await db.pool.query('INSERT INTO setting VALUES ($1, $2)', [key, 'x'.repeat(n % 3000)]);
    say(`kept ${key}`);
    if (n % 50 === 49) await db.pool.query('CHECKPOINT');
  }
}

await { lock, open, write }[what === 'lock' || what === 'open' ? what : 'write']();
