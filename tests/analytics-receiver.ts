import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

type Sent = Readonly<Record<string, unknown>>;

/** Stands for Segment's or PostHog's own service: takes the batches that their clients send, and answers with a status. */
export async function startReceiver(status: () => number = () => 200) {
  const events: Sent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const text =
        request.headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString();
      if (status() === 200) events.push(...(JSON.parse(text).batch ?? []));
      response.writeHead(status(), { 'content-type': 'application/json' }).end('{"success":true,"status":1}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    events: events as readonly Sent[],
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
