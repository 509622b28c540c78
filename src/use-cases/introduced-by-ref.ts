import { readAccountName } from '../db/account-name.ts';
import { findLink } from '../db/advocates.ts';
import type { Sql } from '../db/client.ts';
import type { StoredEvent } from '../db/events.ts';
import type { PersonRow } from '../db/people.ts';
import { hasIntroduced } from '../db/referrals.ts';
import { parseAddress } from '../delivery/address.ts';
import { nameOfPerson } from '../delivery/context.ts';
import type { Deps } from '../deps.ts';
import type { Json, PersonId } from '../engine/event.ts';
import { Refusal } from '../errors.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { addressOfPerson } from './address-of-person.ts';
import { plainTraits } from './load-people.ts';
import { readDetails, takeIn } from './submit-referral.ts';

/**
 * Takes in those who signed up through an advocate's link: a new event of theirs carries its code as `ref`. Only what
 * servers say counts, and nothing that is history. Answers the events that follow.
 */
export async function introducedByRef(
  deps: Pick<Deps, 'catalog' | 'clock' | 'log'>,
  tx: Sql,
  events: readonly StoredEvent[],
  people: ReadonlyMap<PersonId, PersonRow>,
): Promise<ReportedEvent[]> {
  const found: ReportedEvent[] = [];
  for (const event of events) {
    const { ref } = event.properties;
    if (typeof ref !== 'string' || ref === '' || ref.length > LONGEST_CODE) continue;
    if (event.trust !== 'server' || event.imported || event.source === 'goodturn') continue;
    const advocate = await findLink(tx, ref);
    // An advocate who hands their link on is nobody's introduction.
    if (advocate === undefined || advocate.personId === event.personId) continue;
    const details = await newcomerIn(tx, event, people);
    // A trait says it again with every sign-in, and nobody signs up twice.
    if (details === undefined || (await hasIntroduced(tx, advocate, details.email))) continue;
    try {
      found.push(...(await takeIn(deps, tx, advocate, details)).events);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      deps.log.warn(
        { event: event.name, reason: error.code },
        'a sign-up through a link was not taken as an introduction',
      );
    }
  }
  return found;
}

const LONGEST_CODE = 40;

/** Who signed up, as far as that is known; undefined without an address: nobody could be written to. */
async function newcomerIn(
  tx: Sql,
  { personId = '', ownAccountId, properties }: StoredEvent,
  people: ReadonlyMap<PersonId, PersonRow>,
) {
  const person = people.get(personId);
  const email = addressOfPerson(personId, person) ?? text(properties['email']);
  if (email === undefined || 'fault' in parseAddress(email)) return undefined;
  const account = ownAccountId === undefined ? undefined : await readAccountName(tx, ownAccountId);
  return readDetails({
    email,
    company: text(properties['company']) ?? account ?? '',
    name: (person && nameOfPerson(plainTraits(person.traits))) ?? text(properties['name']),
  });
}

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;
