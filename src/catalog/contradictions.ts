import type { Catalog, Gate, ReferralGate, Test, Trigger, Where } from '../engine/catalog.ts';
import { NPS_ANSWERED } from '../engine/nps.ts';
import { isSatisfiable } from './satisfiable.ts';
import { UNDATED } from './undated.ts';

/** Why a trigger can never ask, and the path of what says so: `when[1]`. */
export type Hopeless = { readonly path: string; readonly why: string };

/** Gates of a trigger that can never pass together. */
export function contradictions(trigger: Trigger, catalog: Catalog): Hopeless[] {
  return [
    ...refusedAgain(trigger, catalog),
    ...readinessOutOfReach(trigger, catalog),
    ...(['event', 'account', 'person'] as const).flatMap((kind) => noSuchValue(kind, trigger, catalog)),
  ];
}

/** Whatever passes the gate of "when" is refused by one of "unless". */
function refusedAgain({ when, unless }: Trigger, { signals }: Catalog): Hopeless[] {
  const undated = new Set(
    signals.flatMap(({ name, evidence }) => (UNDATED.has(evidence.kind) ? [name] : [])),
  );
  return when.flatMap((wanted, index) => {
    const refused = unless.findIndex((gate) => implies(wanted, gate, undated));
    return refused < 0
      ? []
      : [
          {
            path: `when[${index}]`,
            why: `${inWords(wanted)} wanted here is refused by unless[${refused}]`,
          },
        ];
  });
}

/** Whether `wanted` can hold only where `refused` holds too. */
function implies(wanted: Gate, refused: Gate, undated: ReadonlySet<string>): boolean {
  if (wanted.kind === 'signal' && refused.kind === 'signal') {
    const isSame = wanted.signal === refused.signal;
    return isSame && (undated.has(wanted.signal) || isInside(wanted.within, refused.within));
  }
  if (wanted.kind === 'tenure' && refused.kind === 'tenure') return wanted.atLeast >= refused.atLeast;
  if (wanted.kind === 'declined' && refused.kind === 'declined') return wanted.within <= refused.within;
  if (wanted.kind === 'asked' && refused.kind === 'asked') {
    const { channel = wanted.channel, trigger = wanted.trigger } = refused;
    return wanted.within <= refused.within && channel === wanted.channel && trigger === wanted.trigger;
  }
  if (wanted.kind === 'referral' && refused.kind === 'referral')
    return impliesReferral(wanted.referral, refused.referral);
  return false;
}

/** Whether all that dates from the last `span` lies in the last `other`; undefined is all there ever was. */
function isInside(span: number | undefined, other: number | undefined): boolean {
  return other === undefined || (span !== undefined && span <= other);
}

function impliesReferral(wanted: ReferralGate, refused: ReferralGate): boolean {
  if (refused === 'any' || wanted === refused) return true;
  if (typeof wanted === 'string' || typeof refused === 'string') return false;
  return wanted.stage === refused.stage && isInside(wanted.within, refused.within);
}

function readinessOutOfReach({ when, unless }: Trigger, { signals }: Catalog): Hopeless[] {
  const bounds = (gates: readonly Gate[]) => gates.filter((gate) => gate.kind === 'readiness');
  const all = [{ atLeast: 0, atMost: 100 }, ...bounds(when)];
  const none = bounds(unless);
  const path = when.some(({ kind }) => kind === 'readiness')
    ? `when[${when.findIndex(({ kind }) => kind === 'readiness')}]`
    : 'unless';
  if (!isSatisfiable({ all, none })) return [{ path, why: 'no readiness passes all of its bounds' }];
  const refused = new Set(unless.flatMap((gate) => (isPlainSignal(gate) ? [gate.signal] : [])));
  const most = mostReadiness(signals.filter(({ name }) => !refused.has(name)));
  if (isSatisfiable({ all: [...all, { atMost: most + 1e-9 }], none })) return [];
  const refusedBelow = none.flatMap(({ atLeast, atMost = 0 }) => (atLeast === undefined ? atMost : []));
  const least = Math.max(0, ...bounds(when).map(({ atLeast = 0 }) => atLeast), ...refusedBelow);
  const whose = signals.some(({ name, effect }) => refused.has(name) && effect.kind === 'points')
    ? 'all signals that it does not refuse'
    : 'all signals together';
  return [
    { path, why: `it wants a readiness of ${least}, and ${whose} reach ${Math.floor(most * 10) / 10}` },
  ];
}

const isPlainSignal = (gate: Gate): gate is Extract<Gate, { kind: 'signal' }> =>
  gate.kind === 'signal' && gate.within === undefined;

/** What an account reaches for which every one of these signals speaks. */
function mostReadiness(signals: Catalog['signals']): number {
  const rest = signals.reduce(
    (left, { effect }) => (effect.kind === 'points' ? left * (1 - effect.points / 100) : left),
    1,
  );
  return 100 * (1 - rest);
}

const SCORES = Array.from({ length: 11 }, (_, score) => score);
const DETRACTOR_MOST = 6;

/** A property or trait that no value satisfies. */
function noSuchValue(kind: 'event' | 'account' | 'person', trigger: Trigger, catalog: Catalog): Hopeless[] {
  const { when, unless, on, who } = trigger;
  const wheres = (gates: readonly Gate[]) =>
    gates.flatMap((gate) => (gate.kind === kind ? [gate.where] : []));
  const wanted = wheres(when).flat();
  const paths = [...new Set(wanted.map(({ path }) => path))];
  const { never, perPerson } = catalog.guardrails;
  return paths.flatMap((path) => {
    const all = wanted.filter((one) => one.path === path).map(({ test }) => test);
    const none = wheres(unless).flatMap((where) => alone(where, path));
    const isScore = kind === 'event' && path === 'score' && on.every((name) => name === NPS_ANSWERED);
    const at = `when[${when.findIndex((gate) => gate.kind === kind && gate.where.some((one) => one.path === path))}].${kind}.${path}`;
    if (!isSatisfiable({ all, none }, isScore ? SCORES : undefined))
      return [{ path: at, why: `no ${path}${isScore ? ' from 0 to 10' : ''} passes all of its gates` }];
    if (trigger.kind === 'thanks') return [];
    if (
      kind === 'account' &&
      path === 'plan' &&
      !isSatisfiable({ all, none: [...none, { in: never.plans }] })
    )
      return [{ path: at, why: 'guardrails.yaml lists every such plan in never.plans' }];
    const happy = [...all, { atLeast: DETRACTOR_MOST + 1 }];
    if (
      isScore &&
      who === 'actor' &&
      perPerson.detractorFor > 0 &&
      !isSatisfiable({ all: happy, none }, SCORES)
    )
      return [{ path: at, why: 'per_person.detractor_for keeps whoever gave a 6 or less from being asked' }];
    return [];
  });
}

/** A gate of several conditions refuses only where all of them are met, so alone none of them does. */
function alone(where: Where, path: string): Test[] {
  const [only, another] = where;
  return only !== undefined && another === undefined && only.path === path ? [only.test] : [];
}

function inWords(gate: Gate): string {
  return gate.kind === 'signal' ? `the signal ${gate.signal}` : `the gate ${gate.kind}`;
}
