import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkEnd } from './check-asks.ts';
import { ofKind } from './history.ts';
import { check, complain, type Run, surprise } from './inspect.ts';
import { SECRET_KEY } from './keys.ts';
import { killServer } from './kill-server.ts';
import { killService } from './kill-service.ts';
import { lastingMishap } from './mishaps.ts';
import { makeNoise } from './noise.ts';
import type { Place } from './place.ts';
import { planKills } from './plan.ts';
import { createRandom } from './random.ts';
import { type Report, summarise } from './report.ts';
import { openStage } from './stage.ts';
import { tellStory } from './story.ts';
import type { Tables } from './tables.ts';
import type { World } from './world.ts';

const STORYTELLERS = 5;
/** Milliseconds after which a story that does not come to its end is left where it is. */
const LAST_LIFE = 120_000;

/**
 * Plays stories while the service, or the server its database is on, is killed again and again, and checks after each
 * death what it left behind.
 */
export async function runKills(
  place: Place,
  lost: 'settled' | 'leased',
  seed: number,
  count: number,
): Promise<Report> {
  const random = createRandom(seed);
  const stage = await openStage(place, random, { mishap: () => lastingMishap(random) });
  const { run, world, folder } = stage;
  try {
    const people = Promise.all(populate(world));
    const plan = planKills(createRandom(seed), count);
    const unacked = await (place.server ? killServer(run, place.server, plan) : killService(run, plan));
    stage.close(LAST_LIFE);
    const { faults, tables } = await liveToTheEnd(run, world, people, lost);
    if (faults.length === 0) rmSync(folder, { recursive: true, force: true });
    return {
      seed,
      unacked,
      mails: world.mails.length,
      history: folder,
      faults,
      ...summarise(run.history, tables),
    };
  } finally {
    await stage.end();
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

/** The last life: stories end, what is due is done, and the service is stopped in order. */
export async function liveToTheEnd(
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
