import { createHash, randomUUID } from 'node:crypto';
import type { JsonObject } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { ECHO_MARK, isEcho, withoutReadiness } from './echo.ts';
import { readId, readMessageId, readName } from './identity.ts';
import { readInstant } from './instant.ts';
import { asJson, type Fields, isFields, kindOf } from './json.ts';
import { MessageFault, refuse } from './message-fault.ts';
import { npsProperties } from './nps.ts';
import { readPeople } from './posthog-person.ts';
import { eventProperties, groupTraits, personTraits } from './posthog-properties.ts';
import { npsFromSurvey } from './posthog-survey.ts';
import { rejection, surplusOf } from './rejection.ts';
import type { Intake, Rejection, ReportedEvent } from './reported.ts';
import { messagesOf } from './segment.ts';
import { momentOf } from './skew.ts';
import { withStandardNames } from './traits.ts';
import { type Sender, standing, tokenOf } from './trust.ts';

/** PostHog's own limits for a request; of an event, what is left without `$…` noise may be 32 KB. */
export const POSTHOG_LIMITS = {
  batch: 20 * 1024 * 1024,
  single: 2 * 1024 * 1024,
  events: 10_000,
  event: 32 * 1024,
} as const;

export type PostHogReading = Sender & {
  readonly receivedAt: Instant;
  /** The PostHog group type that means "account". */
  readonly accountGroupType: string;
  /** When the client sent the request, if not in the body: from the query or a header. */
  readonly sentAt?: unknown;
  /** Ids of surveys or questions known to ask for a promoter score. */
  readonly npsQuestions?: ReadonlySet<string>;
};

/**
 * Reads what PostHog's clients send: `{batch: […]}`, one event, a bare list, or person updates of `/engage`.
 * Never throws: each bad event is a rejection, the others are events. One PostHog event that also carries
 * `$set` gives two of ours, the second with the id of the first and `:set`.
 */
export function readPostHog(body: unknown, reading: PostHogReading): Intake {
  const messages = messagesOf(body);
  const root = isFields(body) ? body : {};
  const events: ReportedEvent[] = [];
  const rejections: Rejection[] = [];
  for (const message of messages.slice(0, POSTHOG_LIMITS.events)) {
    try {
      events.push(...readEvent(message, root, reading));
    } catch (error) {
      if (!(error instanceof MessageFault)) throw error;
      rejections.push(rejection('posthog', message, error.message));
    }
  }
  return { events, rejections: [...rejections, ...surplusOf('posthog', messages, POSTHOG_LIMITS.events)] };
}

function readEvent(event: unknown, root: Fields, reading: PostHogReading): readonly ReportedEvent[] {
  if (!isFields(event)) refuse(`event: got ${kindOf(event)}, expected an object`);
  const said = event['properties'];
  if (said !== undefined && said !== null && !isFields(said))
    refuse(`properties: got ${kindOf(said)}, expected an object`);
  const properties: Fields = isFields(said) ? said : {};
  const uuid = readMessageId(event['uuid'], 'uuid');
  const content = readContent(event, properties, reading);
  if (isEcho(uuid, content.name, content.properties) || properties[ECHO_MARK] !== undefined) return [];
  const people = readPeople(event, properties, reading.accountGroupType);
  const ownAccountId = content.accountId ?? readGroup(properties, reading.accountGroupType);
  if (Object.keys(people).length === 0 && ownAccountId === undefined && content.name !== '$groupidentify') {
    refuse('distinct_id: names nobody; expected the id of a person, or a group');
  }
  const kept = withoutReadiness(content.properties);
  const bytes = Buffer.byteLength(JSON.stringify(kept));
  if (bytes > POSTHOG_LIMITS.event)
    refuse(`properties: got ${bytes} bytes, expected at most ${POSTHOG_LIMITS.event}`);
  const { flags, ...stands } = standing(reading, tokenOf(event), {
    name: content.name,
    properties: kept,
    userId: people.userId,
  });
  const moment = readMoment(event, properties, root, reading);
  const main: ReportedEvent = {
    id: `posthog:${uuid ?? idOf(event, properties)}`,
    source: 'posthog',
    name: content.name,
    occurredAt: moment.occurredAt,
    receivedAt: reading.receivedAt,
    ...people,
    ...stands,
    ...(ownAccountId === undefined ? {} : { ownAccountId }),
    imported: root['historical_migration'] === true,
    flags: [...moment.flags, ...flags, ...(uuid === undefined ? ['no_message_id'] : [])],
  };
  return [main, ...traitsBeside(main, event, properties)];
}

