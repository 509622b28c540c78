import type { Json, JsonObject } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { ECHO_MARK, READINESS_TRAIT } from './echo.ts';
import { readId, readName, readUserId } from './identity.ts';
import { readInstant } from './instant.ts';
import { createInstantReader } from './instant-quick.ts';
import { type Fields, isFields } from './json.ts';
import { isSurelyShort } from './plain-text.ts';
import type { ReportedEvent } from './reported.ts';
import { deviceTraits, type SegmentType } from './segment-content.ts';
import { npsFromTool } from './segment-nps.ts';
import { withStandardNames } from './traits.ts';

/**
 * Reads an ordinary `track`, `page`, `identify` or `group` message as `readSegment` does, several times as fast.
 * Undefined for anything out of the ordinary, which is then read the careful way: so both give the same events,
 * whatever the message.
 */
export type QuickReader = {
  /** As `readSegmentLine` reads it. */
  readonly line: (message: unknown, facts: LineFacts) => ReportedEvent | undefined;
  /** As it is read from a request that a server sent, and that says nothing but when it was sent. */
  readonly sent: (message: unknown, facts: RequestFacts) => ReportedEvent | undefined;
};

type LineFacts = {
  /** The text has no escapes that hide a character, no reserved name, and is far below the limits of size. */
  readonly isPlain: boolean;
  readonly now: Instant;
  readonly imported: boolean;
};

/** The text is plain as above, but a message may still be too large. */
export type RequestFacts = {
  readonly receivedAt: Instant;
  /** As the request says it. */
  readonly sentAt: unknown;
  /** As its route says it. */
  readonly type: SegmentType | undefined;
};

/** A reader remembers which ids and names it has checked, so many of each: the same ones come again and again. */
export function createQuickReader(most = 200_000): QuickReader {
  const read = createMessageReader(most);
  const instantOf = createInstantReader();
  const sentAtOf = rememberingLast((sentAt) => {
    const at = readInstant(sentAt);
    return at !== undefined && Number.isFinite(at) ? at : undefined;
  });

  function line(message: unknown, { isPlain, now, imported }: LineFacts): ReportedEvent | undefined {
    if (!isPlain || !isFields(message)) return undefined;
    const occurredAt = instantOf(message['timestamp']);
    const received = message['receivedAt'];
    const receivedAt = received === undefined || received === null ? occurredAt : instantOf(received);
    if (occurredAt === undefined || receivedAt === undefined || occurredAt > receivedAt || receivedAt > now)
      return undefined;
    return read(message, { occurredAt, receivedAt, imported });
  }

  function sent(message: unknown, { receivedAt, sentAt, type }: RequestFacts): ReportedEvent | undefined {
    if (!isFields(message) || (type !== undefined && message['type'] !== type)) return undefined;
    if (message['receivedAt'] !== undefined || message['originalTimestamp'] !== undefined) return undefined;
    const said = instantOf(message['timestamp']);
    if (said === undefined) return undefined;
    const left = sentAtOf(sentAt ?? message['sentAt']);
    const occurredAt = left === undefined ? said : receivedAt - (left - said);
    if (occurredAt < 0 || occurredAt > receivedAt || !isSurelyShort(message)) return undefined;
    return read(message, { occurredAt, receivedAt, imported: false });
  }

  return { line, sent };
}

type Placed = Pick<ReportedEvent, 'occurredAt' | 'receivedAt' | 'imported'>;

/** Reads all but when it was. */
function createMessageReader(most: number) {
  const userIds = remembering(most, (id) => isSame(id, () => readUserId(id, '')));
  const ids = remembering(most, (id) => isSame(id, () => readId(id, '')));
  const names = remembering(most, isPlainName);

  return (message: Fields, { occurredAt, receivedAt, imported }: Placed): ReportedEvent | undefined => {
    const { messageId, context = NOTHING } = message;
    const said = isFields(context) ? contentOf(message, context) : undefined;
    if (said === undefined || !isFields(context)) return undefined;
    if (typeof messageId !== 'string' || !isMessageId(messageId)) return undefined;
    const name = names(said.name);
    const userId = userIds(message['userId']);
    if (name === undefined || userId === undefined) return undefined;
    const anonymousId = message['anonymousId'] ?? undefined;
    if (anonymousId !== undefined && ids(anonymousId) === undefined) return undefined;
    const account = accountIn(message, context, said);
    const accountId = account === undefined ? undefined : ids(account);
    if (account !== undefined && accountId === undefined) return undefined;
    const event: Mutable<ReportedEvent> = {
      id: `segment:${messageId}`,
      source: 'segment',
      name,
      occurredAt,
      receivedAt,
      userId,
      properties: said.properties,
      trust: 'server',
      imported,
      flags: NO_FLAGS,
    };
    // Set one by one: spreading costs more than all the rest of this.
    if (accountId !== undefined) event.ownAccountId = accountId;
    if (typeof anonymousId === 'string' && anonymousId !== userId) event.anonymousId = anonymousId;
    return event;
  };
}

