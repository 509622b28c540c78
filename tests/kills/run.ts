import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { type CatalogInForce, putInForce } from '../../src/catalog/in-force.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { checkAsks, checkEnd } from './check-asks.ts';
import { checkStored, storedIds } from './check-stored.ts';
import { createClient } from './client.ts';
import { createHistory, type History, ofKind } from './history.ts';
import { IDENTITY_SECRET, PUBLISHABLE_KEY, SECRET_KEY, WRITE_KEY } from './keys.ts';
import { createKiller, type Killer } from './killer.ts';
import { makeNoise } from './noise.ts';
import type { Place } from './place.ts';
import { planKills } from './plan.ts';
import { createRandom } from './random.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { startSlowSmtp } from './slow-smtp.ts';
import { tellStory } from './story.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

export type Report = {
  readonly seed: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly acked: number;
  /** Stored although the client was never told: allowed, and found again by its next try. */
  readonly unacked: number;
  readonly mails: number;
  readonly asks: Readonly<Record<string, number>>;
  readonly restartMs: { readonly median: number; readonly worst: number };
  /** Where every step of the run is written down, kept when something is wrong. */
  readonly history: string;
  readonly faults: readonly string[];
};

type Run = {
  readonly place: Place;
  readonly history: History;
  readonly killer: Killer;
  readonly start: () => ServiceProcess;
  readonly inForce: CatalogInForce;
};

const TRIGGERS = resolve('tests/kills/triggers');
const STORYTELLERS = 5;
/** Milliseconds after which a story that does not come to its end is left where it is. */
const LAST_LIFE = 120_000;

/** Plays stories against a service that is killed again and again, and checks after each death what it left behind. */
export async function runKills(
  place: Place,
  lost: 'settled' | 'leased',
  seed: number,
  count: number,
): Promise<Report> {
  const random = createRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-kills-history-'));
  const history = createHistory(join(folder, 'history.jsonl'));
  const killer = createKiller();
  const smtp = await startSlowSmtp(createRandom(random.below(2 ** 32)), {
    onStep: killer.onStep,
    onTaken: ({ messageId, to }) => history.add({ kind: 'mail', messageId, to }),
  });
  const port = await freePort();
  const environment = { ...settings(port, smtp.url), ...place.environment };
  let live: ServiceProcess | undefined;
  const start = () => {
    live = startServiceProcess(environment);
    return live;
  };
  const run: Run = { place, history, killer, start, inForce: await catalogInForce() };
  const stage = { closing: false, over: false };
  const ask = createClient(`http://127.0.0.1:${port}`, {
    history,
    random,
    onRequest: killer.onRequest,
    isOver: () => stage.over,
  });
  const world: World = { ask, mails: smtp.taken, random, history, tokenOf, isClosing: () => stage.closing };
  try {
    const people = Promise.all(populate(world));
    const unacked = await killAll(run, planKills(createRandom(seed), count));
    stage.closing = true;
    setTimeout(() => {
      stage.over = true;
    }, LAST_LIFE).unref();
    const faults = await liveToTheEnd(run, world, people, lost);
    const tables = await place.look();
    if (faults.length === 0) rmSync(folder, { recursive: true, force: true });
    return {
      seed,
      unacked,
      mails: smtp.taken.length,
      history: folder,
      faults,
      ...summarise(history, tables),
    };
  } finally {
    stage.over = true;
    live?.kill();
    await live?.gone;
    await smtp.close();
    await place.remove();
  }
}

function populate(world: World): Promise<void>[] {
  let stories = 0;
  const tell = async () => {
    while (!world.isClosing()) {
      stories += 1;
      await tellStory(world, stories);
    }
  };
  return [
    ...Array.from({ length: STORYTELLERS }, tell),
    makeNoise(world, () => stories),
    makeNoise(world, () => stories),
  ];
}

/** Returns how many events were found stored whose client had not been told. */
async function killAll(run: Run, plan: ReturnType<typeof planKills>): Promise<number> {
  let unacked = 0;
  for (const moment of plan) {
    const service = run.start();
    void service.ready.then(
      (afterMs) => afterMs !== undefined && run.history.add({ kind: 'ready', afterMs }),
    );
    run.history.add({ kind: 'kill', moment: await run.killer.stalk(service, moment) });
    if ((await service.gone).code !== null) surprise(run, `the service ended by itself: ${service.output()}`);
    complain(run, service);
    // What was acknowledged by now, and not while we look.
    const entries = [...run.history.entries];
    const tables = await run.place.look();
    if (tables === undefined) continue;
    for (const fault of check(run, entries, tables)) surprise(run, fault);
    unacked += countUnacked(entries, tables);
  }
  return unacked;
}

