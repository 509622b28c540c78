import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CatalogInForce } from '../../src/catalog/in-force.ts';
import { freePort } from '../free-port.ts';
import { checkAsks, checkEnd } from './check-asks.ts';
import { checkStored } from './check-stored.ts';
import { createClient } from './client.ts';
import { createHistory, type History, ofKind } from './history.ts';
import { SECRET_KEY } from './keys.ts';
import { createKiller, type Killer } from './killer.ts';
import { makeNoise } from './noise.ts';
import type { Place } from './place.ts';
import { planKills } from './plan.ts';
import { createRandom } from './random.ts';
import { countUnacked, type Report, summarise } from './report.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { catalogInForce, settings, tokenOf } from './settings.ts';
import { startSlowSmtp } from './slow-smtp.ts';
import { tellStory } from './story.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

type Run = {
  readonly place: Place;
  readonly history: History;
  readonly killer: Killer;
  readonly start: () => ServiceProcess;
  readonly inForce: CatalogInForce;
};

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
    const { faults, tables } = await liveToTheEnd(run, world, people, lost);
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
  let looking = Promise.resolve();
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
    await looking;
    const { tables } = await run.place.look();
    looking = tables.then((found) => {
      if (found === undefined) return;
      for (const fault of check(run, entries, found)) surprise(run, fault);
      unacked += countUnacked(entries, found);
    });
  }
  await looking;
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
): Promise<{ faults: string[]; tables: Tables | undefined }> {
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
  const tables = await (await run.place.look()).tables;
  const faults =
    tables === undefined
      ? ['there is no database at the end']
      : [...check(run, entries, tables), ...checkEnd(entries, tables, lost)];
  return { faults: [...ofKind(entries, 'surprise').map(({ what }) => what), ...faults], tables };
}

/** Waits until nothing is planned any more, for as long as that can take when all goes well, and then some. */
async function quiet({ ask }: World): Promise<void> {
  for (let calm = 0, round = 0; calm < 3 && round < 60; round += 1) {
    await sleep(1_000);
    const answer = await ask('/v1/asks?status=scheduled', { method: 'GET', key: SECRET_KEY });
    calm = answer?.body.startsWith('{"asks":[]') ? calm + 1 : 0;
  }
}