type Said = { readonly name: string; readonly properties: JsonObject; readonly isGroup: boolean };

/** What an ordinary message says: `readContent` for flat properties that are kept as they are. */
function contentOf(message: Fields, context: Fields): Said | undefined {
  const { type, event, properties = NOTHING, traits = NOTHING } = message;
  const isTrack = type === 'track';
  if (isTrack || type === 'page') {
    if (!isFields(properties) || !isSound(properties)) return undefined;
    if (isTrack) return typeof event === 'string' ? content(event, trusted(properties)) : undefined;
    const titled = viewed(message, properties);
    return titled && content('Page Viewed', titled);
  }
  if ((type !== 'identify' && type !== 'group') || !isFields(traits) || !isSound(traits)) return undefined;
  if (type === 'group') return content('Account Updated', withStandardNames(trusted(traits)), true);
  return content('Person Updated', withStandardNames(trusted(traits), deviceTraits(context)));
}

const content = (name: string, properties: JsonObject, isGroup = false): Said => ({
  name,
  properties,
  isGroup,
});

/** The account a message names; null where a group names none. */
function accountIn(message: Fields, context: Fields, { isGroup }: Said): unknown {
  if (isGroup) return message['groupId'] ?? null;
  const { properties } = message;
  const ofProperties = isFields(properties) ? properties['account_id'] : undefined;
  return context['groupId'] ?? message['groupId'] ?? ofProperties ?? undefined;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const NOTHING: Fields = {};
const NO_FLAGS: readonly string[] = [];

/**
 * Asks once about each text, up to a bound: they come from customers. Answers with the text as it was first seen, for
 * looking up what is known to be the same text is much faster.
 */
function remembering(most: number, ask: (text: string) => boolean): (text: unknown) => string | undefined {
  const good = new Map<string, string>();
  return (text) => {
    if (typeof text !== 'string') return undefined;
    const known = good.get(text);
    if (known !== undefined) return known;
    if (!ask(text)) return undefined;
    if (good.size >= most) good.clear();
    good.set(text, text);
    return text;
  };
}

/** Asks again only when the question is another one. */
function rememberingLast<Answer>(ask: (value: unknown) => Answer): (value: unknown) => Answer {
  let last: unknown;
  let answer = ask(last);
  return (value) => {
    if (value !== last) {
      last = value;
      answer = ask(value);
    }
    return answer;
  };
}

function isSame(text: string, read: () => string | undefined): boolean {
  try {
    return read() === text;
  } catch {
    return false;
  }
}

// Survey answers and our own words are read the careful way.
function isPlainName(name: string): boolean {
  if (name === 'NPS Answered' || name.startsWith('Ask ')) return false;
  const isTool =
    npsFromTool(name, { score: 1, rating: 1, survey_type: 'nps', metric_type: 'nps' }) !== undefined;
  return !isTool && isSame(name, () => readName(name, ''));
}

function isMessageId(id: string): boolean {
  return id.length > 0 && id.length <= 100 && !id.startsWith('goodturn:');
}

/** Whether these are flat properties that are kept as they are. */
function isSound(properties: Fields): boolean {
  for (const key in properties) {
    const value = properties[key];
    if (typeof value === 'number') {
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false;
    } else if (typeof value === 'object' && value !== null) {
      return false;
    }
  }
  return (
    properties[ECHO_MARK] === undefined &&
    properties[READINESS_TRAIT] === undefined &&
    properties['$goodturn_token'] === undefined
  );
}

// Safe: they came from JSON, and are flat and checked.
function trusted(properties: Fields): JsonObject {
  return properties as JsonObject;
}

function viewed(message: Fields, properties: Fields): JsonObject | undefined {
  const { name, category } = message;
  if (typeof category === 'object' && category !== null) return undefined;
  if (typeof name === 'object' && name !== null) return undefined;
  const titled: Record<string, Json> = Object.assign({}, trusted(properties));
  if (typeof name === 'string' && name !== '') titled['name'] = name;
  if (typeof category === 'string' && category !== '') titled['category'] = category;
  return titled;
}

export const LONGEST_QUICK_LINE = 6000;
