import type { Workspace } from './account.ts';
import type { Scalar } from './catalog.ts';
import { memoize } from './memoize.ts';

/** The part of an email address after its last @, in lower case; undefined when the text is no address. */
export function domainOf(address: Scalar | undefined): string | undefined {
  return typeof address === 'string' ? readDomain(address) : undefined;
}

// While an account is looked at the same addresses come again and again.
const readDomain = memoize((address: string): string | undefined => {
  const trimmed = address.trim();
  const at = trimmed.lastIndexOf('@');
  if (at < 1 || at === trimmed.length - 1 || /\s/.test(trimmed)) return undefined;
  return trimmed.slice(at + 1).toLowerCase();
});

/** Whether a domain is one of these or lies under one of them. */
export function isAtDomain(domain: string, domains: readonly string[]): boolean {
  return domains.some((one) => {
    const under = domain.length - one.length;
    if (under < 0 || (under > 0 && domain[under - 1] !== '.')) return false;
    return isSameText(domain.slice(under), one);
  });
}

/** Whether two texts differ in nothing but case. */
export function isSameText(a: string, b: string): boolean {
  // Nearly always they are the same or of different lengths, and changing case is slow.
  return a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase());
}

/** Whether nobody at the domain is asked because it is the team's. */
export const isOurOwn = (domain: string, { teamDomains, asksTeam }: Workspace): boolean =>
  asksTeam !== true && isAtDomain(domain, teamDomains);
