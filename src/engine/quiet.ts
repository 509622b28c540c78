import type { Catalog } from './catalog.ts';
import { indexOf } from './catalog-index.ts';
import type { Evaluation } from './decision.ts';
import type { Event } from './event.ts';
import { own } from './record.ts';
import { type EffectsOf, foldAndTell } from './replay/effects.ts';
import type { SignalIndex } from './signal-index.ts';
import type { AccountState } from './state.ts';
import type { Instant } from './time.ts';

/**
 * What an event means to an account that has been decided before. `seen`: somebody known was there again, and only when
 * that was has changed. `more`: the state has changed, but no answer that it gives. `news`: decisions may differ.
 */
export type Meaning = 'seen' | 'more' | 'news';

/**
 * Folds an event, and says what it means. Never less than it does, sometimes more. `isKnown`: what it says of its person
 * was known.
 */
export function foldAndWeigh(
  state: AccountState,
  event: Event,
  effectsOf: EffectsOf,
  index: SignalIndex,
  at: Instant,
  isKnown = false,
): Meaning {
  const { name, source, personId, imported } = event;
  const effects = effectsOf(name);
  const isNobodyNew = personId === undefined || own(state.people, personId) !== undefined;
  const isUpdate = name === 'Person Updated' && !isKnown;
  const isPlain = isNobodyNew && !imported && source !== 'goodturn' && !isUpdate;
  const changesAnswers = foldAndTell(state, event, effects, index, at);
  if (changesAnswers || !isPlain || effects.opens.length > 0) return 'news';
  return effects.touched.length === 0 && effects.kind === 'plain' ? 'seen' : 'more';
}

/**
 * Whether events that are no news leave every verdict of an evaluation as it is. They may make somebody else the champion, which
 * matters to a trigger that nothing but its person holds.
 */
export function isSettled({ decisions }: Pick<Evaluation, 'decisions'>, catalog: Catalog): boolean {
  const { triggers, signals } = indexOf(catalog);
  return decisions.every(
    ({ trigger, holds }) =>
      triggers.get(trigger)?.who !== 'champion' ||
      holds.some((gate) => OF_THE_ACCOUNT.has(gate) || signals.has(gate)),
  );
}

const OF_THE_ACCOUNT: ReadonlySet<string> = new Set([
  'on',
  'readiness',
  'account',
  'referral',
  'tenure',
  'audience',
  'per_account.asks',
  'per_account.minimum_tenure',
]);
