import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';

export type Pause = { readonly trigger: string; readonly until: Instant };

/** Triggers stopped by hand and not resumed by `now`; '*' stands for all, Infinity for "until resumed". */
export async function readPauses(tx: Sql, now: Instant): Promise<Pause[]> {
  const { rows } = await tx.query<{ trigger: string; until: Date | null }>({
    name: 'pauses',
    text: 'select trigger, until from pause where until is null or until > $1',
    values: [new Date(now)],
  });
  return rows.map(({ trigger, until }) => ({ trigger, until: until?.getTime() ?? Number.POSITIVE_INFINITY }));
}

/** Whether a trigger itself is stopped, now or until some day. */
export async function hasPause(tx: Sql, trigger: string, now: Instant): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select 1 from pause where trigger = $1 and (until is null or until > $2)',
    [trigger, new Date(now)],
  );
  return (rowCount ?? 0) > 0;
}

export async function writePause(
  tx: Sql,
  pause: {
    readonly trigger: string;
    readonly until?: Instant;
    readonly by: string;
    readonly reason?: string;
  },
  now: Instant,
): Promise<void> {
  await tx.query(
    `insert into pause (trigger, until, by, reason, created_at) values ($1, $2, $3, $4, $5)
     on conflict (trigger) do update set until = excluded.until, by = excluded.by, reason = excluded.reason`,
    [
      pause.trigger,
      pause.until === undefined ? null : new Date(pause.until),
      pause.by,
      pause.reason ?? null,
      new Date(now),
    ],
  );
}

/** Lifts one pause, or all of them; returns how many there were. */
export async function deletePauses(tx: Sql, trigger: string | undefined): Promise<number> {
  const { rowCount } = await tx.query('delete from pause where $1::text is null or trigger = $1', [
    trigger ?? null,
  ]);
  return rowCount ?? 0;
}
