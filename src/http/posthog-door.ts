import { isFields } from '../sources/json.ts';
import { POSTHOG_LIMITS, readPostHog } from '../sources/posthog.ts';
import type { Intake } from '../sources/reported.ts';
import { messagesOf } from '../sources/segment.ts';
import { HttpFault } from './http-fault.ts';
import { type Door, type Exchange, rejectedHeader } from './ingest-door.ts';
import { senderOf } from './ingest-sender.ts';
import { readJson, readWrappedJson } from './read-json.ts';
import { bearerOf } from './require-key.ts';
import { answerJson, postHogDialect } from './sdk-answers.ts';

/** Where PostHog's clients send events, in any wrapping. The answer is exactly 200: posthog-js repeats a 202. */
export function postHogDoor(limit: number = POSTHOG_LIMITS.single): Door {
  return {
    methods: ['POST', 'GET'],
    stores: true,
    dialect: postHogDialect,
    answer: (exchange) => capture(exchange, limit),
  };
}

/** PostHog's newer transport: the key as a bearer, and an answer that names what was dropped. */
export const postHogV1Door: Door = {
  methods: ['POST'],
  stores: true,
  dialect: postHogDialect,
  answer: captureV1,
};

async function capture(exchange: Exchange, limit: number): Promise<void> {
  const { deps, req, res, query } = exchange;
  const receivedAt = deps.clock();
  const body = await readWrappedJson(req, query, limit);
  const sentAt = query.get('sent_at') ?? query.get('_') ?? undefined;
  const receipt = await store(exchange, body, receivedAt, { sentAt });
  answerJson(res, 200, { status: 1 }, rejectedHeader(receipt));
}

async function captureV1(exchange: Exchange): Promise<void> {
  const { deps, req, res } = exchange;
  const receivedAt = deps.clock();
  const body = await readJson(req, POSTHOG_LIMITS.batch);
  const sentAt = req.headers['posthog-request-timestamp'];
  const receipt = await store(exchange, body, receivedAt, { sentAt, key: bearerOf(req) });
  answerJson(res, 200, { results: resultsOf(receipt.intake) }, rejectedHeader(receipt));
}

async function store(
  { deps, req, query, receive }: Exchange,
  body: unknown,
  receivedAt: number,
  { sentAt, key }: { readonly sentAt: unknown; readonly key?: string | undefined },
) {
  requireEvents(body);
  const tokens = [...tokensIn(body), query.get('token'), query.get('api_key'), key];
  const sender = await senderOf(deps.keys, req, body, { candidates: tokens }, receivedAt);
  const intake = readPostHog(body, {
    ...sender,
    receivedAt,
    accountGroupType: deps.config.ACCOUNT_GROUP_TYPE,
    sentAt,
  });
  return { ...(await receive(intake)), intake };
}

function requireEvents(body: unknown): void {
  const batch = isFields(body) ? body['batch'] : undefined;
  if (batch !== undefined && !Array.isArray(batch))
    throw new HttpFault(400, 'batch: expected a list of events');
  if (typeof body !== 'object' || body === null)
    throw new HttpFault(400, 'body: expected a JSON object or a list of events');
  if (messagesOf(body).length === 0) throw new HttpFault(400, 'batch: got no events');
}

/** The token of the batch; else of the events, and then all must carry the same. */
function tokensIn(body: unknown): readonly unknown[] {
  const root = isFields(body) ? tokenIn(body) : undefined;
  if (root !== undefined) return [root];
  const tokens = new Set(messagesOf(body).map((event) => (isFields(event) ? tokenIn(event) : undefined)));
  tokens.delete(undefined);
  if (tokens.size > 1)
    throw new HttpFault(401, `token: got ${tokens.size} different ones in one request, expected one`);
  return [...tokens];
}

function tokenIn(fields: { readonly [key: string]: unknown }): string | undefined {
  const properties = fields['properties'];
  const inside = isFields(properties) ? properties['token'] : undefined;
  const places = [fields['api_key'], fields['token'], fields['$token'], inside];
  return places.find((token): token is string => typeof token === 'string' && token !== '');
}

// What is not named was taken. "drop" is final, so nothing is sent again.
function resultsOf({
  events,
  rejections,
}: Intake): Readonly<Record<string, { result: 'ok' | 'drop'; details?: string }>> {
  const taken = events.map(({ id }) => [id.replace(/^posthog:/, ''), { result: 'ok' as const }] as const);
  const dropped = rejections.flatMap(({ messageId, reason }) =>
    messageId === undefined ? [] : [[messageId, { result: 'drop' as const, details: reason }] as const],
  );
  return Object.fromEntries([...taken.filter(([id]) => !id.endsWith(':set')), ...dropped]);
}
