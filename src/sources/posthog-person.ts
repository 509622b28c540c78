import { readId, readUserId } from './identity.ts';
import { asJson, type Fields, isFields, storable } from './json.ts';
import { refuse } from './message-fault.ts';
import { shown } from './rejection.ts';
import type { ReportedEvent } from './reported.ts';

const MAX_DISTINCT_ID = 200;

export type PostHogPeople = Pick<ReportedEvent, 'userId' | 'anonymousId'>;

/** Who did a PostHog event: a user, an anonymous visitor, both when it ties them, or nobody. */
export function readPeople(event: Fields, properties: Fields, accountGroupType: string): PostHogPeople {
  const distinctId = readDistinctId(event, properties);
  if (isGroupItself(distinctId, properties, accountGroupType)) return {};
  if (isAnonymous(event, properties, distinctId)) {
    const anonymousId = readId(distinctId, 'distinct_id');
    return anonymousId === undefined ? {} : { anonymousId };
  }
  const userId = readUserId(distinctId, 'distinct_id');
  const before = previousId(event['event'], properties);
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(before === undefined || before === userId ? {} : { anonymousId: before }),
  };
}

function previousId(name: unknown, properties: Fields): string | undefined {
  if (name === '$create_alias' || name === '$merge_dangerously') {
    return (
      readId(properties['alias'], 'properties.alias') ??
      refuse('properties.alias: got nothing, an alias needs it')
    );
  }
  const isTie = name === '$identify' || name === '$set';
  return isTie ? readId(properties['$anon_distinct_id'], 'properties.$anon_distinct_id') : undefined;
}

/** PostHog makes text of whatever comes and cuts it. */
function readDistinctId(event: Fields, properties: Fields): string {
  const said =
    event['distinct_id'] ?? event['$distinct_id'] ?? properties['distinct_id'] ?? properties['$distinct_id'];
  if (said === undefined || said === null || said === '') {
    refuse(`distinct_id: got ${shown(said)}, expected the id of a person`);
  }
  const id = typeof said === 'string' ? said : asJson(said, 'distinct_id');
  return id.length > MAX_DISTINCT_ID ? storable(id.slice(0, MAX_DISTINCT_ID)) : id;
}

// posthog-node reports group traits in the name of a person called `$company_acct_123`.
function isGroupItself(distinctId: string, properties: Fields, accountGroupType: string): boolean {
  if (!distinctId.startsWith('$')) return false;
  const groups = isFields(properties['$groups']) ? Object.keys(properties['$groups']) : [];
  return [accountGroupType, properties['$group_type'], ...groups].some((type) =>
    distinctId.startsWith(`$${String(type)}_`),
  );
}

function isAnonymous(event: Fields, properties: Fields, distinctId: string): boolean {
  const options = event['options'];
  const profile =
    properties['$process_person_profile'] ??
    (isFields(options) ? options['process_person_profile'] : undefined);
  return (
    profile === false || properties['$is_identified'] === false || properties['$device_id'] === distinctId
  );
}
