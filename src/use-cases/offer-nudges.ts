import type { AskRow } from '../db/ask-row.ts';
import { findOpenNudges } from '../db/asks.ts';
import { readPauses } from '../db/pauses.ts';
import { readPeople } from '../db/people.ts';
import { readSuppressions } from '../db/suppressions.ts';
import { presentNudge } from '../delivery/nudge.ts';
import type { Deps } from '../deps.ts';
import type { AccountId, PersonId } from '../engine/event.ts';

/**
 * The nudge to show to a person now, at most one. In rehearsal only people of the team are shown any.
 * Looking changes nothing: a nudge counts from the moment it is shown.
 */
export async function offerNudges(
  deps: Pick<Deps, 'db' | 'config' | 'clock' | 'keys'>,
  personId: PersonId,
  accountId: AccountId | undefined,
) {
  const now = deps.clock();
  const open = await findOpenNudges(deps.db.pool, personId, accountId, now);
  if (open.length === 0 || !(await mayBeShown(deps, personId))) return [];
  // The stop button stops what is on offer too, until somebody resumes it.
  const paused = new Set((await readPauses(deps.db.pool, now)).map(({ trigger }) => trigger));
  const nudge = open.find(({ trigger }) => !paused.has(trigger) && !paused.has('*'));
  if (nudge === undefined) return [];
  const presented = presentNudge({ ...nudge, content: contentOf(nudge) });
  return presented === undefined ? [] : [presented];
}

async function mayBeShown(
  { db, config, keys }: Pick<Deps, 'db' | 'config' | 'keys'>,
  personId: PersonId,
): Promise<boolean> {
  const email = (await readPeople(db.pool, [personId])).get(personId)?.email;
  if (email === undefined) return config.MODE === 'live';
  const suppressed = await readSuppressions(db.pool, [keys.hashAddress(email)]);
  if (suppressed.size > 0) return false;
  return config.MODE === 'live' || config.TEAM_DOMAINS.includes(email.slice(email.lastIndexOf('@') + 1));
}

function contentOf({ content = {} }: AskRow) {
  return {
    title: content['title'] ?? '',
    body: content['body'] ?? '',
    action: { label: content['action_label'] ?? '', url: content['action_url'] ?? '' },
  };
}
