import { randomUUID } from 'node:crypto';
import type { Instant } from '../engine/time.ts';
import { isEcho, withoutReadiness } from './echo.ts';
import { readAddress, readId, readMessageId, readUserId } from './identity.ts';
import { readInstant } from './instant.ts';
import { asJson, type Fields, isFields, kindOf } from './json.ts';
import { MessageFault, refuse } from './message-fault.ts';
import { rejection, shown, surplusOf } from './rejection.ts';
import type { Intake, Rejection, ReportedEvent } from './reported.ts';
import { type Content, readContent, readOwnAccount, readType, type SegmentType } from './segment-content.ts';
import { createQuickReader, type RequestFacts } from './segment-quick.ts';
import { type Moment, momentOf } from './skew.ts';
import { type Sender, standing, tokenOf } from './trust.ts';

/** Segment's own limits. */
export const SEGMENT_LIMITS = { body: 500 * 1024, events: 2500, event: 32 * 1024 } as const;

export type SegmentReading = Sender & {
  readonly receivedAt: Instant;
  /** History: times are kept as they are, and no trigger opens. */
  readonly imported: boolean;
  /** What the route says the message is; absent in batches. */
  readonly type?: SegmentType;
  /** The body's text was plain (`isPlainText`). */
  readonly isPlain?: boolean;
};

/**
 * Reads one Segment message, a batch `{batch: […]}` whose `context`, `timestamp` and `sentAt` are defaults for
 * each of its messages, or a bare list. A message without `messageId` gets one of ours and is not deduplicated.
 * Never throws: each bad message is a rejection, the others are events.
 */
export function readSegment(body: unknown, reading: SegmentReading): Intake {
  const messages = messagesOf(body);
  const defaults = isFields(body) && Array.isArray(body['batch']) ? body : {};
  const events: ReportedEvent[] = [];
  const rejections: Rejection[] = [];
  const facts = requestFacts(defaults, reading);
  for (const message of messages.slice(0, SEGMENT_LIMITS.events)) {
    const ordinary = facts && quick.sent(message, facts);
    if (ordinary !== undefined) {
      events.push(ordinary);
      continue;
    }
    try {
      const event = readMessage(message, defaults, reading);
      if (event !== undefined) events.push(event);
    } catch (error) {
      if (!(error instanceof MessageFault)) throw error;
      rejections.push(rejection('segment', message, error.message));
    }
  }
  return { events, rejections: [...rejections, ...surplusOf('segment', messages, SEGMENT_LIMITS.events)] };
}

// What it remembers is what customers send, so there is a bound.
const quick = createQuickReader(50_000);

/** What messages need that can be read quickly; undefined where the request is out of the ordinary. */
function requestFacts(defaults: Fields, reading: SegmentReading): RequestFacts | undefined {
  const { trust, imported, isPlain, receivedAt, type } = reading;
  const isOrdinary = isPlain === true && trust === 'server' && !imported;
  if (!isOrdinary || defaults['context'] !== undefined || (defaults['timestamp'] ?? undefined) !== undefined)
    return undefined;
  return { receivedAt, sentAt: defaults['sentAt'], type };
}

/** The messages in a body, whatever its shape. */
export function messagesOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (isFields(body) && Array.isArray(body['batch'])) return body['batch'];
  return [body];
}

/**
 * Reads one line of a file. It was received when it says so, else when it happened: replaying a file gives the
 * same history whenever it is replayed. An import opens no trigger; a backtest passes `imported: false`.
 */
export function readSegmentLine(
  line: unknown,
  now: Instant,
  { imported = true }: { readonly imported?: boolean } = {},
): Intake {
  const fields = isFields(line) ? line : {};
  const said = readInstant(fields['receivedAt']) ?? readInstant(fields['timestamp']);
  const receivedAt = said !== undefined && Number.isFinite(said) ? Math.min(said, now) : now;
  // Nobody sent it: a request's clock has no say in it.
  const unsent = isFields(line) ? { ...line, sentAt: undefined } : line;
  return readSegment(unsent, { receivedAt, imported, trust: 'server' });
}

