import type { JsonObject } from '../engine/event.ts';
import { type Fields, isFields, readObject } from './json.ts';

/** What PostHog's clients add to every event and a growth team could still want to filter by. */
const KEPT = new Set([
  '$current_url',
  '$pathname',
  '$host',
  '$referrer',
  '$screen_name',
  '$device_type',
  '$event_type',
  '$feature_flag',
  '$feature_flag_response',
  '$group_type',
  '$group_key',
  '$survey_id',
  '$survey_name',
  '$survey_completed',
  '$survey_submission_id',
]);

/** Transport, not content. */
const NOISE = new Set(['token', 'distinct_id', 'sessionRecordingUrl']);

/** Click ids of advertisers: posthog-js sends each of them as null with every event. */
const CLICK_IDS =
  /^(utm_\w+|gad_source|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|twclid|li_fat_id|mc_cid|igshid|ttclid|rdt_cid|epik|qclid|sccid|oppref|bfcid|irclid|_kx)$/;

/** An event's own properties: everything the product sent, and of `$…` only what is worth keeping. */
export function eventProperties(properties: Fields): JsonObject {
  return readObject(properties, 'properties', (key, value) => {
    if (NOISE.has(key) || (value === null && CLICK_IDS.test(key))) return false;
    return !key.startsWith('$') || KEPT.has(key) || key.startsWith('$survey_response');
  });
}

/** The traits that `$set` and `$set_once` give a person, at the root of the event or in its properties. */
export function personTraits(event: Fields, properties: Fields): JsonObject {
  const once = {
    ...readSet(event['$set_once'], '$set_once'),
    ...readSet(properties['$set_once'], 'properties.$set_once'),
  };
  const set = { ...readSet(event['$set'], '$set'), ...readSet(properties['$set'], 'properties.$set') };
  return { ...once, ...set };
}

/** The traits that `$groupidentify` gives an account. */
export const groupTraits = (properties: Fields) => readSet(properties['$group_set'], 'properties.$group_set');

// PostHog's own bookkeeping about a person begins with $.
const readSet = (value: unknown, where: string) =>
  isFields(value) ? readObject(value, where, (key) => !key.startsWith('$')) : {};
