import type { Hold } from './account.ts';
import { durationInWords, holdInWords, nextInWords, whenInWords } from './because.ts';
import type { Rate } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import { isAtDomain } from './domain.ts';
import type { GateName } from './gate-labels.ts';
import { type Standing, standing } from './ledger.ts';
import { answerSignal } from './signal-gate.ts';
import type { Situation } from './situation.ts';
import { tenureSince } from './tenure.ts';
import type { Instant } from './time.ts';
import { accountTrait } from './traits.ts';

/** What the guardrails say of the account itself, to every ask alike. */
export function guardAccount(situation: Situation): GateAnswer[] {
  return [...guardAccountAgain(situation), answerTenure(situation)];
}

/** The part of it that is checked a second time before delivery. */
export function guardAccountAgain(situation: Situation): GateAnswer[] {
  const { catalog, view } = situation;
  const { guardrails } = catalog;
  return [
    answerHold(view.hold, 'account', situation),
    ...answerNever(situation),
    ...guardrails.blockWhen.map((signal) => answerSignal(situation, { signal }, 'unless')),
    answerRate(
      'per_account.asks',
      'this account was asked',
      guardrails.perAccount.asks,
      standingOfAccount(situation),
      situation,
    ),
    answerBlackouts(situation),
  ];
}

export function answerHold(
  hold: Hold | undefined,
  whose: 'account' | 'person',
  { at, zone }: Situation,
): GateAnswer {
  if (!hold || hold.until <= at) return passing('hold', `no hold on the ${whose}`);
  return holding('hold', holdInWords(hold, at, zone), hold.until);
}

/** Words and instants of a rate: how often `what` happened, and when there is room again. */
export function answerRate(
  gate: GateName,
  what: string,
  rate: Rate,
  { full, taken, freeAt }: Standing,
  { at, zone }: Situation,
): GateAnswer {
  const times = taken === 1 ? 'once' : `${taken} times`;
  const words = `${what} ${times} in the last ${durationInWords(rate.within)}`;
  if (!full) return passing(gate, words);
  return holding(gate, `${words}, and ${rate.count} is the most${nextInWords(freeAt, at, zone)}`, freeAt);
}

export function passing(gate: GateName, because: string): GateAnswer {
  return { gate, passes: true, because };
}

/** A gate that holds, until `until` where time alone lets it pass. */
export function holding(gate: GateName, because: string, until?: Instant): GateAnswer {
  if (until === undefined || until === Number.POSITIVE_INFINITY) return { gate, passes: false, because };
  return { gate, passes: false, because, couldPassAt: until, changesAt: until };
}

function standingOfAccount({ catalog, asks, counts, at }: Situation): Standing {
  const counted = asks.filter((ask) => ask.kind === 'ask' && counts(ask));
  return standing(counted, catalog.guardrails.perAccount.asks, at);
}

function answerNever({ catalog, view }: Situation): GateAnswer[] {
  const { never } = catalog.guardrails;
  const domain = text(accountTrait(view.state, 'domain'));
  const plan = text(accountTrait(view.state, 'plan'));
  return [
    never.accounts.includes(view.id)
      ? holding('never.accounts', 'this account is on the list of those never asked')
      : passing('never.accounts', 'not on the list of accounts never asked'),
    domain !== undefined && isAtDomain(domain, never.domains)
      ? holding('never.domains', `${domain} is on the list of domains never asked`)
      : passing('never.domains', 'not on the list of domains never asked'),
    plan !== undefined && never.plans.some((one) => one.toLowerCase() === plan.toLowerCase())
      ? holding('never.plans', `accounts on the plan ${plan} are never asked`)
      : passing('never.plans', plan === undefined ? 'no plan is known' : `the plan is ${plan}`),
    domain !== undefined && isAtDomain(domain, view.workspace.teamDomains)
      ? holding('team_domains', `${domain} is our own domain`)
      : passing('team_domains', 'not our own domain'),
  ];
}

function answerTenure({ catalog, view, at, zone }: Situation): GateAnswer {
  const { minimumTenure } = catalog.guardrails.perAccount;
  const since = tenureSince(view.state);
  const gate = 'per_account.minimum_tenure';
  if (!since?.known) return passing(gate, 'not known when they became a customer, so this is not checked');
  const oldEnough = since.at + minimumTenure;
  if (at >= oldEnough) return passing(gate, `a customer for longer than ${durationInWords(minimumTenure)}`);
  return holding(
    gate,
    `a customer for less than ${durationInWords(minimumTenure)}${nextInWords(oldEnough, at, zone)}`,
    oldEnough,
  );
}

function answerBlackouts({ catalog, at, zone }: Situation): GateAnswer {
  let next: Instant | undefined;
  for (const { from, to, why } of catalog.guardrails.blackouts) {
    if (from <= at && at < to)
      return holding('blackouts', `nobody is asked until ${whenInWords(to, at, zone)}: ${why}`, to);
    if (from > at && from < to) next = Math.min(from, next ?? from);
  }
  const answer = passing('blackouts', 'no days without asks');
  return next === undefined ? answer : { ...answer, changesAt: next };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
