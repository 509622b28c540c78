import type { AccountId, PersonId } from '../engine/event.ts';
import { Refusal } from '../errors.ts';

export const unknownAccount = (id: AccountId): Refusal => unknown('account', id);
export const unknownPerson = (id: PersonId): Refusal => unknown('person', id);
export const unknownReferral = (id: string): Refusal => unknown('referral', id);

/** Names those that there are. */
export const unknownTrigger = (name: string, triggers: readonly { readonly name: string }[]): Refusal =>
  unknown(
    'trigger',
    name,
    ` Known: ${triggers
      .map((trigger) => trigger.name)
      .sort()
      .join(', ')}.`,
  );

const unknown = (what: string, id: string, more = '') =>
  new Refusal('not_found', `There is no ${what} "${id.slice(0, 200)}".${more}`);
