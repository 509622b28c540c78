import { isFields } from '../sources/json.ts';
import { isPlainText } from '../sources/plain-text.ts';
import { readSegment, SEGMENT_LIMITS } from '../sources/segment.ts';
import type { SegmentType } from '../sources/segment-content.ts';
import { HttpFault } from './http-fault.ts';
import { type Door, type Exchange, rejectedHeader } from './ingest-door.ts';
import { senderOf } from './ingest-sender.ts';
import { readJsonText } from './read-json.ts';
import { answerJson, segmentDialect } from './sdk-answers.ts';

/** Where Segment's clients send: one message of a type, or, without one, a batch. */
export function segmentDoor(type?: SegmentType, imported = false): Door {
  return {
    methods: ['POST'],
    stores: true,
    dialect: segmentDialect,
    answer: (exchange) => receive(exchange, type, imported),
  };
}

async function receive(exchange: Exchange, type: SegmentType | undefined, imported: boolean): Promise<void> {
  const { deps, req, res } = exchange;
  const receivedAt = deps.clock();
  const { body, text } = await readBody(exchange);
  const sender = await senderOf(
    deps.keys,
    req,
    body,
    { candidates: isFields(body) ? [body['writeKey']] : [] },
    receivedAt,
  );
  if (!isFields(body) && type !== undefined)
    throw new HttpFault(400, 'body: expected a JSON object, one message');
  if (type === undefined && !Array.isArray(isFields(body) ? body['batch'] : body)) {
    throw new HttpFault(400, 'batch: expected a list of messages, {"batch": […]}');
  }
  const intake = readSegment(body, {
    ...sender,
    receivedAt,
    imported,
    isPlain: isPlainText(text),
    ...(type === undefined ? {} : { type }),
  });
  const receipt = await exchange.receive(intake);
  answerJson(res, 200, { success: true }, rejectedHeader(receipt));
}

// Segment answers 400 to what is too large, and its clients know that as final.
async function readBody({ req }: Exchange): Promise<{ readonly body: unknown; readonly text: string }> {
  try {
    return await readJsonText(req, SEGMENT_LIMITS.body);
  } catch (error) {
    throw error instanceof HttpFault && error.status === 413 ? new HttpFault(400, error.message) : error;
  }
}
