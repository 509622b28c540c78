import type { Agenda, Opening } from './account.ts';
import type { Judged } from './judge.ts';
import { freshOpenings } from './openings.ts';
import { own } from './record.ts';
import type { Settled } from './settle.ts';
import type { Situation } from './situation.ts';

/** What the account remembers after an evaluation: the same agenda where nothing changed. */
export function nextAgenda(
  { index, view, at }: Situation,
  { judged, asks }: Settled,
  verdicts: readonly string[],
): Agenda {
  const { agenda } = view;
  const openings: Record<string, readonly Opening[]> = {};
  for (const trigger of index.evaluated) {
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
  for (const [i, one] of judged.entries()) kept[verdictKey(one)] = verdicts[i] ?? '';
  const next = { openings, cycles, verdicts: kept, ...(agenda.dormant && { dormant: true }) };
  return isSame(agenda, next) ? agenda : next;
}

/** Where an agenda keeps the last verdict of a trigger, or of one of its events. */
export function verdictKey({ trigger, opening }: Pick<Judged, 'trigger' | 'opening'>): string {
  return opening ? `${trigger.name}/${opening.id}` : trigger.name;
}

/** The verdict, what holds and whom it concerns: what tells one decision of a trigger from the next. */
export function verdictOf({ gates, due, choice }: Judged): string {
  const holding: string[] = [];
  for (const { gate, passes } of gates) {
    if (!passes && !holding.includes(gate)) holding.push(gate);
  }
  const person = choice.kind === 'chosen' ? choice.person.id : '';
  return `${due ? 'ask' : 'hold'}:${holding.sort().join(',')}:${person}`;
}

function isSame(a: Agenda, b: Agenda): boolean {
  return (
    sameEntries(a.verdicts, b.verdicts, Object.is) &&
    sameEntries(a.cycles, b.cycles, Object.is) &&
    sameEntries(
      a.openings,
      b.openings,
      (one, other) => one.length === other.length && one.every(({ id }, i) => id === other[i]?.id),
    )
  );
}

function sameEntries<Value>(
  a: Readonly<Record<string, Value>>,
  b: Readonly<Record<string, Value>>,
  same: (one: Value, other: Value) => boolean,
): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const one = own(a, key);
    const other = own(b, key);
    return one !== undefined && other !== undefined && same(one, other);
  });
}
