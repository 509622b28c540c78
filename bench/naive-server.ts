// What one would write first: Express, its JSON parser, a zod schema and Prisma's createMany, over the same table of
// events. And under /insert the least that stores one event a request: node:http, JSON.parse and one insert.
import { createServer, type IncomingMessage } from 'node:http';
import express from 'express';
import { z } from 'zod';
import { openDb } from '../src/db/open.ts';

const { DATABASE_URL, DATA_DIR = '', PORT } = process.env;

const Message = z.object({
  type: z.enum(['track', 'identify', 'group', 'page']),
  messageId: z.string().min(1).max(100),
  timestamp: z.iso.datetime(),
  userId: z.string(),
  event: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
  context: z.object({ groupId: z.string() }),
});
const Batch = z.object({ batch: z.array(Message) });

const db = await openDb({ DATABASE_URL, DATA_DIR });

const toRow = (message: z.infer<typeof Message>) => ({
  accountId: message.context.groupId,
  occurredAt: new Date(message.timestamp),
  receivedAt: new Date(),
  id: message.messageId,
  personId: message.userId,
  source: 'segment',
  name: message.event ?? message.type,
  batch: 0,
  properties: JSON.stringify(message.properties ?? message.traits ?? {}),
});

const app = express();
app.get('/readyz', (_req, res) => void res.json({ ok: true }));
app.post('/v1/batch', express.json({ limit: '5mb' }), async (req, res) => {
  const { batch } = Batch.parse(req.body);
  await db.prisma.event.createMany({ data: batch.map(toRow), skipDuplicates: true });
  res.json({ success: true });
});

async function bodyOf(req: IncomingMessage): Promise<{ readonly batch: readonly z.infer<typeof Message>[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function insertOne(req: IncomingMessage): Promise<void> {
  const [message] = (await bodyOf(req)).batch;
  if (message === undefined) return;
  const { accountId, occurredAt, receivedAt, id, personId, source, name, batch, properties } = toRow(message);
  await db.pool.query({
    name: 'insert-one',
    text: `insert into event (account_id, occurred_at, received_at, id, person_id, source, name, batch, properties)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    values: [accountId, occurredAt, receivedAt, id, personId, source, name, batch, properties],
  });
}

const server = createServer((req, res) => {
  if (req.url !== '/insert/v1/batch') return void app(req, res);
  void insertOne(req).then(() => res.end('{"success":true}'));
});
server.listen(Number(PORT));
process.on('SIGTERM', () => {
  server.close(() => void db.close().then(() => process.exit(0)));
  server.closeIdleConnections();
});
