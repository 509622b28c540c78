// A process of its own for the tests that need a second one: `child.ts <what> <data folder> [<migrations> [<database>]]`.
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFolder } from '../../src/db/lock.ts';
import { migrate as bringUpToDate } from '../../src/db/migrate.ts';
import { openDb } from '../../src/db/open.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const [what, folder = '', migrations, url] = process.argv.slice(2);

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

async function migrate(): Promise<void> {
  const db = await openDb({ DATA_DIR: folder, DATABASE_URL: url });
  say('begins');
  await bringUpToDate(db.pool, migrations);
  say('done');
}

const todo = { lock, open, write, migrate }[what ?? ''];
if (todo === undefined) throw new Error(`There is no ${what} to do.`);
await todo();
