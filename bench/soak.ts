// A day of everyday traffic, with a mail server that has its moods, and now and then a `kill -9`: what grows, and whether
// all that was acknowledged is there and nothing happened twice. SOAK_MINUTES: other than 24 hours. SOAK_KILL_EVERY:
// minutes between kills, 0 for none (default 60, or a quarter of a shorter run). SOAK_RATE: events a second (default 10)
// beside the stories of customers, four seconds one after the other. SOAK_ACCOUNTS: after so many of these no new ones.
// With DATABASE_URL in a database of its own on that server, else on PGlite.
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '../src/db/open.ts';
import { ofKind } from '../tests/kills/history.ts';
import { complain, type Run, surprise } from '../tests/kills/inspect.ts';
import { killService } from '../tests/kills/kill-service.ts';
import { anyMishap } from '../tests/kills/mishaps.ts';
import { makeNoise } from '../tests/kills/noise.ts';
import { pglitePlace, postgresPlace } from '../tests/kills/place.ts';
import { planKills } from '../tests/kills/plan.ts';
import { createRandom } from '../tests/kills/random.ts';
import { summarise } from '../tests/kills/report.ts';
import { liveToTheEnd } from '../tests/kills/run.ts';
import { openStage } from '../tests/kills/stage.ts';
import { tellStory } from '../tests/kills/story.ts';
import type { World } from '../tests/kills/world.ts';
import { openDisk } from './disk.ts';
import { createFigures, type Living } from './soak-figures.ts';

const MINUTE = 60_000;
const minutes = Number(process.env['SOAK_MINUTES'] ?? 1440);
const killEvery = Number(process.env['SOAK_KILL_EVERY'] ?? Math.min(60, minutes / 4));
const rate = Number(process.env['SOAK_RATE'] ?? 10);
const accounts = Number(process.env['SOAK_ACCOUNTS'] ?? Number.POSITIVE_INFINITY);
const seed = Number(process.env['SOAK_SEED'] ?? Date.now() % 2 ** 31);
const server = process.env['DATABASE_URL'];
// As `npm start` has it.
const FLAGS = ['--max-semi-space-size=64'];
/** Milliseconds that a story may take to its end, once no new ones begin. */
const LAST_LIFE = 5 * MINUTE;

async function main(): Promise<void> {
  const random = createRandom(seed);
  const place = server === undefined ? pglitePlace() : await postgresPlace(server);
  let living: Living | undefined;
  let lives = 0;
  let figures: ReturnType<typeof createFigures> | undefined;
  const stage = await openStage(place, random, {
    mishap: (isClosing) => (isClosing ? undefined : anyMishap(random)),
    flags: FLAGS,
    onStart: (service) => {
      living = undefined;
      lives += 1;
      const life = lives;
      const bornAt = performance.now();
      void service.ready.then((ms) => {
        if (ms !== undefined) living = { pid: service.pid, life, bornAt };
      });
    },
    onAnswer: (...answer) => figures?.onAnswer(...answer),
  });
  const { run, world, folder } = stage;
  await makeTables(run);
  const disk = await openDisk(place.environment);
  const measured = createFigures(disk, countAcked(run.history.entries));
  figures = measured;
  const kills = killEvery > 0 ? Math.max(0, Math.ceil(minutes / killEvery) - 1) : 0;
  console.log(
    `${server === undefined ? 'pglite' : 'postgres'}: ${minutes} minutes, ${kills} kills, ${rate} events/s, SOAK_SEED=${seed}`,
  );
  const startedAt = performance.now();
  const at = (minute: number) => sleep(Math.max(0, startedAt + minute * MINUTE - performance.now()));
  const sampling = setInterval(
    () => living && void measured.sample(living),
    MINUTE * Math.min(1, minutes / 20),
  );
  try {
    const people = Promise.all(populate(world));
    let killed = 0;
    const plan = planKills(createRandom(seed), 1 + kills * 10).filter(({ kind }) => kind !== 'start');
    const unacked = await killService(run, plan.slice(0, kills), () => at(++killed * killEvery));
    const service = run.start();
    await at(minutes);
    clearInterval(sampling);
    stage.close(LAST_LIFE);
    await people;
    service.stop();
    if ((await service.gone).code !== 0) surprise(run, `the service did not stop: ${service.output()}`);
    complain(run, service);
    await hurry(place.environment);
    const lost = server === undefined ? 'settled' : 'leased';
    const { faults, tables } = await liveToTheEnd(run, world, people, lost);
    await measured.conclude(place.environment);
    const refused = ofKind(run.history.entries, 'refused').length;
    const report = { unacked, mails: world.mails.length, refused };
    console.log(`\n${JSON.stringify({ ...report, ...summarise(run.history, tables) })}`);
    console.log(`faults: ${faults.length}`);
    for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
    if (faults.length === 0) rmSync(folder, { recursive: true, force: true });
    else console.log(`The whole history is in ${folder}`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    clearInterval(sampling);
    await disk.close();
    await stage.end();
  }
}

/** The very first start makes the tables, whose files are then known by name. */
async function makeTables(run: Run): Promise<void> {
  const service = run.start();
  if ((await service.ready) === undefined) throw new Error(`The service did not start: ${service.output()}`);
  service.stop();
  await service.gone;
}

/** Stories of customers, the noise of a product, and apps that ask for nudges. */
function populate(world: World): Promise<unknown>[] {
  let stories = 0;
  const tell = async () => {
    const untold = new Set<Promise<void>>();
    while (!world.isClosing() && stories < accounts) {
      stories += 1;
      const story = tellStory(world, stories).finally(() => untold.delete(story));
      untold.add(story);
      await sleep(world.random.below(8_000));
    }
    await Promise.all(untold);
  };
  const poll = async () => {
    while (!world.isClosing()) {
      const n = world.random.below(stories + 5);
      const userToken = await world.tokenOf(`user-${n}`);
      await world.ask(`/v1/nudges?account_id=acct-${n}`, { method: 'GET', userToken });
      await sleep(world.random.below(500));
    }
  };
  // A request carries some twenty events.
  const pause = (2 * 2 * 20 * 1000) / rate;
  return [tell(), poll(), makeNoise(world, () => stories, pause), makeNoise(world, () => stories, pause)];
}

/** What waits for its next try, in up to six hours, is due now. */
async function hurry(environment: Readonly<Record<string, string>>): Promise<void> {
  const db = await openDb({ DATA_DIR: '', ...environment });
  await db.pool.query(`update ask set due_at = now() where status = 'scheduled'`);
  await db.pool.query(`update mail set due_at = now() where status = 'due'`);
  await db.close();
}

/** How many events were acknowledged so far; each call looks only at what is new. */
function countAcked(entries: readonly { readonly kind: string; readonly events?: readonly string[] }[]) {
  let seen = 0;
  let count = 0;
  return () => {
    for (; seen < entries.length; seen += 1) {
      const entry = entries[seen];
      if (entry?.kind === 'acked') count += entry.events?.length ?? 0;
    }
    return count;
  };
}

await main();
