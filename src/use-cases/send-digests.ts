import { createHash } from 'node:crypto';
import { readAccountName } from '../db/account-name.ts';
import type { AskRow } from '../db/ask-row.ts';
import { findOpenDrafts } from '../db/drafts.ts';
import { hasMail } from '../db/mails.ts';
import { readPeople } from '../db/people.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { nameOfPerson } from '../delivery/context.ts';
import { digest } from '../delivery/follow-up.ts';
import type { Deps } from '../deps.ts';
import { localTime } from '../engine/calendar.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../engine/time.ts';
import { groupBy } from './group-by.ts';
import { plainTraits } from './load-people.ts';
import { oneByOne } from './one-by-one.ts';
import { zoneOfOwner } from './owner-on-duty.ts';
import { writeToOwner } from './write-to-owner.ts';

const MOST = 2_000;
/** By the owner's clock. */
const FROM = 8 * HOUR;
const TO = 11 * HOUR;

/** On a working morning, tells each owner for whom more than one draft waits of all of them at once. */
export async function sendDigests(deps: Deps): Promise<void> {
  const now = deps.clock();
  const waiting = (await findOpenDrafts(deps.db.pool, now, MOST)).filter(
    // What has just come has its own mail.
    ({ openedAt = now }) => openedAt < now - DAY / 2,
  );
  const owners = [...groupBy(waiting, ({ ownerEmail = '' }) => ownerEmail)]
    .filter(([owner, drafts]) => owner !== '' && drafts.length > 1)
    .map(([owner, drafts]) => ({ id: `digest_${markOf(owner)}`, owner, drafts }));
  await oneByOne(deps, owners, async ({ owner, drafts, ...digest }) => {
    const zone = zoneOfOwner(deps, owner);
    const day = morningOf(zone, now);
    if (day !== undefined) await sendDigest(deps, owner, drafts, { zone, id: `${digest.id}_${day}` });
  });
}

/** Stands for an owner where their address should not be read. */
const markOf = (owner: string) => createHash('sha256').update(owner).digest('hex').slice(0, 16);

/** The date of the working morning that it is in a zone; undefined at any other time. */
function morningOf(zone: string, now: Instant): string | undefined {
  const { weekday, minute, year, month, day } = localTime(zone, now);
  const time = minute * MINUTE;
  if (weekday === 0 || weekday === 6 || time < FROM || time >= TO) return undefined;
  return [year, month, day].join('-');
}

async function sendDigest(
  deps: Deps,
  owner: string,
  drafts: readonly AskRow[],
  { zone, id }: { readonly zone: string; readonly id: string },
): Promise<void> {
  await inRetriedTransaction(deps.db, async (tx) => {
    if (await hasMail(tx, id)) return;
    const people = await readPeople(tx, [...new Set(drafts.map(({ personId }) => personId))]);
    const lines = [];
    for (const draft of drafts) {
      const person = people.get(draft.personId);
      lines.push({
        person: (person && nameOfPerson(plainTraits(person.traits))) ?? 'somebody',
        account: (await readAccountName(tx, draft.accountId)) ?? draft.accountId,
        kind: draft.kind,
        ...(draft.expiresAt === undefined ? {} : { expiresAt: draft.expiresAt }),
        link: `${deps.config.BASE_URL}/d/${deps.keys.sign('draft', draft.id)}`,
      });
    }
    const rendered = digest({ owner: null, zone, drafts: lines });
    const mail = { id, accountId: '', purpose: 'digest', to: { name: null, address: owner } } as const;
    await writeToOwner(deps, tx, { ...mail, rendered, latestAt: deps.clock() + DAY / 2 }, deps.clock());
  });
}
