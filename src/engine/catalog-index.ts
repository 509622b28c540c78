import type { Catalog, Gate, Signal, Trigger } from './catalog.ts';
import { type Finding, holding } from './finding.ts';
import { numberOfGate } from './hold-set.ts';

/** What evaluations look up in a catalog again and again. */
export type CatalogIndex = {
  readonly signals: ReadonlyMap<string, Signal>;
  readonly triggers: ReadonlyMap<string, Trigger>;
  /** The live and shadow triggers, strongest first: by priority, then by name. */
  readonly evaluated: readonly Plan[];
  /** The same by name. */
  readonly plans: ReadonlyMap<string, Plan>;
  /** Those among them that wait for no event. */
  readonly unprompted: readonly Plan[];
  /** Those that do. */
  readonly prompted: readonly Plan[];
  /** Those that are neither: people may still ask why they are silent. */
  readonly idle: readonly Plan[];
  /** Event name to the live and shadow triggers that it opens. */
  readonly waitingFor: ReadonlyMap<string, readonly Trigger[]>;
};

/** A trigger, laid out for evaluation. */
export type Plan = {
  readonly trigger: Trigger;
  readonly gates: readonly PlannedGate[];
  /** The same for triggers that ask alike: whom, through what. */
  readonly approach: number;
  /** What it says while its event has not come, or while it is neither live nor shadow. */
  readonly waiting: Finding;
};

export type PlannedGate = {
  readonly gate: Gate;
  readonly side: 'when' | 'unless';
  /** The same for the same gate in other triggers, so that it is answered once; of gates about the account only. */
  readonly slot: number | undefined;
  /** Of the name it answers under. */
  readonly number: number;
};

const indexes = new WeakMap<Catalog, CatalogIndex>();

/** The index of a catalog, made once: a catalog never changes. */
export function indexOf(catalog: Catalog): CatalogIndex {
  const known = indexes.get(catalog);
  if (known) return known;
  const index = makeIndex(catalog);
  indexes.set(catalog, index);
  return index;
}

/** Orders triggers by strength, the strongest first. */
export function compareStrength(a: Trigger, b: Trigger): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : 1);
}

function makeIndex({ signals, triggers }: Catalog): CatalogIndex {
  const slots = new Map<string, number>();
  const approaches = new Map<string, number>();
  const plans = [...triggers].sort(compareStrength).map((trigger) => makePlan(trigger, slots, approaches));
  const evaluated = plans.filter(({ trigger }) => isEvaluated(trigger));
  const waitingFor = new Map<string, Trigger[]>();
  for (const { trigger } of evaluated) {
    for (const name of new Set(trigger.on)) waitingFor.set(name, [...(waitingFor.get(name) ?? []), trigger]);
  }
  return {
    signals: new Map(signals.map((signal) => [signal.name, signal])),
    triggers: new Map(triggers.map((trigger) => [trigger.name, trigger])),
    evaluated,
    plans: new Map(evaluated.map((plan) => [plan.trigger.name, plan])),
    unprompted: evaluated.filter(({ trigger }) => trigger.on.length === 0),
    prompted: evaluated.filter(({ trigger }) => trigger.on.length > 0),
    idle: plans.filter(({ trigger }) => !isEvaluated(trigger)),
    waitingFor,
  };
}

const isEvaluated = ({ status }: Trigger) => status === 'live' || status === 'shadow';

function makePlan(trigger: Trigger, slots: Map<string, number>, approaches: Map<string, number>): Plan {
  const planned = (side: PlannedGate['side']) => (gate: Gate) => ({
    gate,
    side,
    slot: slotOf(gate, side, slots),
    number: numberOfGate(gate.kind === 'signal' ? gate.signal : gate.kind),
  });
  return {
    trigger,
    gates: [...trigger.when.map(planned('when')), ...trigger.unless.map(planned('unless'))],
    approach: numberOf([trigger.kind, trigger.who, trigger.channel, trigger.fallback?.channel], approaches),
    waiting: isEvaluated(trigger)
      ? holding('on', `waiting for ${trigger.on.join(' or ')}`)
      : holding('status', `its file says status: ${trigger.status}; only a live one asks`),
  };
}

function slotOf(gate: Gate, side: PlannedGate['side'], slots: Map<string, number>): number | undefined {
  if (gate.kind === 'event' || gate.kind === 'person') return undefined;
  return numberOf([side, gate], slots);
}

/** The number of this, counted on from those met before. */
function numberOf(what: readonly unknown[], numbers: Map<string, number>): number {
  const key = JSON.stringify(what);
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  return number;
}
