import { putInForce } from '../../../src/catalog/in-force.ts';
import type { Db } from '../../../src/db/client.ts';
import type { Deps } from '../../../src/deps.ts';
import type { Catalog } from '../../../src/engine/catalog.ts';
import type { Instant } from '../../../src/engine/time.ts';
import { Refusal } from '../../../src/errors.ts';
import { actOnDraft } from '../../../src/use-cases/act-on-draft.ts';
import { backtestStored } from '../../../src/use-cases/backtest-stored.ts';
import { readDraftPage } from '../../../src/use-cases/read-draft-page.ts';
import { createIntakeGatherer, receiveEvents } from '../../../src/use-cases/receive-events.ts';
import { recordOutcome } from '../../../src/use-cases/record-outcome.ts';
import { tick } from '../../../src/use-cases/tick.ts';
import { workspaceOf } from '../../../src/use-cases/workspace.ts';
import { openHouse } from '../../house.ts';
import type { Action, LiveStory, Reaction } from './live-stories.ts';

/** An ask as live use and a backtest can both tell it. */
export type ToldAsk = {
  readonly at: string;
  readonly trigger: string;
  readonly account: string;
  readonly person: string;
  readonly channel: string;
  readonly status: string;
  readonly readiness: number;
};

/** What was asked, and per trigger and gate how many decisions to hold were stored in which it held. */
export type Told = { readonly asks: readonly ToldAsk[]; readonly holds: Readonly<Record<string, number>> };

