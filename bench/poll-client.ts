// Polls for some seconds over a few connections, in a process of its own, and prints the latencies it met. Between two
// polls it waits a little: it is here to be kept waiting, not to keep the service busy.
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './median.ts';
import { type Poller, pollers } from './pollers.ts';

const PAUSE = 5;

const [url = '', seconds = '5', connections = '2'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const users = await pollers();
const until = performance.now() + Number(seconds) * 1000;
const latencies: number[] = [];

const poll = ({ headers }: Poller) =>
  new Promise<void>((resolve, reject) => {
    const startedAt = performance.now();
    get(`${url}/v1/nudges`, { agent, headers }, (response) => {
      response.resume().on('end', () => {
        latencies.push(performance.now() - startedAt);
        if (response.statusCode === 200) resolve();
        else reject(new Error(`/v1/nudges answered ${response.statusCode}`));
      });
    }).on('error', reject);
  });

const work = async () => {
  while (performance.now() < until) {
    const user = users[Math.floor(Math.random() * users.length)];
    if (user !== undefined) await poll(user);
    await sleep(PAUSE);
  }
};
await Promise.all(Array.from({ length: Number(connections) }, work));
agent.destroy();
process.stdout.write(
  JSON.stringify({
    polls: latencies.length,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  }),
);
