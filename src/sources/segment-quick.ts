import type { Json, JsonObject } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { ECHO_MARK, READINESS_TRAIT } from './echo.ts';
import { readId, readName, readUserId } from './identity.ts';
import { readInstant } from './instant.ts';
import { type Fields, isFields } from './json.ts';
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
  const userIds = remembering(most, (id) => isSame(id, () => readUserId(id, '')));
  const ids = remembering(most, (id) => isSame(id, () => readId(id, '')));
  const names = remembering(most, isPlainName);
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
    return read(message, occurredAt, receivedAt, imported);
  }

  function sent(message: unknown, { receivedAt, sentAt, type }: RequestFacts): ReportedEvent | undefined {
    if (!isFields(message) || (type !== undefined && message['type'] !== type)) return undefined;
    if (message['receivedAt'] !== undefined || message['originalTimestamp'] !== undefined) return undefined;
    const said = instantOf(message['timestamp']);
    if (said === undefined) return undefined;
    const left = sentAtOf(sentAt ?? message['sentAt']);
    const occurredAt = left === undefined ? said : receivedAt - (left - said);
    if (occurredAt < 0 || occurredAt > receivedAt || !isSurelyShort(message)) return undefined;
    return read(message, occurredAt, receivedAt, false);
  }

  function read(
    message: Fields,
    occurredAt: Instant,
    receivedAt: Instant,
    imported: boolean,
  ): ReportedEvent | undefined {
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
  }

  return { line, sent };
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

/** Whether its text has far fewer bytes than Segment allows: a character takes at most six. */
function isSurelyShort(message: Fields): boolean {
  return roomLeft(message, MOST_CHARACTERS) > 0;
}

const MOST_CHARACTERS = 5000;

function roomLeft(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length;
  if (typeof value !== 'object' || value === null) return room - LONGEST_SCALAR;
  let left = room - PUNCTUATION;
  if (Array.isArray(value)) {
    for (const item of value) if (left > 0) left = roomLeft(item, left - PUNCTUATION);
    return left;
  }
  // Safe: neither a list nor null.
  const fields = value as Fields;
  for (const key in fields) if (left > 0) left = roomLeft(fields[key], left - key.length - PUNCTUATION);
  return left;
}

/** Of a number, written out. */
const LONGEST_SCALAR = 25;
const PUNCTUATION = 4;

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

/** Reads `2026-03-01T10:00:00.000Z`. The day of the line before is most often this line's too. */
function createInstantReader(): (value: unknown) => Instant | undefined {
  let day = '';
  let midnight = Number.NaN;
  return (value) => {
    if (typeof value !== 'string' || value.length !== 24 || value.charCodeAt(10) !== 84) return undefined;
    if (!value.startsWith(day) || day === '') {
      const start = value.slice(0, 10);
      const at = /^\d{4}-\d\d-\d\d$/.test(start) ? Date.parse(`${start}T00:00:00.000Z`) : Number.NaN;
      // The engine carries 31 February over; we do not.
      if (!(at >= 0) || !new Date(at).toISOString().startsWith(start)) return undefined;
      day = start;
      midnight = at;
    }
    const clock = clockOf(value);
    return clock === undefined ? undefined : midnight + clock;
  };
}

/** The milliseconds since midnight of `…T10:00:00.000Z`. */
function clockOf(text: string): number | undefined {
  const isShaped =
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    text.charCodeAt(19) === DOT &&
    text.charCodeAt(23) === ZULU;
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const second = pair(text, 17);
  const tenths = pair(text, 20);
  const last = text.charCodeAt(22) - ZERO;
  if (
    !isShaped ||
    !(hour < 24) ||
    !(minute < 60) ||
    !(second < 60) ||
    !(tenths < 100) ||
    !(last >= 0 && last <= 9)
  )
    return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000 + tenths * 10 + last;
}

const ZERO = 48;
const COLON = 58;
const DOT = 46;
const ZULU = 90;

/** Two digits as a number; NaN for anything else. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

export const LONGEST_QUICK_LINE = 6000;

/** Names that no property may have, and the escape that could hide one, or a character that no database keeps. */
const RESERVED = /"(?:__proto__|constructor|prototype)"/;

export function isPlainText(text: string): boolean {
  return !text.includes('\\u') && !RESERVED.test(text);
}
