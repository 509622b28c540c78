import type { Sql } from '../db/client.ts';
import { type Rewrite, rewriteTexts, type Texts } from '../db/rewrite-texts.ts';
import type { AccountId } from '../engine/event.ts';
import { type Scrub, scrubAll, scrubJson, scrubMarks, type Traces } from './traces.ts';

/** What was written about an account for its people, its CSM and the team. */
const ABOUT_ACCOUNTS: readonly Texts[] = [
  {
    table: 'ask',
    key: ['account_id', 'id'],
    texts: ['status_reason'],
    json: ['reasons', 'opening', 'content'],
    where: 'account_id = any($1)',
  },
  {
    table: 'decision',
    key: ['account_id', 'at', 'trigger', 'cycle'],
    json: ['gates'],
    where: 'account_id = any($1)',
  },
  {
    table: 'mail',
    key: ['id'],
    texts: ['status_reason'],
    json: ['message'],
    where: `account_id = any($1) or account_id = ''`,
  },
  {
    table: 'account',
    key: ['id'],
    texts: ['hold_reason', 'hold_by'],
    json: ['agenda'],
    where: 'id = any($1)',
  },
];

/** What people wrote about anyone: here only what can be nobody else is taken out. */
const ANYWHERE: readonly Texts[] = [
  { table: 'referral', key: ['account_id', 'id'], texts: ['note', 'company_name'], where: 'true' },
  { table: 'person', key: ['id'], texts: ['hold_reason', 'hold_by'], where: 'held_until is not null' },
  { table: 'account', key: ['id'], texts: ['hold_reason', 'hold_by'], where: 'held_until is not null' },
  { table: 'pause', key: ['trigger'], texts: ['reason', 'by'], where: 'true' },
];

/** Takes a person out of the records that stay: reasons, words and decisions about others that name or quote them. */
export async function scrubRecords(
  tx: Sql,
  traces: Traces,
  { accounts, sentences }: { readonly accounts: readonly AccountId[]; readonly sentences: readonly string[] },
): Promise<void> {
  const all = rewriting(scrubAll(traces, sentences));
  for (const texts of ABOUT_ACCOUNTS) await rewriteTexts(tx, texts, [accounts], all);
  const marks = rewriting(scrubMarks(traces));
  for (const texts of ANYWHERE) await rewriteTexts(tx, texts, [], marks);
}

const rewriting = (scrub: Scrub): Rewrite => ({ text: scrub, json: (value) => scrubJson(value, scrub) });
