import type { GateAnswer } from '../engine/decision.ts';
import { iso } from '../engine/time.ts';
import type { describeAccount, explainAccount, listAccounts } from '../use-cases/read-accounts.ts';
import { presentAsk } from './present-ask.ts';

/** One line of the list of accounts. */
export function presentHead({
  id,
  name,
  ownerEmail,
  readiness,
  evaluatedAt,
}: Awaited<ReturnType<typeof listAccounts>>[number]) {
  return { id, name, owner: ownerEmail, readiness, evaluated_at: evaluatedAt?.toISOString() ?? null };
}

/** An account with its reasons. */
export function presentAccount({
  account,
  readiness,
  traits,
  people,
  asks,
  referrals,
  flags,
}: Awaited<ReturnType<typeof describeAccount>>) {
  return {
    id: account.id,
    name: traits['name'] ?? null,
    readiness: readiness.value,
    contributions: readiness.contributions,
    dampers: readiness.dampers,
    traits,
    hold:
      account.hold === undefined
        ? null
        : { until: iso(account.hold.until), reason: account.hold.reason, by: account.hold.by },
    people: people.map(({ id, traits: own, suppressed }) => ({
      id,
      name: own['name'] ?? null,
      email: own['email'] ?? null,
      title: own['title'] ?? null,
      suppressed: suppressed ?? null,
    })),
    asks: asks.map(presentAsk),
    referrals: referrals.map(({ id, stage, company, companyName, personId, createdAt }) => ({
      id,
      stage,
      company: companyName ?? company,
      advocate: personId,
      created_at: createdAt.toISOString(),
    })),
    flags: flags.map(({ flag, what }) => ({ flag, what })),
  };
}

/** What each trigger says of an account, gate by gate. */
export function presentWhy({ at, decisions, withoutData }: Awaited<ReturnType<typeof explainAccount>>) {
  return {
    at: iso(at),

    signals_without_data: withoutData,
    triggers: decisions.map((decision) => ({
      trigger: decision.trigger,
      verdict: decision.verdict,
      shadow: decision.shadow,
      person: decision.personId ?? null,
      readiness: decision.readiness,
      gates: presentGates(decision.gates),
    })),
  };
}

/** What each gate of a decision says, and when time alone could open it. */
export const presentGates = (gates: readonly GateAnswer[]) =>
  gates.map(({ gate, passes, because, couldPassAt }) => ({
    gate,
    passes,
    because,
    could_pass_at: iso(couldPassAt),
  }));
