import type { Agenda, Opening } from './account.ts';
import type { PlannedAsk } from './decision.ts';
import type { Judged } from './judge.ts';
import { freshOpenings } from './openings.ts';
import { own } from './record.ts';
import type { Situation } from './situation.ts';

/** What one trigger, or one of its events, came to; `changed`: other than the agenda has it. */
export type Verdict = {
  readonly judged: Judged;
  readonly key: string;
  readonly text: string;
  readonly changed: boolean;
};

/**
 * The verdict, what holds, and of an ask whom: what tells one decision of a trigger from the next. Whom it would ask if
 * nothing held changes with nearly every event of a busy account, and is no news.
 */
export function verdictOf({ view }: Situation, judged: Judged): Verdict {
  const { trigger, opening, approach, holds, due } = judged;
  const key = opening ? `${trigger.name}/${opening.id}` : trigger.name;
  const text = due ? `ask::${approach.found?.person.id ?? ''}` : holds.verdict;
  return { judged, key, text, changed: own(view.agenda.verdicts, key) !== text };
}

/** What the account remembers after an evaluation: the same agenda where nothing changed. */
export function nextAgenda(
  situation: Situation,
  asks: readonly PlannedAsk[],
  verdicts: readonly Verdict[],
): Agenda {
  const { index, view, at } = situation;
  const { agenda } = view;
  if (asks.length === 0 && isAsBefore(situation, verdicts)) return agenda;
  const openings: Record<string, readonly Opening[]> = {};
  for (const { trigger } of index.evaluated) {
    const left = freshOpenings(agenda, trigger, at).filter(
      ({ id }) => !asks.some((ask) => ask.trigger === trigger.name && ask.cycle === id),
    );
    if (left.length > 0) openings[trigger.name] = left;
  }
  const cycles: Record<string, number> = { ...agenda.cycles };
  for (const { trigger, opening } of asks) {
    if (!opening) cycles[trigger] = (own(cycles, trigger) ?? 0) + 1;
  }
  const kept: Record<string, string> = {};
  for (const { key, text } of verdicts) kept[key] = text;
  return { openings, cycles, verdicts: kept, ...(agenda.dormant && { dormant: true }) };
}

/** Whether the agenda has these verdicts and no others, and every event that waits may still ask. */
function isAsBefore({ index, view, at }: Situation, verdicts: readonly Verdict[]): boolean {
  const { agenda } = view;
  if (verdicts.some(({ changed }) => changed)) return false;
  if (sizeOf(agenda.verdicts) !== verdicts.length) return false;
  const waiting = sizeOf(agenda.openings);
  if (waiting === 0) return true;
  let still = 0;
  for (const { trigger } of index.evaluated) {
    const openings = own(agenda.openings, trigger.name);
    if (openings && openings.length > 0 && freshOpenings(agenda, trigger, at) === openings) still += 1;
  }
  return still === waiting;
}

function sizeOf(record: Readonly<Record<string, unknown>>): number {
  let size = 0;
  for (const _ in record) size += 1;
  return size;
}
