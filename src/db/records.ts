import type { Decision } from '../engine/decision.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { createTexts, instant, textAt } from './rows.ts';

/** Stores decisions whose verdict or reasons changed, with every gate's answer. */
export async function insertDecisions(
  tx: Sql,
  decisions: readonly { readonly decision: Decision; readonly catalogHash: string }[],
): Promise<void> {
  if (decisions.length === 0) return;
  const texts = createTexts();
  await tx.query({
    name: 'insert-decisions',
    text: `insert into decision (account_id, at, trigger, cycle, verdict, shadow, person_id, readiness, gates, catalog_hash)
           select a, ${instant('t')}, n, c, v, s, p, r, ${textAt('$2', 'g')}, h
           from json_to_recordset($1::json) as d(a text, t float8, n text, c text, v text, s boolean, p text, r float8, g int[], h text)
           on conflict do nothing`,
    values: [
      JSON.stringify(
        decisions.map(({ decision, catalogHash }) => ({
          a: decision.accountId,
          t: decision.at,
          n: decision.trigger,
          c: decision.cycle,
          v: decision.verdict,
          s: decision.shadow,
          p: decision.personId,
          r: decision.readiness,
          g: texts.add(JSON.stringify(decision.gates)),
          h: catalogHash,
        })),
      ),
      texts.bytes(),
    ],
  });
}

/** Forgets decisions made before an instant; what was asked keeps its reasons itself. Returns how many. */
export async function deleteOldDecisions(tx: Sql, before: Instant, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from decision where (account_id, at, trigger, cycle) in (
       select account_id, at, trigger, cycle from decision where at < $1 order by at limit $2)`,
    [new Date(before), limit],
  );
  return rowCount ?? 0;
}

/** A message that was refused; what came, what was expected and where. */
export type RejectionRecord = {
  readonly source: string;
  /** How many it stands for; absent: one. */
  readonly messages?: number;
  readonly messageId?: string;
  readonly reason: string;
  readonly excerpt: string;
};

/** Records messages that were refused one by one, so that a team can see what its tools send wrongly. */
export async function insertRejections(
  tx: Sql,
  rejections: readonly RejectionRecord[],
  now: Instant,
): Promise<void> {
  if (rejections.length === 0) return;
  await tx.query({
    name: 'insert-rejections',
    text: `insert into rejection (at, source, messages, message_id, reason, excerpt)
           select $2, s, n, m, r, e from json_to_recordset($1::json) as r(s text, n int, m text, r text, e text)`,
    values: [
      JSON.stringify(
        rejections.map(({ source, messages = 1, messageId, reason, excerpt }) => ({
          s: source,
          n: messages,
          m: messageId && clean(messageId).slice(0, 200),
          r: clean(reason),
          e: clean(excerpt),
        })),
      ),
      new Date(now),
    ],
  });
}

/** Forgets what was refused before an instant. */
export async function deleteOldRejections(tx: Sql, before: Instant, limit: number): Promise<void> {
  await tx.query('delete from rejection where id in (select id from rejection where at < $1 limit $2)', [
    new Date(before),
    limit,
  ]);
}

// What was refused may be exactly text that PostgreSQL cannot store.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const clean = (text: string) => text.replace(/[\u0000\p{Surrogate}]/gu, '\uFFFD');
