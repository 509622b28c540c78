import type { JsonObject } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { readId, readName } from './identity.ts';
import { type Fields, isFields, readObject } from './json.ts';
import { refuse } from './message-fault.ts';
import { npsProperties } from './nps.ts';
import { shown } from './rejection.ts';
import { npsFromTool } from './segment-nps.ts';
import { withStandardNames } from './traits.ts';

const TYPES = ['track', 'identify', 'group', 'page', 'screen', 'alias'] as const;
export type SegmentType = (typeof TYPES)[number];

/** What a message says, in our words. */
export type Content = {
  readonly name: string;
  readonly properties: JsonObject;
  /** The id that the user was known by before. */
  readonly previousId?: string;
};

/** The type of a message: as it says, else as its route does. */
export function readType(message: Fields, fromRoute: SegmentType | undefined): SegmentType {
  if (fromRoute !== undefined) return fromRoute;
  const said = message['type'];
  const type = TYPES.find((candidate) => candidate === said);
  if (type !== undefined) return type;
  if (said === 'delete') {
    refuse(
      'type: got "delete"; a deletion is not carried out from a stream, run `goodturn erase` for this user',
    );
  }
  const meant = guessType(message);
  const guess = meant === undefined ? '' : `; did you mean "${meant}"?`;
  refuse(`type: got ${shown(said)}, expected one of ${TYPES.join(', ')}${guess}`);
}

function guessType(message: Fields): SegmentType | undefined {
  if (message['event'] !== undefined) return 'track';
  if (message['previousId'] !== undefined) return 'alias';
  if (message['groupId'] !== undefined) return 'group';
  return message['traits'] === undefined ? undefined : 'identify';
}

/** Translates one message into the canonical names. */
export function readContent(
  type: SegmentType,
  message: Fields,
  context: Fields,
  receivedAt: Instant,
): Content {
  switch (type) {
    case 'track':
      return readTrack(message, receivedAt);
    case 'identify':
      return {
        name: 'Person Updated',
        properties: withStandardNames(traitsOf(message), deviceTraits(context)),
      };
    case 'group':
      return { name: 'Account Updated', properties: withStandardNames(traitsOf(message)) };
    case 'page':
      return { name: 'Page Viewed', properties: viewed(message) };
    case 'screen':
      return { name: 'Screen Viewed', properties: viewed(message) };
    case 'alias':
      return { name: 'Person Updated', properties: {}, previousId: readPreviousId(message) };
    default:
      return type satisfies never;
  }
}

function readTrack(message: Fields, receivedAt: Instant): Content {
  const name = readName(message['event'], 'event');
  const properties = readObject(message['properties'], 'properties', keepsProperty);
  const answer = name === 'NPS Answered' ? properties : npsFromTool(name, properties);
  if (answer === undefined) return { name, properties };
  return { name: 'NPS Answered', properties: npsProperties(answer, 'properties', receivedAt) };
}

const traitsOf = (message: Fields) => readObject(message['traits'], 'traits', keepsProperty);

// The user's token has done its work once the message is read; it is not ours to keep.
const keepsProperty = (key: string) => key !== '$goodturn_token';

// The browser's own zone and language are the best guess there is until the product says.
export function deviceTraits(context: Fields): JsonObject {
  const pick = (key: string) => {
    const value = context[key];
    return typeof value === 'string' && /^[\w/+-]{2,60}$/.test(value) ? { [key]: value } : {};
  };
  return { ...pick('timezone'), ...pick('locale') };
}

function viewed(message: Fields): JsonObject {
  const properties = readObject(message['properties'], 'properties', keepsProperty);
  const titled = readObject({ name: message['name'], category: message['category'] }, 'message', isText);
  return { ...properties, ...titled };
}

const isText = (_key: string, value: unknown) => typeof value === 'string' && value !== '';

function readPreviousId(message: Fields): string {
  const id = readId(message['previousId'], 'previousId');
  if (id !== undefined) return id;
  const near = Object.keys(message).find((key) => /^previous[\s_]*id$/i.test(key) && key !== 'previousId');
  refuse(
    `previousId: got ${near === undefined ? 'nothing' : `${shown(near)}, did you mean previousId?`}, an alias needs it`,
  );
}

/** The account that an event names itself. */
export function readOwnAccount(type: SegmentType, message: Fields, context: Fields): string | undefined {
  if (type === 'group') {
    const id = readId(message['groupId'], 'groupId');
    return id ?? refuse(`groupId: got ${shown(message['groupId'])}, a group message needs it`);
  }
  const properties = message['properties'];
  return (
    readId(context['groupId'], 'context.groupId') ??
    readId(message['groupId'], 'groupId') ??
    (isFields(properties) ? readId(properties['account_id'], 'properties.account_id') : undefined)
  );
}
