import type { Catalog, Trigger } from '../engine/catalog.ts';
import { type Seen, unseenSignals } from '../engine/unseen.ts';

export type WaitingTrigger = {
  readonly trigger: string;
  /** What would have to come: `the event "Kind Words"`. */
  readonly missing: string;
};

/** The triggers that cannot ask before something comes that nobody has ever reported. */
export function waitingTriggers({ triggers, signals }: Catalog, seen: Seen): WaitingTrigger[] {
  // Whether a trait is not so can be told without ever having heard of it.
  const evidence = signals.filter(({ evidence: { kind } }) => kind !== 'trait');
  const unseen = new Map(unseenSignals(evidence, seen).map(({ signal, missing }) => [signal, missing]));
  return triggers
    .filter(({ status }) => status === 'live' || status === 'shadow')
    .flatMap((trigger) => {
      const missing = missingOpening(trigger, seen) ?? missingSignal(trigger, unseen);
      return missing === undefined ? [] : [{ trigger: trigger.name, missing }];
    });
}

// What becomes of asks and referrals Goodturn itself will report, once there are any.
const isOurs = (event: string) => /^(Ask|Referral) /.test(event);

function missingOpening({ on }: Trigger, { events }: Seen): string | undefined {
  if (on.length === 0 || on.some((name) => events.has(name) || isOurs(name))) return undefined;
  const names = on.map((name) => `"${name}"`).join(' or ');
  return `the event ${names}`;
}

function missingSignal({ when }: Trigger, unseen: ReadonlyMap<string, string>): string | undefined {
  const wanted = when.flatMap((gate) => (gate.kind === 'signal' ? [gate.signal] : []));
  const missing = wanted.find((name) => unseen.has(name));
  return missing === undefined ? undefined : `${unseen.get(missing)}, which the signal ${missing} needs`;
}
