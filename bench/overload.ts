// Three times what the service can take, for a minute: how much it turns away, what memory it needs, how soon it is well
// again, and whether all that it acknowledged is there. BENCH_DB=postgres or pglite. BENCH_SECONDS: other than a minute.
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '../src/db/open.ts';
import { post, sendAll, toBodies } from './load.ts';
import { percentile } from './median.ts';
import { pglite, postgres } from './places.ts';
import { type RunningService, startService } from './service.ts';
import { createTraffic, type Sent } from './traffic.ts';
import { memoryOf } from './usage.ts';

const SIZE = 100;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 60);
const place = process.env['BENCH_DB'] === 'pglite' ? pglite : postgres;

async function main(): Promise<void> {
  const { make, everybody } = createTraffic();
  const ground = await place.fresh();
  const service = await startService(ground.environment);
  try {
    const before = everybody();
    await sendAll(service.url, before, SIZE, 8);
    const usual = make(10_000);
    const calm = await sendAll(service.url, usual, SIZE, 16);
    const capacity = (calm.events / calm.ms) * 1000;
    console.log(`${place.name}: takes ${Math.round(capacity)} events/s`);
    const flood = await overload(service, capacity * 3, make);
    const { acknowledged } = flood;
    const after = make(5_000);
    const recovered = await sendAll(service.url, after, SIZE, 16);
    console.log(
      `offered ${flood.offered} events in ${seconds} s, took ${acknowledged}, turned away ${flood.refused} (within ${percentile(flood.refusedMs, 0.99).toFixed(0)} ms, p99), other answers ${flood.others}`,
    );
    console.log(
      `memory ${memoryOf(service.pid)} MB after, ${flood.memoryMb} MB at most; p99 of what was taken ${percentile(flood.takenMs, 0.99).toFixed(0)} ms`,
    );
    console.log(
      `afterwards ${Math.round((recovered.events / recovered.ms) * 1000)} events/s, p99 ${percentile(recovered.latencies, 0.99).toFixed(0)} ms`,
    );
    await service.stop();
    const db = await openDb({ DATA_DIR: '', ...ground.environment });
    const { rows } = await db.pool.query<{ n: string }>(
      `select count(*) as n from event where source = 'segment'`,
    );
    await db.close();
    const expected = before.length + usual.length + acknowledged + after.length;
    console.log(`acknowledged ${expected} in all, stored ${rows[0]?.n}`);
    if (Number(rows[0]?.n) < expected) process.exitCode = 1;
  } finally {
    await service.stop();
    await ground.remove();
  }
}

/** Sends at a pace of its own, whatever the answers: requests that were turned away are not sent again. */
async function overload(service: RunningService, perSecond: number, make: (count: number) => Sent[]) {
  const bodies = toBodies(make(20_000), SIZE);
  const total = { offered: 0, acknowledged: 0, refused: 0, others: 0, memoryMb: 0 };
  const takenMs: number[] = [];
  const refusedMs: number[] = [];
  const sending = new Set<Promise<void>>();
  const startedAt = performance.now();
  const send = async (body: Buffer) => {
    const sentAt = performance.now();
    const status = await post(`${service.url}/v1/batch`, fresh(body, total.offered)).catch(() => 0);
    const took = performance.now() - sentAt;
    if (status === 200) {
      total.acknowledged += SIZE;
      takenMs.push(took);
    } else if (status === 503) {
      total.refused += SIZE;
      refusedMs.push(took);
    } else total.others += SIZE;
  };
  for (let elapsed = 0; elapsed < seconds * 1000; elapsed = performance.now() - startedAt) {
    for (; total.offered < (elapsed / 1000) * perSecond; total.offered += SIZE) {
      const body = bodies[(total.offered / SIZE) % bodies.length];
      if (body === undefined) continue;
      const answer = send(body).finally(() => sending.delete(answer));
      sending.add(answer);
    }
    total.memoryMb = Math.max(total.memoryMb, memoryOf(service.pid));
    await sleep(20);
  }
  await Promise.all(sending);
  return { ...total, takenMs, refusedMs };
}

/** The same events under other ids: bodies are made once, or making them would be most of the work. */
function fresh(body: Buffer, n: number): Buffer {
  const mark = n.toString(36).padStart(8, '0');
  return Buffer.from(body.toString().replaceAll(/"messageId":"[0-9a-f]{8}/g, `"messageId":"${mark}`));
}

await main();