type Content = { readonly name: string; readonly properties: JsonObject; readonly accountId?: string };

/** Translates one event into the canonical names; most keep their own. */
function readContent(
  event: Fields,
  properties: Fields,
  { accountGroupType, npsQuestions, receivedAt }: PostHogReading,
): Content {
  const isEngage =
    event['event'] === undefined && (event['$set'] !== undefined || event['$set_once'] !== undefined);
  const name = isEngage ? '$set' : readName(event['event'], 'event');
  switch (name) {
    case '$identify':
    case '$set':
      return { name: 'Person Updated', properties: withStandardNames(personTraits(event, properties)) };
    case '$create_alias':
    case '$merge_dangerously':
      return { name: 'Person Updated', properties: {} };
    case '$groupidentify':
      return readGroupUpdate(properties, accountGroupType);
    case '$pageview':
      return { name: 'Page Viewed', properties: named(properties, ['title', '$pathname', '$current_url']) };
    case '$screen':
      return { name: 'Screen Viewed', properties: named(properties, ['$screen_name']) };
    case 'survey sent': {
      const answer = npsFromSurvey(properties, npsQuestions ?? new Set());
      if (answer === undefined) return { name, properties: eventProperties(properties) };
      return { name: 'NPS Answered', properties: npsProperties(answer, 'properties', receivedAt) };
    }
    case 'NPS Answered':
      return { name, properties: npsProperties(eventProperties(properties), 'properties', receivedAt) };
    default:
      return { name, properties: eventProperties(properties) };
  }
}

// A group of another type is no account: the event keeps its own name and stays a note in the margin.
function readGroupUpdate(properties: Fields, accountGroupType: string): Content {
  if (properties['$group_type'] !== accountGroupType) {
    return { name: '$groupidentify', properties: eventProperties(properties) };
  }
  const accountId =
    readId(properties['$group_key'], 'properties.$group_key') ??
    refuse('properties.$group_key: got nothing, a group needs it');
  return { name: 'Account Updated', properties: withStandardNames(groupTraits(properties)), accountId };
}

function named(properties: Fields, keys: readonly string[]): JsonObject {
  const kept = eventProperties(properties);
  const name = keys.map((key) => kept[key]).find((value) => typeof value === 'string' && value !== '');
  return name === undefined || kept['name'] !== undefined ? kept : { name, ...kept };
}

function readGroup(properties: Fields, accountGroupType: string): string | undefined {
  const groups = properties['$groups'];
  return isFields(groups)
    ? readId(groups[accountGroupType], `properties.$groups.${accountGroupType}`)
    : undefined;
}

function readMoment(event: Fields, properties: Fields, root: Fields, { receivedAt, sentAt }: PostHogReading) {
  const offset = event['offset'];
  if (event['timestamp'] === undefined && typeof offset === 'number' && offset >= 0 && offset <= receivedAt) {
    return { occurredAt: receivedAt - Math.round(offset), flags: [] };
  }
  const options = event['options'];
  const isCorrected =
    properties['$ignore_sent_at'] === true ||
    (isFields(options) && options['disable_skew_correction'] === true);
  const imported = root['historical_migration'] === true;
  // A capture-v1 body says created_at where the older ones say sent_at.
  const sent = root['sent_at'] ?? sentAt ?? (Array.isArray(root['batch']) ? root['created_at'] : undefined);
  const timestamp = event['timestamp'];
  // PostHog reads an unreadable time as now, and so do we, but for history.
  return momentOf(timestamp, {
    receivedAt,
    sentAt: sent,
    settled: imported || (isCorrected && readInstant(timestamp) !== undefined),
  });
}

/** `$set` on an ordinary event says something about the person as well. */
function traitsBeside(main: ReportedEvent, event: Fields, properties: Fields): readonly ReportedEvent[] {
  const isSomebody = main.userId !== undefined || main.anonymousId !== undefined;
  if (main.name === 'Person Updated' || !isSomebody) return [];
  const traits = withStandardNames(personTraits(event, properties));
  if (Object.keys(traits).length === 0) return [];
  return [{ ...main, id: `${main.id}:set`, name: 'Person Updated', properties: traits }];
}

// Old clients send no uuid. With a time of its own an event is told from its twin, so a repeat is recognised.
function idOf(event: Fields, properties: Fields): string {
  const isTimed =
    event['timestamp'] !== undefined ||
    properties['$time'] !== undefined ||
    properties['$insert_id'] !== undefined;
  return isTimed
    ? createHash('sha256').update(asJson(event, 'event')).digest('hex').slice(0, 32)
    : randomUUID();
}
