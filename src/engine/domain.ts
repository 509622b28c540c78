import type { Workspace } from './account.ts';
import type { Scalar } from './catalog.ts';

/** The part of an email address after its last @, in lower case; undefined when the text is no address. */
export function domainOf(address: Scalar | undefined): string | undefined {
  if (typeof address !== 'string') return undefined;
  const trimmed = address.trim();
  const at = trimmed.lastIndexOf('@');
  if (at < 1 || at === trimmed.length - 1 || /\s/.test(trimmed)) return undefined;
  return trimmed.slice(at + 1).toLowerCase();
}

/** Whether a domain is one of these or lies under one of them. */
export function isAtDomain(domain: string, domains: readonly string[]): boolean {
  const asked = domain.toLowerCase();
  return domains.some((one) => asked === one.toLowerCase() || asked.endsWith(`.${one.toLowerCase()}`));
}

/** Whether nobody at the domain is asked because it is the team's. */
export const isOurOwn = (domain: string, { teamDomains, asksTeam }: Workspace): boolean =>
  asksTeam !== true && isAtDomain(domain, teamDomains);
