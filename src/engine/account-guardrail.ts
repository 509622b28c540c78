import type { Hold } from './account.ts';
import { durationInWords, holdInWords, nextInWords, whenInWords } from './because.ts';
import type { Rate } from './catalog.ts';
import { isAtDomain, isOurOwn, isSameText } from './domain.ts';
import { type Finding, holding, passing } from './finding.ts';
import type { GateName } from './gate-labels.ts';
import { type Standing, standing } from './ledger.ts';
import { findSignal } from './signal-gate.ts';
import type { Situation } from './situation.ts';
import { tenureSince } from './tenure.ts';
import type { Instant } from './time.ts';
import { accountTrait } from './traits.ts';

/** What the guardrails say of the account itself, to every ask alike. */
export function guardAccount(situation: Situation): readonly Finding[] {
  situation.found.account ??= [...guardAccountAgain(situation), answerTenure(situation)];
  return situation.found.account;
}

/** The part of it that is checked a second time before delivery. */
export function guardAccountAgain(situation: Situation): Finding[] {
  const { catalog, view } = situation;
  const { blockWhen, perAccount } = catalog.guardrails;
  const findings = [answerHold(view.hold, 'account', situation)];
  answerNever(situation, findings);
  for (const signal of blockWhen) findings.push(findSignal(situation, { signal }, 'unless'));
  findings.push(
    answerRate('per_account.asks', ACCOUNT_ASKED, perAccount.asks, standingOfAccount(situation), situation),
    answerBlackouts(situation),
  );
  return findings;
}

const ACCOUNT_ASKED = () => 'this account was asked';

export function answerHold(
  hold: Hold | undefined,
  whose: 'account' | 'person',
  { at, zone }: Situation,
): Finding {
  if (!hold || hold.until <= at) return whose === 'account' ? ACCOUNT_NOT_HELD : PERSON_NOT_HELD;
  return holding('hold', () => holdInWords(hold, at, zone), hold.until);
}

const ACCOUNT_NOT_HELD = passing('hold', 'no hold on the account');
const PERSON_NOT_HELD = passing('hold', 'no hold on the person');

/** Words and instants of a rate: how often `what` happened, and when there is room again. */
export function answerRate(
  gate: GateName,
  what: () => string,
  rate: Rate,
  { full, taken, freeAt }: Standing,
  { at, zone }: Situation,
): Finding {
  const words = () =>
    `${what()} ${taken === 1 ? 'once' : `${taken} times`} in the last ${durationInWords(rate.within)}`;
  if (!full) return passing(gate, words);
  const more = () => `${words()}, and ${rate.count} is the most${nextInWords(freeAt, at, zone)}`;
  return holding(gate, more, freeAt);
}

function standingOfAccount({ catalog, asks, counts, at }: Situation): Standing {
  const counted = asks.filter((ask) => ask.kind === 'ask' && counts(ask));
  return standing(counted, catalog.guardrails.perAccount.asks, at);
}

function answerNever({ catalog, view }: Situation, findings: Finding[]): void {
  const { never } = catalog.guardrails;
  const domain = text(accountTrait(view.state, 'domain'));
  const plan = text(accountTrait(view.state, 'plan'));
  findings.push(
    never.accounts.includes(view.id) ? LISTED : NOT_LISTED,
    domain !== undefined && isAtDomain(domain, never.domains)
      ? holding('never.domains', () => `${domain} is on the list of domains never asked`)
      : DOMAIN_NOT_LISTED,
    answerPlan(plan, never.plans),
    domain !== undefined && isOurOwn(domain, view.workspace)
      ? holding('team_domains', () => `${domain} is our own domain`)
      : NOT_OURS,
  );
}

const LISTED = holding('never.accounts', 'this account is on the list of those never asked');
const NOT_LISTED = passing('never.accounts', 'not on the list of accounts never asked');
const DOMAIN_NOT_LISTED = passing('never.domains', 'not on the list of domains never asked');
const NOT_OURS = passing('team_domains', 'not our own domain');
const NO_PLAN = passing('never.plans', 'no plan is known');

function answerPlan(plan: string | undefined, never: readonly string[]): Finding {
  if (plan === undefined) return NO_PLAN;
  return never.some((one) => isSameText(one, plan))
    ? holding('never.plans', () => `accounts on the plan ${plan} are never asked`)
    : passing('never.plans', () => `the plan is ${plan}`);
}

function answerTenure({ catalog, view, at, zone }: Situation): Finding {
  const { minimumTenure } = catalog.guardrails.perAccount;
  const since = tenureSince(view.state);
  const gate = 'per_account.minimum_tenure';
  if (!since?.known) return TENURE_UNKNOWN;
  const oldEnough = since.at + minimumTenure;
  if (at >= oldEnough)
    return passing(gate, () => `a customer for longer than ${durationInWords(minimumTenure)}`);
  return holding(
    gate,
    () => `a customer for less than ${durationInWords(minimumTenure)}${nextInWords(oldEnough, at, zone)}`,
    oldEnough,
  );
}

const TENURE_UNKNOWN = passing(
  'per_account.minimum_tenure',
  'not known when they became a customer, so this is not checked',
);

function answerBlackouts({ catalog, at, zone }: Situation): Finding {
  let next: Instant | undefined;
  for (const { from, to, why } of catalog.guardrails.blackouts) {
    if (from <= at && at < to)
      return holding('blackouts', () => `nobody is asked until ${whenInWords(to, at, zone)}: ${why}`, to);
    if (from > at && from < to) next = Math.min(from, next ?? from);
  }
  return next === undefined ? NO_BLACKOUTS : passing('blackouts', NO_DAYS, next);
}

const NO_DAYS = 'no days without asks';
const NO_BLACKOUTS = passing('blackouts', NO_DAYS);

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
