import { appendFileSync } from 'node:fs';

/** What happened in a run as seen from outside the service: all that a check may hold it to. */
export type Entry =
  /** A request with these events went out for the first time. */
  | { readonly kind: 'sent'; readonly events: readonly string[] }
  /** It was answered 2xx. */
  | { readonly kind: 'acked'; readonly events: readonly string[] }
  | { readonly kind: 'outcome'; readonly ask: string; readonly outcome: string }
  | { readonly kind: 'referral'; readonly id: string; readonly advocate: string; readonly company: string }
  | { readonly kind: 'stage'; readonly referral: string; readonly stage: string }
  /** Acknowledged news after which this trigger has to ask in this account, sooner or later. */
  | { readonly kind: 'promised'; readonly account: string; readonly trigger: string }
  /** The mail server has this body, whether or not it got to say so. */
  | { readonly kind: 'mail'; readonly messageId: string; readonly to: string }
  /** The mail server will never take a mail to this address. */
  | { readonly kind: 'refused'; readonly to: string }
  | { readonly kind: 'ready'; readonly afterMs: number }
  | { readonly kind: 'kill'; readonly moment: string }
  /** Something that must not happen at all. */
  | { readonly kind: 'surprise'; readonly what: string };

export type History = {
  readonly entries: readonly Entry[];
  readonly add: (entry: Entry) => void;
};

/** Keeps every entry in memory, and as a line of `file`, for whoever looks into a failure afterwards. */
export function createHistory(file: string): History {
  const entries: Entry[] = [];
  return {
    entries,
    add: (entry) => {
      entries.push(entry);
      appendFileSync(file, `${JSON.stringify({ at: Date.now(), ...entry })}\n`);
    },
  };
}

/** The entries of one kind. */
export function ofKind<K extends Entry['kind']>(entries: readonly Entry[], kind: K) {
  return entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
}
