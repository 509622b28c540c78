import type { Random } from '../kills/random.ts';

export type Message = { readonly messageId: string } & Readonly<Record<string, unknown>>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KINDS = ['email', 'nudge', 'draft'] as const;

/** Everybody's favourite account: every replica has something for it all the time. */
export const HOT = 'acct-hot';

/**
 * The batches of a day, the same for the same dice and the same `now`: one account that everybody works in, and many of
 * which each is to be asked once. Some batches come again.
 */
export function batchesOf(random: Random, now: number, cold: number, hot: number): Message[][] {
  let made = 0;
  const message = (type: string, userId: string, fields: object): Message => {
    made += 1;
    const at = now - HOUR + made; // no two at one instant
    return { type, messageId: `m-${made}`, userId, timestamp: new Date(at).toISOString(), ...fields };
  };
  const introduction = (account: string, user: string, segment: string) => [
    message('identify', user, { traits: { email: `${user}@${account}.example`, name: 'Ada Grace' } }),
    message('group', user, {
      groupId: account,
      traits: {
        created_at: new Date(now - 200 * DAY).toISOString(),
        csm_email: `sam.${account}@vendor.example`,
        segment,
        seats: 20,
      },
    }),
  ];
  const deed = (account: string, user: string, event: string, properties = {}) =>
    message('track', user, { event, properties, context: { groupId: account } });

  const messages = [...introduction(HOT, 'user-hot', 'nobody')];
  for (let n = 0; n < hot; n += 1) messages.push(deed(HOT, `user-hot-${n % 20}`, 'Workflow Completed'));
  for (let n = 0; n < cold; n += 1) {
    const account = `acct-${n}`;
    const user = `user-${n}`;
    const kind = KINDS[n % KINDS.length] ?? 'email';
    messages.push(...introduction(account, user, kind));
    for (let i = 0; i < 4; i += 1) messages.push(deed(account, user, 'Workflow Completed'));
    if (kind !== 'nudge') messages.push(deed(account, user, 'NPS Answered', { score: 9 }));
    // Somebody nobody knows yet, and then does.
    messages.push({ ...deed(account, user, 'Report Shared'), userId: undefined, anonymousId: `anon-${n}` });
    messages.push({ ...deed(account, user, 'Report Shared'), anonymousId: `anon-${n}` });
  }
  const batches: Message[][] = [];
  for (let rest = shuffle(random, messages); rest.length > 0; ) {
    const batch = rest.slice(0, 1 + random.below(40));
    rest = rest.slice(batch.length);
    batches.push(batch);
    if (random.chance(0.2)) batches.push(batch);
  }
  return batches;
}

function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    const [a, b] = [all[i], all[j]];
    if (a !== undefined && b !== undefined) [all[i], all[j]] = [b, a];
  }
  return all;
}
