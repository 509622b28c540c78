import { endOfDay, startOfDay } from '../catalog/local-day.ts';
import type { OwnerEntry } from '../catalog/published.ts';
import type { Deps } from '../deps.ts';
import { isOfTeam } from '../engine/owner.ts';
import type { Instant } from '../engine/time.ts';

type Needs = Pick<Deps, 'catalog' | 'config'>;

/** What owners.yaml says of an owner. */
export function entryOf({ catalog }: Pick<Deps, 'catalog'>, email: string): OwnerEntry | undefined {
  const { owners = {} } = catalog();
  const name = email.toLowerCase();
  return Object.hasOwn(owners, name) ? owners[name] : undefined;
}

/** The zone of an owner's mornings. */
export const zoneOfOwner = (deps: Pick<Deps, 'catalog'>, email: string): string =>
  entryOf(deps, email)?.timezone ?? deps.catalog().catalog.guardrails.timezone;

/**
 * Who acts for an owner now: they themselves; while they are away their cover, or the default owner. A cover who is not
 * of the team, or is away as well, is passed over; when nobody is left the draft waits for its owner.
 */
export function onDuty(deps: Needs, email: string, now: Instant): string {
  if (!isAway(deps, email, now)) return email;
  const { TEAM_DOMAINS, DEFAULT_OWNER_EMAIL } = deps.config;
  const candidates = [entryOf(deps, email)?.cover, DEFAULT_OWNER_EMAIL];
  const found = candidates.find(
    (one) => one !== undefined && isOfTeam(one, TEAM_DOMAINS) && !isAway(deps, one, now),
  );
  return found ?? email;
}

function isAway(deps: Needs, email: string, now: Instant): boolean {
  const zone = zoneOfOwner(deps, email);
  return (entryOf(deps, email)?.away ?? []).some(
    ({ from, to }) => startOfDay(from, zone) <= now && now < endOfDay(to, zone),
  );
}