/** A service whose clock, catalog and customers are those of a story. */
export async function openStage(open: () => Promise<Db>) {
  const house = await openHouse(open, { catalog: { triggers: {} } });
  // Of two looks within one millisecond the table keeps what the first said; here both are counted.
  await house.db.pool.query('alter table decision drop constraint decision_pkey');
  const base = house.deps();
  let inForce = base.catalog();
  let config = base.config;
  const deps: Deps = {
    ...base,
    get config() {
      return config;
    },
    catalog: () => inForce,
    catalogOf: async () => inForce,
    catalogOfSignals: async () => inForce,
    gatherer: createIntakeGatherer(() => deps, house.db),
  };
  return {
    deps,
    close: house.close,
    /** Lives a story through, and tells what came of it: in live use, and in a backtest of what live use stored. */
    play: async ({
      catalog,
      defaultOwner,
      actions,
      until,
    }: LiveStory): Promise<{ readonly live: Told; readonly backtest: Told }> => {
      await house.forget();
      config = { ...base.config, DEFAULT_OWNER_EMAIL: defaultOwner };
      inForce = putInForce({ ...base.catalog(), ...words(catalog) });
      for (const action of actions) {
        await passUntil(deps, house.setNow, house.now(), action.at);
        house.setNow(action.at);
        await act(deps, action);
      }
      await passUntil(deps, house.setNow, house.now(), until + 1);
      house.setNow(until);
      return { live: await tellLive(house.db), backtest: await tellBacktest(deps, catalog, until) };
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

const FILES = {
  'subject.hbs': 'A question',
  'text.hbs': 'Who else?',
  'title.hbs': 'Who else?',
  'body.hbs': 'A note is ready.',
  'action.hbs': 'Read it',
};

function words(catalog: Catalog) {
  const names = new Set(catalog.triggers.map(({ template }) => template));
  return { catalog, templates: new Map([...names].map((name) => [name, { name, files: FILES }])) };
}

const MOST_TICKS = 2000;

/** Lets time pass up to `until`, itself excluded; whatever becomes due is done when it does, and so is never late. */
async function passUntil(
  deps: Deps,
  setNow: (at: Instant) => void,
  from: Instant,
  until: Instant,
): Promise<void> {
  let now = from;
  let before = '';
  for (let ticks = 0; ticks < MOST_TICKS; ticks += 1) {
    // Where a tick changes nothing, what is due waits for room, and nothing more happens at this instant.
    const traces = await tracesOf(deps.db);
    const next = await nextDue(
      deps.db,
      deps.catalog().catalog,
      now,
      traces === before ? now : Number.NEGATIVE_INFINITY,
    );
    if (next === undefined || Math.max(next, now) >= until) return;
    now = Math.max(next, now);
    before = traces;
    setNow(now);
    await tick(deps);
  }
  throw new Error(`After ${MOST_TICKS} ticks something is still due at ${new Date(now).toISOString()}.`);
}

/** What a tick can change. */
async function tracesOf(db: Db): Promise<string> {
  const { rows } = await db.pool.query<{ traces: string }>({
    name: 'traces',
    text: `select concat((select string_agg(concat(id, status, fallback_at), ',' order by id) from ask),
                         (select string_agg(concat(id, wake_at), ',' order by id) from account)) as traces`,
  });
  return rows[0]?.traces ?? '';
}

/** When something next becomes due, later than `after`. */
async function nextDue(
  db: Db,
  { guardrails }: Catalog,
  now: Instant,
  after: Instant,
): Promise<Instant | undefined> {
  const { rows } = await db.pool.query<{ next: Date | null }>({
    name: 'next-due',
    text: `select min(at) as next from (
             select wake_at as at from account
             union all select due_at from ask where status = 'scheduled'
             union all select latest_at from ask where status = 'scheduled'
             union all select expires_at from ask where status in ('open', 'delivered')
             union all select greatest(fallback_at, snoozed_until) from ask where status in ('open', 'scheduled') and fallback is not null
             union all select opened_at + $2 * interval '1 ms' from ask
                       where channel = 'draft' and opened_at + $2 * interval '1 ms' > $3
           ) as due where at > $1`,
    values: [
      after === Number.NEGATIVE_INFINITY ? '-infinity' : new Date(after),
      guardrails.perOwner.drafts.within,
      new Date(now),
    ],
  });
  return rows[0]?.next?.getTime();
}

async function act(deps: Deps, action: Action): Promise<void> {
  if (action.kind === 'reaction') return react(deps, action.reaction);
  await receiveEvents(deps, { events: action.events, rejections: [] });
  await receiveEvents(deps, { events: action.imported, rejections: [] });
}

/** Somebody does something about an ask; what is refused was not done. */
async function react(deps: Deps, { pick, how, length }: Reaction): Promise<void> {
  const { rows } = await deps.db.pool.query<{ id: string; channel: string; status: string }>(
    `select id, channel, status from ask
     where status in ('open', 'delivered') or (status in ('withdrawn', 'expired') and channel = 'nudge') order by decided_at, id`,
  );
  const ask = rows[pick % Math.max(1, rows.length)];
  if (ask === undefined) return;
  try {
    if (ask.channel === 'draft') await reactToDraft(deps, ask.id, how, length);
    else if (how !== 'dismiss')
      await recordOutcome(deps, {
        askId: ask.id,
        outcome: ask.channel === 'email' && how !== 'declined' ? 'accepted' : how,
        by: 'product_app',
        for: length,
      });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

async function reactToDraft(deps: Deps, id: string, how: Reaction['how'], length: number): Promise<void> {
  switch (how) {
    case 'closed':
      await actOnDraft(deps, id, { kind: 'answered', outcome: 'ignored' });
      return;
    case 'shown': {
      const { draft, seen } = await readDraftPage(deps, id);
      await actOnDraft(deps, id, { kind: 'sent', ...draft, seen });
      return;
    }
    case 'accepted':
    case 'declined':
      await actOnDraft(deps, id, { kind: 'answered', outcome: how });
      return;
    case 'snoozed':
      await actOnDraft(deps, id, { kind: 'snooze', for: length });
      return;
    case 'dismiss': {
      const reasons = ['already_asked', 'bad_time', 'wrong_person', 'other'] as const;
      await actOnDraft(deps, id, { kind: 'dismiss', reason: reasons[length % 4] ?? 'other' });
      return;
    }
    default:
      how satisfies never;
  }
}

async function tellLive(db: Db): Promise<Told> {
  const asks = await db.pool.query<Omit<ToldAsk, 'at'> & { at: Date }>(
    `select decided_at as at, trigger, account_id as account, person_id as person, channel, status, readiness
     from ask`,
  );
  const decisions = await db.pool.query<{ trigger: string; gates: string }>(
    `select trigger, gates from decision where verdict = 'hold'`,
  );
  const holds: Record<string, number> = {};
  for (const { trigger, gates } of decisions.rows) {
    const held = new Set<string>(
      JSON.parse(gates)
        .filter((one: { passes: boolean }) => !one.passes)
        .map(({ gate }: { gate: string }) => gate),
    );
    for (const gate of held) holds[`${trigger} ${gate}`] = (holds[`${trigger} ${gate}`] ?? 0) + 1;
  }
  return told(
    asks.rows.map(({ at, ...ask }) => ({ at: at.toISOString(), ...ask })),
    holds,
  );
}

async function tellBacktest(deps: Deps, catalog: Catalog, until: Instant): Promise<Told> {
  const { asks, holds } = await backtestStored(deps, { catalog, workspace: workspaceOf(deps), to: until });
  return told(
    asks.map(({ at, trigger, accountId: account, personId: person, channel, status, readiness }) => {
      return { at: new Date(at).toISOString(), trigger, account, person, channel, status, readiness };
    }),
    Object.fromEntries(holds.map(({ trigger, gate, count }) => [`${trigger} ${gate}`, count])),
  );
}

function told(asks: readonly ToldAsk[], holds: Readonly<Record<string, number>>): Told {
  const key = ({ at, trigger, account, person, channel }: ToldAsk) =>
    [at, trigger, account, person, channel].join();
  return {
    asks: asks.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    holds: Object.fromEntries(Object.entries(holds).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
