import type { Workspace } from './account.ts';
import { domainOf } from './domain.ts';
import type { AccountState } from './state.ts';
import { accountTrait } from './traits.ts';

export type Owner = {
  readonly email?: string;
  /** An address that was given but does not lie in the team's domains: what is about a customer never goes there. */
  readonly ignored?: string;
};

/** Who is responsible for the account: its CSM, else the default owner; in any case one of the team. */
export function ownerOf(state: AccountState, { teamDomains, defaultOwnerEmail }: Workspace): Owner {
  let ignored: string | undefined;
  for (const candidate of [accountTrait(state, 'csm_email'), defaultOwnerEmail]) {
    if (typeof candidate !== 'string' || candidate.trim() === '') continue;
    const email = candidate.trim();
    if (isOfTeam(email, teamDomains)) {
      return ignored === undefined ? { email } : { email, ignored };
    }
    ignored ??= email;
  }
  return ignored === undefined ? {} : { ignored };
}

/** Whether an address is one of the team's. */
export function isOfTeam(address: string, teamDomains: readonly string[]): boolean {
  const domain = domainOf(address);
  return domain !== undefined && teamDomains.some((one) => one.toLowerCase() === domain);
}
