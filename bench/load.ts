import { Agent, request } from 'node:http';
import { WRITE_KEY } from './service.ts';
import type { Sent } from './traffic.ts';

export type Load = { readonly events: number; readonly ms: number; readonly latencies: readonly number[] };

/** Sends events in requests of `size` over some connections until all are acknowledged; anything but 200 throws. */
export async function sendAll(
  url: string,
  events: readonly Sent[],
  size: number,
  connections: number,
): Promise<Load> {
  const bodies = toBodies(events, size);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  const work = async () => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const sentAt = performance.now();
      const status = await post(`${url}/v1/batch`, body, agent);
      if (status !== 200) throw new Error(`/v1/batch answered ${status}`);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  const ms = performance.now() - startedAt;
  agent.destroy();
  return { events: events.length, ms, latencies };
}

/** The bodies of requests of so many events each. */
export function toBodies(events: readonly Sent[], size: number): Buffer[] {
  const bodies: Buffer[] = [];
  const sentAt = new Date().toISOString();
  for (let from = 0; from < events.length; from += size) {
    const batch = events.slice(from, from + size).map(({ text }) => text);
    bodies.push(Buffer.from(`{"batch":[${batch.join(',')}],"sentAt":"${sentAt}"}`));
  }
  return bodies;
}

const AUTHORIZATION = `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`;

/** Answers the status. */
export function post(url: string, body: Buffer, agent?: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: AUTHORIZATION,
      'Content-Type': 'application/json',
      'Content-Length': body.length,
    };
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
