import { groupBy } from '../../src/use-cases/group-by.ts';
import { type Entry, ofKind } from './history.ts';
import type { Tables } from './tables.ts';

type Ask = Tables['asks'][number];

/** What is wrong with asks, mails and referrals at any instant; empty when all is well. */
export function checkAsks(entries: readonly Entry[], tables: Tables): string[] {
  return [
    ...checkOnce(tables),
    ...checkSteps(tables),
    ...checkMails(entries, tables),
    ...checkOutcomes(entries, tables),
    ...checkReferrals(entries, tables),
  ];
}

const NOT_COUNTED: ReadonlySet<string> = new Set(['withdrawn', 'expired', 'failed']);
const REACHED: ReadonlySet<string> = new Set(['delivered', 'accepted', 'declined', 'ignored']);

/** One ask per (trigger, account, cycle), per opening event, and, as the guardrails say, per account. */
function checkOnce({ asks }: Tables): string[] {
  const counted = asks.filter(({ status }) => !NOT_COUNTED.has(status));
  const opened = asks.flatMap((ask) =>
    ask.opening === null ? [] : [[ask, JSON.parse(ask.opening)] as const],
  );
  return [
    ...twice(asks, (ask) => `${ask.trigger} of cycle ${ask.cycle} in ${ask.account_id}`),
    ...twice(opened, ([ask, opening]) => `${ask.trigger} as ${ask.channel} for event ${opening.id}`),
    ...twice(
      counted.filter(({ kind }) => kind === 'ask'),
      (ask) => `asking account ${ask.account_id}`,
    ),
    ...twice(
      counted.filter(({ kind }) => kind === 'thanks'),
      (ask) => `${ask.trigger} to ${ask.person_id}`,
    ),
  ];
}

function twice<T>(items: readonly T[], what: (item: T) => string): string[] {
  return [...groupBy(items, what)]
    .filter(([, group]) => group.length > 1)
    .map(([name, group]) => `${name}: ${group.length} times, expected once`);
}

/** An ask and the events of its steps were written together, so neither is there without the other. */
function checkSteps({ asks, events }: Tables): string[] {
  const stored = new Set(events.map(({ id }) => id));
  const faults: string[] = [];
  for (const ask of asks) {
    const has = (step: string) => stored.has(`goodturn:${ask.id}:${step}`);
    const reached = has('sent') || has('shown');
    if (ask.status === 'delivered' && !reached)
      faults.push(`${named(ask)} has no event that says it arrived`);
    if (reached && !REACHED.has(ask.status)) faults.push(`${named(ask)} has arrived by its events`);
    for (const outcome of ['accepted', 'declined']) {
      if (has(outcome) !== (ask.status === outcome))
        faults.push(`${named(ask)} and its events disagree on "${outcome}"`);
    }
    // A mail that takes the place of a draft is no decision of its own.
    if (!ask.cycle.includes('#') && !has('scheduled'))
      faults.push(`${named(ask)} has no event that says it was planned`);
  }
  return faults;
}

/** No body was taken twice, and every one that was taken belongs to an ask or a notice that knows of it. */
function checkMails(entries: readonly Entry[], { asks, mails }: Tables): string[] {
  const faults: string[] = [];
  // That of an ask is signed: its id, a dot and a mark.
  const taken = ofKind(entries, 'mail').map(
    ({ messageId }) => /^<([^.@]+)/.exec(messageId)?.[1] ?? messageId,
  );
  for (const fault of twice(taken, (id) => `the body of ${id} was taken`)) faults.push(fault);
  const arrived = new Set(taken);
  const rows = new Map(mails.map((mail) => [mail.id, mail]));
  for (const id of arrived) {
    const row = rows.get(`mail_${id}`) ?? rows.get(id);
    if (row === undefined) faults.push(`a mail ${id} was taken, and there is no record of it`);
    else if (!['sending', 'sent', 'unknown'].includes(row.status))
      faults.push(`mail ${row.id} was taken and is "${row.status}"`);
  }
  for (const ask of asks.filter(({ channel }) => channel === 'email')) {
    const mail = rows.get(`mail_${ask.id}`);
    if ((ask.status === 'sending') !== (mail?.status === 'sending'))
      faults.push(`${named(ask)}, and its mail ${mail?.status}`);
    if (ask.status === 'delivered' && !arrived.has(ask.id))
      faults.push(`${named(ask)}, and no mail server has it`);
    if (ask.status === 'scheduled' && arrived.has(ask.id)) faults.push(`${named(ask)} would be sent again`);
  }
  return faults;
}

