import { holding, passing } from './account-guardrail.ts';
import { nextInWords, whenInWords } from './because.ts';
import type { Trigger } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import { deliveredAt, isPending } from './ledger.ts';
import type { Situation } from './situation.ts';
import type { Instant } from './time.ts';

/** What holds a trigger itself at this account, whomever it would ask. */
export function guardTrigger(situation: Situation, trigger: Trigger, hasOpening: boolean): GateAnswer[] {
  const answers = [answerPause(situation, trigger)];
  if (trigger.audience) answers.push(answerAudience(situation, trigger.audience.accounts));
  if (trigger.kind === 'ask') answers.push(answerOutranked(situation, trigger));
  if (situation.view.agenda.dormant && !hasOpening) {
    answers.push(holding('imported', 'only imported history is known so far; the next new event starts it'));
  }
  return answers;
}

export function answerPause(
  { view, at, zone }: Situation,
  { name, status }: Pick<Trigger, 'name' | 'status'>,
): GateAnswer {
  let until: Instant | undefined;
  for (const pause of view.pauses) {
    const concerns = pause.trigger === '*' || pause.trigger === name;
    if (concerns && pause.until > at) until = Math.max(pause.until, until ?? pause.until);
  }
  if (status === 'paused') until = Number.POSITIVE_INFINITY;
  if (until === undefined) return passing('paused', 'not stopped');
  const end =
    until === Number.POSITIVE_INFINITY ? 'until someone resumes it' : `until ${whenInWords(until, at, zone)}`;
  return holding('paused', `stopped by hand ${end}`, until);
}

function answerAudience({ view }: Situation, accounts: readonly string[]): GateAnswer {
  return accounts.includes(view.id)
    ? passing('audience', 'among the pilot accounts')
    : holding('audience', 'this is for pilot accounts only, and this account is none of them');
}

// An open card takes no place in the caps, but what is weaker waits until it was seen or has run out.
function answerOutranked({ asks, index, at, zone }: Situation, trigger: Trigger): GateAnswer {
  let until: Instant | undefined;
  for (const ask of asks) {
    if (ask.channel !== 'nudge' || ask.kind !== 'ask' || !isPending(ask) || deliveredAt(ask) !== undefined)
      continue;
    const rival = index.triggers.get(ask.trigger);
    const expiresAt = ask.expiresAt ?? Number.POSITIVE_INFINITY;
    if (!rival || rival.priority <= trigger.priority || expiresAt <= at) continue;
    until = Math.max(expiresAt, until ?? expiresAt);
  }
  if (until === undefined) return passing('outranked', 'no other ask comes first');
  return holding('outranked', `another ask came first${nextInWords(until, at, zone)}`, until);
}
