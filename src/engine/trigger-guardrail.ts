import type { AskRecord } from './account.ts';
import { nextInWords, whenInWords } from './because.ts';
import type { Trigger } from './catalog.ts';
import { type Finding, holding, passing } from './finding.ts';
import { deliveredAt, isPending } from './ledger.ts';
import type { Situation } from './situation.ts';
import type { Instant } from './time.ts';

/** What holds a trigger itself at this account, whomever it would ask. */
export function guardTrigger(
  situation: Situation,
  trigger: Trigger,
  hasOpening: boolean,
): readonly Finding[] {
  const isDormant = situation.view.agenda.dormant === true && !hasOpening;
  if (
    situation.view.pauses.length === 0 &&
    cardsIn(situation).length === 0 &&
    !trigger.audience &&
    !isDormant
  )
    return trigger.kind === 'ask' ? CALM : CALM_THANKS;
  const findings = [answerPause(situation, trigger)];
  if (trigger.audience) findings.push(answerAudience(situation, trigger.audience.accounts));
  if (trigger.kind === 'ask') findings.push(answerOutranked(situation, trigger));
  if (isDormant) findings.push(IMPORTED);
  return findings;
}

const IMPORTED = holding('imported', 'only imported history is known so far; the next new event starts it');

export function answerPause(
  { view, at, zone }: Situation,
  { name, status }: Pick<Trigger, 'name' | 'status'>,
): Finding {
  let until: Instant | undefined;
  for (const pause of view.pauses) {
    const concerns = pause.trigger === '*' || pause.trigger === name;
    if (concerns && pause.until > at) until = Math.max(pause.until, until ?? pause.until);
  }
  if (status === 'paused') return PAUSED_IN_FILE;
  if (until === undefined) return NOT_PAUSED;
  const end = until;
  const words = () =>
    end === Number.POSITIVE_INFINITY ? 'until someone resumes it' : `until ${whenInWords(end, at, zone)}`;
  return holding('paused', () => `stopped by hand ${words()}`, end);
}

const PAUSED_IN_FILE = holding('paused', 'its file says status: paused');
const NOT_PAUSED = passing('paused', 'not stopped');

function answerAudience({ view }: Situation, accounts: readonly string[]): Finding {
  return accounts.includes(view.id) ? IN_AUDIENCE : NOT_IN_AUDIENCE;
}

const IN_AUDIENCE = passing('audience', 'among the pilot accounts');
const NOT_IN_AUDIENCE = holding(
  'audience',
  'this is for pilot accounts only, and this account is none of them',
);

// An open card takes no place in the caps, but what is weaker waits until it was seen or has run out.
function answerOutranked(situation: Situation, trigger: Trigger): Finding {
  const { index, at, zone } = situation;
  let until: Instant | undefined;
  for (const ask of cardsIn(situation)) {
    const rival = index.triggers.get(ask.trigger);
    const expiresAt = ask.expiresAt ?? Number.POSITIVE_INFINITY;
    if (!rival || rival.priority <= trigger.priority || expiresAt <= at) continue;
    until = Math.max(expiresAt, until ?? expiresAt);
  }
  if (until === undefined) return NOT_OUTRANKED;
  const end = until;
  return holding('outranked', () => `another ask came first${nextInWords(end, at, zone)}`, end);
}

const NOT_OUTRANKED = passing('outranked', 'no other ask comes first');

// As it nearly always is.
const CALM = [NOT_PAUSED, NOT_OUTRANKED];
const CALM_THANKS = [NOT_PAUSED];

function cardsIn({ asks, found }: Situation): readonly AskRecord[] {
  found.cards ??= asks.filter(
    (ask) =>
      ask.channel === 'nudge' && ask.kind === 'ask' && isPending(ask) && deliveredAt(ask) === undefined,
  );
  return found.cards;
}
