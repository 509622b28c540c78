import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { freePort } from '../tests/free-port.ts';
import { sendAll } from './load.ts';
import { median, percentile } from './median.ts';
import type { Place } from './places.ts';
import { POLL_KEYS, type Poller, pollers } from './pollers.ts';
import { type RunningService, startService } from './service.ts';
import { createTraffic } from './traffic.ts';
import { cpuOf } from './usage.ts';

const { make, everybody } = createTraffic();

export type PollResult = {
  readonly perSecond: number;
  readonly cpuUs: number;
  /** CPU time of a bare node:http answer, as a ratio to a poll's: 1 would be as cheap. */
  readonly byCpu: number;
  readonly byCpuUnchanged: number;
  readonly p50: number;
  readonly p99: number;
  /** While events come in as fast as they are taken. */
  readonly busy: { readonly p50: number; readonly p99: number; readonly eventsPerSecond: number };
};

const CONNECTIONS = 32;

/** Polls with nothing new, alternating with the same number of answers of a bare node:http; medians over repeats. */
export async function benchPolls(
  place: Place,
  { polls, repeats, busySeconds }: { polls: number; repeats: number; busySeconds: number },
): Promise<PollResult> {
  const ground = await place.fresh();
  const bare = await startBare();
  const service = await startService({ ...ground.environment, ...POLL_KEYS });
  try {
    await sendAll(service.url, everybody(), 100, 4);
    const users = await pollers();
    const etag = await poll(service.url, users[0]);
    const unchanged = users.map(({ headers }) => ({ headers: { ...headers, 'If-None-Match': etag } }));
    for (const target of [bare, service]) await pollAll(target, users, polls / 4);
    const rows: { bare: Polled; fresh: Polled; unchanged: Polled }[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      rows.push({
        bare: await pollAll(bare, users, polls),
        fresh: await pollAll(service, users, polls),
        unchanged: await pollAll(service, unchanged, polls),
      });
    }
    return {
      perSecond: median(rows.map(({ fresh }) => fresh.perSecond)),
      cpuUs: median(rows.map(({ fresh }) => fresh.cpuUs)),
      byCpu: median(rows.map((row) => row.bare.cpuUs / row.fresh.cpuUs)),
      byCpuUnchanged: median(rows.map((row) => row.bare.cpuUs / row.unchanged.cpuUs)),
      p50: median(rows.map(({ fresh }) => fresh.p50)),
      p99: median(rows.map(({ fresh }) => fresh.p99)),
      busy: await pollWhileBusy(service, busySeconds),
    };
  } finally {
    await service.stop();
    await bare.stop();
    await ground.remove();
  }
}

type Target = Pick<RunningService, 'url' | 'pid'>;
type Polled = {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p50: number;
  readonly p99: number;
};

async function pollAll({ url, pid }: Target, users: readonly Poller[], count: number): Promise<Polled> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const latencies: number[] = [];
  let left = count;
  const cpuBefore = cpuOf(pid);
  const startedAt = performance.now();
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const sentAt = performance.now();
      await poll(url, users[left % users.length], agent);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  const ms = performance.now() - startedAt;
  const cpuMs = cpuOf(pid) - cpuBefore;
  agent.destroy();
  return {
    perSecond: (count / ms) * 1000,
    cpuUs: (cpuMs / count) * 1000,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

/** Answers the ETag. */
function poll(url: string, user: Poller | undefined, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(`${url}/v1/nudges`, { ...(agent && { agent }), headers: user?.headers ?? {} }, (response) => {
      const { statusCode: status } = response;
      response.resume().on('end', () => {
        if (status === 200 || status === 304) resolve(response.headers.etag ?? '');
        else reject(new Error(`/v1/nudges answered ${status}`));
      });
    }).on('error', reject);
  });
}

/** The polls come from a process of their own, so that sending the events does not hold them up. */
async function pollWhileBusy(service: RunningService, seconds: number): Promise<PollResult['busy']> {
  const client = spawn(
    process.execPath,
    ['--import', 'tsx', 'bench/poll-client.ts', service.url, String(seconds)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const printed = text(client.stdout);
  const state = { done: false };
  const gone = once(client, 'close').then(() => {
    state.done = true;
  });
  let events = 0;
  let ms = 0;
  while (!state.done) {
    const sent = await sendAll(service.url, make(5_000), 100, 8);
    events += sent.events;
    ms += sent.ms;
  }
  await gone;
  const { p50, p99 } = JSON.parse(await printed);
  return { p50, p99, eventsPerSecond: (events / ms) * 1000 };
}

async function startBare(): Promise<Target & { readonly stop: () => Promise<void> }> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', 'bench/bare-server.ts'], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill();
      await gone;
    },
  };
}