function checkOutcomes(entries: readonly Entry[], { asks, events }: Tables): string[] {
  const byId = new Map(asks.map((ask) => [ask.id, ask]));
  const steps = new Set(events.flatMap(({ id }) => /^goodturn:[^:]+:[a-z]+/.exec(id)?.[0] ?? []));
  const faults: string[] = [];
  for (const { ask, outcome } of ofKind(entries, 'outcome')) {
    const row = byId.get(ask);
    if (row === undefined) faults.push(`${outcome} of ${ask} was acknowledged, and the ask is gone`);
    else if (!steps.has(`goodturn:${ask}:${outcome}`))
      faults.push(`${outcome} of ${named(row)} was acknowledged and has no event`);
    else if (row.delivered_at === null)
      faults.push(`${outcome} of ${named(row)} was acknowledged, and it counts as not delivered`);
  }
  return faults;
}

function checkReferrals(entries: readonly Entry[], { referrals, events }: Tables): string[] {
  const stored = new Set(events.map(({ id }) => id));
  const faults = twice(
    referrals,
    ({ person_id: person, company }) => `the referral of ${company} by ${person}`,
  );
  for (const { id, company } of ofKind(entries, 'referral')) {
    if (!referrals.some((row) => row.id === id && row.company === company))
      faults.push(`referral ${id} was acknowledged and is gone`);
  }
  for (const { referral, stage } of ofKind(entries, 'stage')) {
    const stages = referrals.find(({ id }) => id === referral)?.stages ?? '{}';
    if (!(stage in JSON.parse(stages)))
      faults.push(`referral ${referral} was acknowledged as ${stage} and is not`);
    if (!stored.has(`goodturn:${referral}:${stage}`))
      faults.push(`referral ${referral} has no event that it is ${stage}`);
  }
  for (const { id, stages } of referrals) {
    for (const stage of Object.keys(JSON.parse(stages))) {
      if (!stored.has(`goodturn:${id}:${stage}`))
        faults.push(`referral ${id} reached ${stage} without an event`);
    }
  }
  return faults;
}

const MAY_STAY: ReadonlySet<string> = new Set(['open', 'unknown', 'withdrawn', ...REACHED]);

/**
 * What has to be true once nobody dies any more and all work is done: whoever was to be asked has been, and no ask
 * hangs. `lost`: mails in mid-send may still wait for their lease to run out, where another replica could hold it.
 */
export function checkEnd(
  entries: readonly Entry[],
  { asks, mails }: Tables,
  lost: 'settled' | 'leased',
): string[] {
  const refused = refusedAccounts(entries);
  const stuck = ({ status, account_id: account }: Ask) =>
    !MAY_STAY.has(status) &&
    !(status === 'sending' && lost === 'leased') &&
    !(status === 'failed' && refused.has(account));
  const asked = new Set(asks.map(({ account_id: account, trigger }) => `${trigger} in ${account}`));
  const promised = ofKind(entries, 'promised').filter(
    ({ account, trigger }) => !refused.has(account) && !asked.has(`${trigger} in ${account}`),
  );
  return [
    ...asks.filter(stuck).map((ask) => `${named(ask)} at the end`),
    ...mails
      .filter(({ status }) => status === 'due' || (status === 'sending' && lost === 'settled'))
      .map(({ id, status }) => `mail ${id} is "${status}" at the end`),
    ...promised.map(({ account, trigger }) => `${trigger} never asked in ${account}`),
  ];
}

/** Where a mail was refused for good: it fails, and whoever cannot be reached is not asked again. */
const refusedAccounts = (entries: readonly Entry[]) =>
  new Set(ofKind(entries, 'refused').map(({ to }) => /acct-\d+/.exec(to)?.[0]));

const named = ({ id, trigger, account_id: account, status }: Ask) =>
  `ask ${id} (${trigger} in ${account}) is "${status}"`;