const check = ({ inForce }: Run, entries: History['entries'], tables: Tables) => [
  ...checkStored(entries, tables, inForce),
  ...checkAsks(entries, tables),
];

const surprise = ({ history }: Run, what: string) => history.add({ kind: 'surprise', what });

/** The service logs an error only for what should never happen; a kill is no reason for one. */
function complain(run: Run, service: ServiceProcess): void {
  for (const line of service.output().split('\n'))
    if (/"level":[56]0/.test(line)) surprise(run, `the service logged ${line}`);
}

/** The last life: stories end, what is due is done, and the service is stopped in order. */
async function liveToTheEnd(
  run: Run,
  world: World,
  people: Promise<unknown>,
  lost: 'settled' | 'leased',
): Promise<string[]> {
  const service = run.start();
  const afterMs = await service.ready;
  if (afterMs === undefined) surprise(run, `the service did not start again: ${service.output()}`);
  else run.history.add({ kind: 'ready', afterMs });
  await people;
  await quiet(world);
  service.stop();
  if ((await service.gone).code !== 0)
    surprise(run, `the service did not stop in order: ${service.output()}`);
  complain(run, service);
  const { entries } = run.history;
  const tables = await run.place.look();
  const faults =
    tables === undefined
      ? ['there is no database at the end']
      : [...check(run, entries, tables), ...checkEnd(entries, tables, lost)];
  return [...ofKind(entries, 'surprise').map(({ what }) => what), ...faults];
}

/** Waits until nothing is planned any more, for as long as that can take when all goes well, and then some. */
async function quiet({ ask }: World): Promise<void> {
  for (let calm = 0, round = 0; calm < 3 && round < 60; round += 1) {
    await sleep(1_000);
    const answer = await ask('/v1/asks?status=scheduled', { method: 'GET', key: SECRET_KEY });
    calm = answer?.body.startsWith('{"asks":[]') ? calm + 1 : 0;
  }
}

function countUnacked(entries: History['entries'], tables: Tables): number {
  const stored = storedIds(tables);
  const acked = new Set(ofKind(entries, 'acked').flatMap(({ events }) => events));
  const sent = new Set(ofKind(entries, 'sent').flatMap(({ events }) => events));
  return [...sent].filter((id) => stored.has(id) && !acked.has(id)).length;
}

function summarise({ entries }: History, tables: Tables | undefined) {
  const restarts = ofKind(entries, 'ready')
    .map(({ afterMs }) => afterMs)
    .sort((a, b) => a - b);
  return {
    kills: countBy(ofKind(entries, 'kill').map(({ moment }) => moment)),
    acked: new Set(ofKind(entries, 'acked').flatMap(({ events }) => events)).size,
    asks: countBy((tables?.asks ?? []).map(({ channel, status }) => `${channel} ${status}`)),
    restartMs: {
      median: Math.round(restarts[restarts.length >> 1] ?? 0),
      worst: Math.round(restarts.at(-1) ?? 0),
    },
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const settings = (port: number, smtpUrl: string) => ({
  PORT: String(port),
  MODE: 'live',
  TICK: '1s',
  LOG_LEVEL: 'error',
  TRIGGERS_DIR: TRIGGERS,
  TEMPLATES_DIR: resolve('templates'),
  SMTP_URL: smtpUrl,
  MAIL_FROM: 'growth@vendor.example',
  WRITE_KEY,
  SECRET_KEY,
  PUBLISHABLE_KEY,
  IDENTITY_SECRET,
});

async function catalogInForce(): Promise<CatalogInForce> {
  const { catalog, faults } = await readCatalog({
    triggersDir: TRIGGERS,
    templatesDir: resolve('templates'),
  });
  if (catalog === undefined)
    throw new Error(`The catalog of the kill test has faults: ${JSON.stringify(faults)}`);
  return putInForce({ ...catalog, version: 1 });
}

const tokenOf = (userId: string) =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setAudience('goodturn')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(IDENTITY_SECRET));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