function readMessage(message: unknown, defaults: Fields, reading: SegmentReading): ReportedEvent | undefined {
  if (!isFields(message)) refuse(`message: got ${kindOf(message)}, expected an object`);
  const bytes = Buffer.byteLength(asJson(message, 'message'));
  if (bytes > SEGMENT_LIMITS.event)
    refuse(`message: got ${bytes} bytes, expected at most ${SEGMENT_LIMITS.event}`);
  const type = readType(message, reading.type);
  const context = contextOf(message, defaults);
  const messageId = readMessageId(message['messageId'], 'messageId');
  const content = readContent(type, message, context, reading.receivedAt);
  if (isEcho(messageId, content.name, content.properties)) return undefined;
  const people = readPeople(type, message, context, content, reading);
  const ownAccountId = readOwnAccount(type, message, context);
  const claim = { ...content, properties: withoutReadiness(content.properties), userId: people.userId };
  const { flags, ...stands } = standing(reading, tokenOf(message, defaults), claim);
  // Whoever has a user's token need not say which user.
  const somebody = ownAccountId ?? stands.userId ?? people.anonymousId ?? people.email;
  if (somebody === undefined) refuseNobody(message);
  const moment = readMoment(message, defaults, reading);
  return {
    id: `segment:${messageId ?? randomUUID()}`,
    source: 'segment',
    name: content.name,
    occurredAt: moment.occurredAt,
    receivedAt: reading.receivedAt,
    ...people,
    ...stands,
    ...(ownAccountId === undefined ? {} : { ownAccountId }),
    imported: reading.imported,
    flags: [...moment.flags, ...flags, ...(messageId === undefined ? ['no_message_id'] : [])],
  };
}

type People = Pick<ReportedEvent, 'userId' | 'anonymousId' | 'email'>;

function readPeople(
  type: SegmentType,
  message: Fields,
  context: Fields,
  content: Content,
  { trust }: Sender,
): People {
  const userId = readUserId(message['userId'], 'userId');
  const anonymousId = content.previousId ?? readId(message['anonymousId'], 'anonymousId');
  if (type === 'alias' && userId === undefined) refuse('userId: got nothing, an alias needs it');
  // Only survey tools that know neither id speak of people by their address.
  const isNameless = userId === undefined && (anonymousId === undefined || content.name === 'NPS Answered');
  const email = isNameless && trust === 'server' ? addressIn(message, context) : undefined;
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(anonymousId === undefined || anonymousId === userId ? {} : { anonymousId }),
    ...(email === undefined ? {} : { email }),
  };
}

function addressIn(message: Fields, context: Fields): string | undefined {
  const places = [context['traits'], message['traits'], message['properties']];
  return places
    .map((place) => readAddress(fieldsOf(place)['email']))
    .find((address) => address !== undefined);
}

function refuseNobody(message: Fields): never {
  const came = ['userId', 'anonymousId'].filter((key) => message[key] !== undefined && message[key] !== null);
  const named = came.map((key) => `${key} ${shown(message[key])}, which names nobody`);
  refuse(`userId: got ${named.join(', ') || 'nothing'}; expected a userId, an anonymousId or a group`);
}

function readMoment(message: Fields, defaults: Fields, { receivedAt, imported }: SegmentReading): Moment {
  // Segment has corrected what it passes on already, and says so by its own fields.
  const passedOn = message['originalTimestamp'] !== undefined || message['receivedAt'] !== undefined;
  const timestamp = message['timestamp'] ?? message['originalTimestamp'] ?? defaults['timestamp'];
  const sentAt = defaults['sentAt'] ?? message['sentAt'];
  return momentOf(timestamp, { receivedAt, sentAt, settled: imported || passedOn });
}

function contextOf(message: Fields, defaults: Fields): Fields {
  const own = fieldsOf(message['context']);
  return defaults['context'] === undefined ? own : { ...fieldsOf(defaults['context']), ...own };
}

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
