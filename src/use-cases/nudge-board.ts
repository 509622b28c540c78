import type { Config } from '../config.ts';
import { type OpenNudge, readOpenNudges } from '../db/open-nudges.ts';
import { type Pause, readPauses } from '../db/pauses.ts';
import { isUnavailable } from '../db/retry.ts';
import { readSuppressions } from '../db/suppressions.ts';
import { presentNudge } from '../delivery/nudge.ts';
import type { Deps } from '../deps.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { isOfTeam } from '../engine/owner.ts';
import type { Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import { type ChangedPeople, createNews, keepReading } from './board-news.ts';
import { groupBy } from './group-by.ts';

/** A nudge as a product app gets it. */
export type PresentedNudge = NonNullable<ReturnType<typeof presentNudge>>;

/** Every nudge that may be shown, in memory: they are few, and nearly all who ask have none. */
export type NudgeBoard = {
  /** The nudge to show to a person now, at most one. Waits only where their own nudges are just being read anew. */
  readonly nudgeFor: (
    personId: PersonId,
    accountId: AccountId | undefined,
    now: Instant,
  ) => PresentedNudge | undefined | Promise<PresentedNudge | undefined>;
  readonly close: () => Promise<void>;
};

type Pinned = Pick<OpenNudge, 'accountId' | 'trigger' | 'expiresAt' | 'snoozedUntil'> & {
  readonly presented: PresentedNudge;
};

type Board = {
  nudges: Map<PersonId, readonly Pinned[]>;
  pauses: readonly Pause[];
};

type BoardDeps = Pick<Deps, 'db' | 'config' | 'clock' | 'keys' | 'log'>;

/** Reads the board, and from then on whatever of it is said to have changed. */
export async function openNudgeBoard(deps: BoardDeps): Promise<NudgeBoard> {
  const board: Board = { nudges: new Map(), pauses: [] };
  await readBoard(deps, board, undefined);
  const news = createNews(
    (changed) => readBoard(deps, board, changed),
    (personId) => board.nudges.has(personId),
  );
  const reading = keepReading(news, (err) =>
    deps.log.warn({ err }, 'nudges could not be read anew; it is tried again'),
  );
  const hear = (personId: PersonId | undefined) => {
    news.hear(personId);
    reading.start();
  };
  const leave = deps.db.nudgeFeed.subscribe(hear);
  hear(undefined); // what changed before we listened
  return {
    nudgeFor: (personId, accountId, now) => {
      if (!news.isAbout(personId)) return pick(board, personId, accountId, now);
      return news.readOf(personId).then(() => pick(board, personId, accountId, now), refuse);
    },
    close: () => {
      leave();
      return reading.stop();
    },
  };
}

function refuse(error: unknown): never {
  if (!isUnavailable(error)) throw error;
  throw new Refusal('busy', 'The database is out of reach, so it is not known what there is for this user.');
}

function pick(
  { nudges, pauses }: Board,
  personId: PersonId,
  accountId: AccountId | undefined,
  now: Instant,
): PresentedNudge | undefined {
  const isOffered = (nudge: Pinned) =>
    (accountId === undefined || nudge.accountId === accountId) &&
    (nudge.snoozedUntil ?? 0) <= now &&
    (nudge.expiresAt ?? Number.POSITIVE_INFINITY) > now &&
    // The stop button stops what is on offer too, until somebody resumes it.
    !pauses.some(({ trigger, until }) => until > now && (trigger === '*' || trigger === nudge.trigger));
  return nudges.get(personId)?.find(isOffered)?.presented;
}

async function readBoard(deps: BoardDeps, board: Board, changed: ChangedPeople): Promise<void> {
  const { pool } = deps.db;
  if (changed === undefined) board.pauses = await readPauses(pool, deps.clock());
  const open = await readOpenNudges(pool, changed && [...changed]);
  const hashes = new Map<string, string>();
  for (const { email } of open) if (email !== undefined) hashes.set(email, deps.keys.hashAddress(email));
  const suppressed = await readSuppressions(pool, [...hashes.values()]);
  const shown = open.filter(
    ({ email }) => mayBeShown(deps.config, email) && !suppressed.has(hashes.get(email ?? '') ?? ''),
  );
  const pinned = groupBy(shown, ({ personId }) => personId);
  if (changed === undefined) board.nudges = new Map();
  else for (const personId of changed) board.nudges.delete(personId);
  for (const [personId, theirs] of pinned) board.nudges.set(personId, theirs.flatMap(pin));
}

/** In rehearsal only people of the team are shown any. */
function mayBeShown(
  { MODE, TEAM_DOMAINS }: Pick<Config, 'MODE' | 'TEAM_DOMAINS'>,
  email: string | undefined,
): boolean {
  return MODE === 'live' || isOfTeam(email ?? '', TEAM_DOMAINS);
}

function pin(nudge: OpenNudge): Pinned[] {
  const { content } = nudge;
  const presented = presentNudge({
    ...nudge,
    content: {
      title: content['title'] ?? '',
      body: content['body'] ?? '',
      action: { label: content['action_label'] ?? '', url: content['action_url'] ?? '' },
    },
  });
  return presented === undefined ? [] : [{ ...nudge, presented }];
}
