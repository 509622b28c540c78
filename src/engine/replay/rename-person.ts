import type { Agenda } from '../account.ts';
import type { PersonId } from '../event.ts';
import { mergeAnswers } from '../nps.ts';
import { own, put } from '../record.ts';
import type { AccountState, Mark, PersonMemory } from '../state.ts';

/**
 * Gives what a state remembers of one person to another who they turned out to be. It is then what folding all the
 * events anew would give: counts add up, the later of two instants stays, answers of one response become one.
 */
export function renamePerson(state: AccountState, from: PersonId, to: PersonId): void {
  const memory = own(state.people, from);
  if (memory !== undefined) {
    delete state.people[from];
    put(state.people, to, together(own(state.people, to), memory));
  }
  const answers = own(state.answers, from);
  if (answers !== undefined) {
    delete state.answers[from];
    put(state.answers, to, mergeAnswers(own(state.answers, to) ?? [], answers));
  }
  for (const mark of marksOf(state)) if (mark.personId === from) mark.personId = to;
  for (const referral of Object.values(state.referrals))
    if (referral.personId === from) referral.personId = to;
}

/** The same for the events that wait. */
export function renameInAgenda(agenda: Agenda, from: PersonId, to: PersonId): Agenda {
  const all = Object.entries(agenda.openings);
  if (!all.some(([, waiting]) => waiting.some(({ personId }) => personId === from))) return agenda;
  const openings = all.map(([trigger, waiting]) => [
    trigger,
    waiting.map((opening) => (opening.personId === from ? { ...opening, personId: to } : opening)),
  ]);
  return { ...agenda, openings: Object.fromEntries(openings) };
}

function together(a: PersonMemory | undefined, b: PersonMemory): PersonMemory {
  if (a === undefined) return b;
  const isLater = a.latest.at > b.latest.at || (a.latest.at === b.latest.at && a.latest.id > b.latest.id);
  return { own: a.own + b.own, latest: isLater ? a.latest : b.latest };
}

/** Every mark of an event that a state keeps. */
export function* marksOf(state: AccountState): Generator<Mark> {
  for (const { latest } of Object.values(state.matched)) if (latest !== undefined) yield latest;
  for (const { first } of Object.values(state.milestones)) yield* first;
  for (const { latest } of Object.values(state.frequencies)) yield latest;
}
