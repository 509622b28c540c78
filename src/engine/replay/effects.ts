import { REMOVAL } from '../binding.ts';
import type { Catalog, Gate, Signal, Trigger } from '../catalog.ts';
import { indexOf, type Plan } from '../catalog-index.ts';
import type { Event, JsonObject } from '../event.ts';
import { fold } from '../fold.ts';
import { isAfter } from '../mark.ts';
import { matches } from '../match.ts';
import { read } from '../measure.ts';
import { hasLeft } from '../people.ts';
import type { Reading } from '../reading.ts';
import { own } from '../record.ts';
import { indexSignals, type Step } from '../signal-index.ts';
import type { AccountState } from '../state.ts';
import type { Instant } from '../time.ts';

/** What events of one name can change, worked out once for each name. */
export type Effects = {
  readonly touched: readonly { readonly step: Step; readonly signal: Signal; readonly isDated: boolean }[];
  readonly opens: readonly Opened[];
  readonly kind: 'plain' | 'account' | 'decisive';
  /** They say no more than that somebody did something. */
  readonly isIdle: boolean;
};

/** A trigger that waits for such events, with its gates on the event itself. */
export type Opened = {
  readonly trigger: Trigger;
  readonly plan: Plan;
  /** Its place among those that are evaluated. */
  readonly place: number;
  readonly ofEvent: readonly Sided[];
  /** It looks at the person's traits, so that no two are the same to it. */
  readonly looksAtTraits: boolean;
};
type Sided = { readonly gate: Extract<Gate, { kind: 'event' }>; readonly side: 'when' | 'unless' };

export type EffectsOf = (name: string) => Effects;

export function createEffects(catalog: Catalog): EffectsOf {
  const { steps } = indexSignals(catalog.signals);
  const index = indexOf(catalog);
  const dated = datedSignals(catalog);
  const places = new Map(catalog.triggers.map(({ name }, place) => [name, place]));
  const known = new Map<string, Effects>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const touched = (steps.get(name) ?? []).flatMap((step) => {
      const signal = index.signals.get(step.signal);
      return signal === undefined ? [] : [{ step, signal, isDated: dated.has(signal.name) }];
    });
    const opens = (index.waitingFor.get(name) ?? []).flatMap((trigger) => {
      const plan = index.plans.get(trigger.name);
      return plan === undefined ? [] : [opened(plan, places.get(trigger.name) ?? 0)];
    });
    const kind = kindOf(name);
    const isIdle = kind === 'plain' && touched.length === 0 && opens.length === 0;
    const effects = { touched, opens, kind, isIdle };
    // Names come from customers.
    if (known.size > 10_000) known.clear();
    known.set(name, effects);
    return effects;
  };
}

/** The triggers that ask a champion and wait for no event, laid out in the same way. */
export function championPlans(catalog: Catalog): readonly Opened[] {
  const plans = indexOf(catalog).unprompted.filter(({ trigger }) => trigger.who === 'champion');
  return plans.map((plan, i) => opened(plan, catalog.triggers.length + i));
}

function opened(plan: Plan, place: number): Opened {
  const ofEvent = plan.gates.flatMap(({ gate, side }) => (gate.kind === 'event' ? [{ gate, side }] : []));
  const looksAtTraits = plan.gates.some(({ gate }) => gate.kind === 'person');
  return { trigger: plan.trigger, plan, place, ofEvent, looksAtTraits };
}

function kindOf(name: string): Effects['kind'] {
  if (name === 'Account Updated') return 'account';
  return name === 'NPS Answered' ||
    name === REMOVAL ||
    name.startsWith('Referral ') ||
    name.startsWith('Ask ')
    ? 'decisive'
    : 'plain';
}

/** Signals of which it matters not only that they are there but since when. */
function datedSignals({ signals, triggers }: Catalog): ReadonlySet<string> {
  const within = (gates: readonly Gate[]) =>
    gates.flatMap((gate) => (gate.kind === 'signal' && gate.within !== undefined ? gate.signal : []));
  const fading = signals.flatMap(({ name, halfLife, expires }) =>
    (halfLife ?? expires) === undefined ? [] : name,
  );
  return new Set([
    ...fading,
    ...triggers.flatMap(({ when, unless }) => [...within(when), ...within(unless)]),
  ]);
}

/**
 * Folds an event, and says whether it may have changed an answer that an account's state gives. False for most: one
 * more workflow of an account that has completed ten or that has completed two, a page view, a trait said again.
 * Whatever changes by time alone is not its business: the account wakes up for that.
 */
export function foldAndTell(
  state: AccountState,
  event: Event,
  { touched, kind }: Effects,
  index: ReturnType<typeof indexSignals>,
  at: Instant,
): boolean {
  const isFirst = state.firstEventAt === undefined || event.occurredAt < state.firstEventAt;
  if (kind === 'decisive' || isFirst || mayBringBack(state, event)) {
    fold(state, event, index);
    return true;
  }
  const isNews = kind === 'account' && !saysTheSame(state, event.properties, event);
  if (touched.length === 0) {
    fold(state, event, index);
    return isNews;
  }
  const before = readings(state, touched, event, at);
  fold(state, event, index);
  return isNews || changed(state, touched, before, at);
}

const mayBringBack = (state: AccountState, { personId }: Event) =>
  personId !== undefined && hasLeft(state, personId);

function readings(
  state: AccountState,
  touched: Effects['touched'],
  event: Event,
  at: Instant,
): (Reading | 'none' | undefined)[] {
  return touched.map(({ step, signal }) => {
    if (!matches(step.where, event.properties)) return undefined;
    return startsSilence(state, signal) ? 'none' : read(state, signal, at);
  });
}

// The first event of its kind breaks no silence, but from now on there may be one; where it comes late, there is.
function startsSilence(state: AccountState, { name, evidence }: Signal): boolean {
  return evidence.kind === 'silent' && own(state.matched, name)?.latest === undefined;
}

function changed(
  state: AccountState,
  touched: Effects['touched'],
  before: readonly (Reading | 'none' | undefined)[],
  at: Instant,
): boolean {
  return touched.some(({ signal, isDated }, i) => {
    const then = before[i];
    if (then === undefined || then === 'none') return then === 'none';
    const now = read(state, signal, at);
    return now.strength !== then.strength || (now.strength === 1 && isDated && now.datedAt !== then.datedAt);
  });
}

/** Whether an update says of each trait only what was known, and is the last to say it. */
function saysTheSame(state: AccountState, properties: JsonObject, event: Event): boolean {
  for (const name in properties) {
    const known = own(state.traits, name);
    const value = properties[name];
    if (known === undefined || known.value !== value || typeof value === 'object' || !isAfter(event, known))
      return false;
  }
  return true;
}
