import { domainOf, isAtDomain, isOurOwn } from '../domain.ts';
import { latestAnswer } from '../nps.ts';
import type { Account, Person, World } from './world.ts';

/**
 * What the guardrails have to say of a person where that is what they say of most: somebody who was never asked, whom
 * nothing forbids to ask. All such people of an account, with and without an address, are told apart by nothing; of
 * anybody else it is the id.
 */
export function kindOfPerson(world: World, account: Account, person: Person): string {
  if (person.kind?.version !== person.version)
    person.kind = { version: person.version, is: kindOf(world, person) };
  const { is } = person.kind;
  if (is === 'other') return person.id;
  const score = latestAnswer(account.state, person.id)?.score;
  return score === undefined || score > DETRACTOR ? is : person.id;
}

const DETRACTOR = 6;

export type PersonKind = 'addressed' | 'nameless' | 'other';

function kindOf({ catalog, workspace }: World, person: Person): PersonKind {
  const { never } = catalog.guardrails;
  if (person.asks.length > 0 || person.hold !== undefined || never.people.includes(person.id)) return 'other';
  const domain = domainOf(person.traits['email']);
  if (domain === undefined) return 'nameless';
  return isAtDomain(domain, never.domains) || isOurOwn(domain, workspace) ? 'other' : 'addressed';
}
