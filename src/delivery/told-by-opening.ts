import type { Signal } from '../engine/catalog.ts';
import { NPS_ANSWERED } from '../engine/nps.ts';

/** The signals that only say again what the event that opened an ask has said: one answer, or one such event. */
export function toldByOpening(
  signals: readonly Signal[],
  eventName: string | undefined,
): ReadonlySet<string> {
  const told = signals.filter(({ evidence }) =>
    evidence.kind === 'nps'
      ? eventName === NPS_ANSWERED && evidence.people === 1
      : evidence.kind === 'happened' && evidence.match.event === eventName,
  );
  return new Set(told.map(({ name }) => name));
}
