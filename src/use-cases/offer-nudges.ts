import type { AskRow } from '../db/ask-row.ts';
import { findOpenNudges } from '../db/asks.ts';
import { readPeople } from '../db/people.ts';
import { presentNudge } from '../delivery/nudge.ts';
import type { Deps } from '../deps.ts';
import type { AccountId, PersonId } from '../engine/event.ts';

/**
 * The nudge to show to a person now, at most one. In rehearsal only people of the team are shown any.
 * Looking changes nothing: a nudge counts from the moment it is shown.
 */
export async function offerNudges(
  deps: Pick<Deps, 'db' | 'config' | 'clock'>,
  personId: PersonId,
  accountId: AccountId | undefined,
) {
  const [nudge] = await findOpenNudges(deps.db.pool, personId, accountId, deps.clock());
  if (nudge === undefined || !(await mayBeShown(deps, personId))) return [];
  const presented = presentNudge({ ...nudge, content: contentOf(nudge) });
  return presented === undefined ? [] : [presented];
}

async function mayBeShown({ db, config }: Pick<Deps, 'db' | 'config'>, personId: PersonId): Promise<boolean> {
  if (config.MODE === 'live') return true;
  const email = (await readPeople(db.pool, [personId])).get(personId)?.email ?? '';
  return config.TEAM_DOMAINS.includes(email.slice(email.lastIndexOf('@') + 1));
}

function contentOf({ content = {} }: AskRow) {
  return {
    title: content['title'] ?? '',
    body: content['body'] ?? '',
    action: { label: content['action_label'] ?? '', url: content['action_url'] ?? '' },
  };
}
