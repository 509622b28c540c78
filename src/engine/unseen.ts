import type { Signal } from './catalog.ts';
import { NPS_ANSWERED } from './nps.ts';

/** What has ever been reported, by anyone. */
export type Seen = { readonly events: ReadonlySet<string>; readonly traits: ReadonlySet<string> };

export type UnseenSignal = {
  readonly signal: string;
  /** What would have to come: `the event "Kind Words"`, `the account trait "seats"`. */
  readonly missing: string;
};

/** The signals that have never had anything to go by: most likely a name is misspelt, or a source not connected. */
export function unseenSignals(signals: readonly Signal[], seen: Seen): UnseenSignal[] {
  return signals.flatMap((signal) => {
    const missing = missingOf(signal, seen);
    return missing === undefined ? [] : [{ signal: signal.name, missing }];
  });
}

function missingOf({ evidence }: Signal, { events, traits }: Seen): string | undefined {
  switch (evidence.kind) {
    case 'happened':
    case 'milestone':
    case 'frequency':
    case 'silent':
      return events.has(evidence.match.event) ? undefined : `the event "${evidence.match.event}"`;
    case 'nps':
      return events.has(NPS_ANSWERED) ? undefined : `the event "${NPS_ANSWERED}"`;
    case 'growth':
      return traits.has(evidence.trait) ? undefined : `the account trait "${evidence.trait}"`;
    case 'trait':
      return traits.has(evidence.name) ? undefined : `the account trait "${evidence.name}"`;
    case 'tenure':
      return undefined;
    default:
      return evidence satisfies never;
  }
}
