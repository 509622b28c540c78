import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnServer } from '../own-server.ts';
import { ofKind } from './history.ts';
import { check, complain, type Run, surprise } from './inspect.ts';
import type { Moment } from './plan.ts';
import { countUnacked } from './report.ts';

/** Milliseconds after which a service on a server that answers again has to take events. */
const PATIENCE = 30_000;

/** What a service says of a server that is away. */
const OUTAGE =
  /57P0\d|ECONNREFUSED|ECONNRESET|EPIPE|Connection terminated|timeout exceeded when trying to connect/;

const WAYS = ['stopped at once', 'killed', 'backend killed'] as const;

/**
 * Kills the server, in each way in turn, at each moment of the plan, under one service that has to live through it all.
 * Returns how many events were found stored whose client had not been told.
 */
export async function killServer(run: Run, server: OwnServer, plan: readonly Moment[]): Promise<number> {
  const service = run.start();
  if ((await service.ready) === undefined) surprise(run, `the service did not start: ${service.output()}`);
  let unacked = 0;
  for (const [n, moment] of plan.entries()) {
    const way = WAYS[n % WAYS.length] ?? WAYS[0];
    let died = 0;
    let gone = Promise.resolve();
    const kill = () => {
      died = performance.now();
      gone = strike(server, way);
    };
    const when = await run.killer.stalk({ ready: Promise.resolve(0), kill }, moment);
    await gone;
    run.history.add({ kind: 'kill', moment: `${way}, ${when}` });
    await server.answers();
    if (await takesEvents(run)) run.history.add({ kind: 'ready', afterMs: performance.now() - died });
    else surprise(run, `the service takes nothing from a server that is back: ${service.output()}`);
    unacked += await look(run, service);
  }
  service.stop();
  const { code } = await service.gone;
  if (code !== 0) surprise(run, `the service ended with ${code}: ${service.output()}`);
  complain(run, service, OUTAGE);
  return unacked;
}

function strike(server: OwnServer, way: (typeof WAYS)[number]): Promise<void> {
  switch (way) {
    case 'stopped at once':
      return server.stopAtOnce();
    case 'killed':
      return server.kill();
    case 'backend killed':
      return server.killBackend('goodturn');
    default:
      return way satisfies never;
  }
}

async function takesEvents({ history }: Run): Promise<boolean> {
  const before = ofKind(history.entries, 'acked').length;
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    if (ofKind(history.entries, 'acked').length > before) return true;
    await sleep(20);
  }
  return false;
}

/** While the service stands still: a mail of which it learns just now is neither here nor there. */
async function look(run: Run, service: ReturnType<Run['start']>): Promise<number> {
  service.freeze();
  try {
    const entries = [...run.history.entries];
    const tables = await (await run.place.look()).tables;
    if (tables === undefined) return 0;
    for (const fault of check(run, entries, tables)) surprise(run, fault);
    return countUnacked(entries, tables);
  } finally {
    service.thaw();
  }
}
