import type { Person, Workspace } from '../engine/account.ts';
import type { Scalar } from '../engine/catalog.ts';
import { compareEvents, type Event, type PersonId } from '../engine/event.ts';
import { DAY, type Instant } from '../engine/time.ts';
import { EXAMPLE_TIME, type Example, type Moment } from './example-reader.ts';

export const EXAMPLE_ACCOUNT = 'example';
const OWNER = 'owner@vendor.example';
const AGE = 200 * DAY;

/** An example as the engine takes it. */
export type History = {
  readonly at: Instant;
  /** What is known of the account from the start; it opens no trigger. */
  readonly account: Event;
  /** In order. */
  readonly events: readonly Event[];
  readonly people: ReadonlyMap<PersonId, Omit<Person, 'asks'>>;
  readonly workspace: Workspace;
};

/** Fills in what an example leaves out: an age of 200 days, an owner, and an address for everyone. */
export function historyOf(example: Example): History {
  const at = example.at ?? EXAMPLE_TIME;
  const created = example.account.created === undefined ? at - AGE : instantOf(example.account.created, at);
  const traits = { csm_email: OWNER, ...Object.fromEntries(example.account.traits) };
  const events = example.events
    .filter(
      ({ account = EXAMPLE_ACCOUNT }) =>
        account === EXAMPLE_ACCOUNT || account === example.account.traits.get('id'),
    )
    .map((one, index): Event => {
      const occurredAt = instantOf(one.moment, at);
      return {
        ...eventAt(occurredAt, `example:${String(index).padStart(4, '0')}`, one.event),
        ...(one.by === undefined ? {} : { personId: one.by }),
        properties: one.properties,
      };
    });
  return {
    at,
    account: {
      ...eventAt(Math.min(created, at), 'example:account', 'Account Updated'),
      properties: { created_at: new Date(created).toISOString(), ...traits },
    },
    events: events.filter(({ occurredAt }) => occurredAt <= at).sort(compareEvents),
    people: peopleOf(example),
    workspace: { teamDomains: teamDomains(traits.csm_email) },
  };
}

function eventAt(occurredAt: Instant, id: string, name: string): Event {
  return {
    id,
    source: 'example',
    name,
    occurredAt,
    receivedAt: occurredAt,
    accountId: EXAMPLE_ACCOUNT,
    properties: {},
  };
}

function instantOf(moment: Moment, at: Instant): Instant {
  return 'ago' in moment ? at - moment.ago : moment.at;
}

function peopleOf({ people, events }: Example): History['people'] {
  const names = new Set([...people.keys(), ...events.flatMap(({ by }) => by ?? [])]);
  return new Map(
    [...names].map((name) => {
      const given: Record<string, Scalar> = Object.fromEntries(people.get(name) ?? []);
      return [name, { id: name, traits: { email: addressOf(name), ...given } }];
    }),
  );
}

const addressOf = (name: string) => `${name.toLowerCase().replace(/[^a-z0-9.-]+/g, '-')}@customer.example`;

// An owner must be one of the team, so whoever an example names as the owner is.
function teamDomains(owner: Scalar | undefined): readonly string[] {
  const domain = typeof owner === 'string' ? owner.split('@')[1] : undefined;
  return ['vendor.example', ...(domain === undefined ? [] : [domain.toLowerCase()])];
}
