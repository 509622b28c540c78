import type { Match, Signal, Where } from './catalog.ts';
import type { WatchedTrait } from './growth.ts';
import type { ScoreRange } from './nps.ts';
import { saysNames } from './says.ts';

/** What one event name means to one signal. `own`: a match is evidence by the person who did it. */
export type Step = {
  readonly signal: string;
  readonly where: Where;
  readonly said: readonly string[];
  readonly own: boolean;
} & (
  | { readonly kind: 'match' | 'until' }
  | { readonly kind: 'milestone' | 'frequency'; readonly times: number }
);

/** The signals of a catalog by what they look at, so that folding an event that concerns none costs one lookup. */
export type SignalIndex = {
  readonly steps: ReadonlyMap<string, readonly Step[]>;
  readonly watched: readonly WatchedTrait[];
  readonly nps: { readonly said: readonly string[]; readonly own: readonly ScoreRange[] };
};

/** Lays signals out by what they look at. */
export function indexSignals(signals: readonly Signal[]): SignalIndex {
  const steps = new Map<string, Step[]>();
  const watched = new Map<string, WatchedTrait>();
  const nps = { said: new Set<string>(), own: [] as ScoreRange[] };
  const add = (event: string, step: Step) => steps.set(event, [...(steps.get(event) ?? []), step]);

  for (const signal of signals) {
    const said = saysNames(signal.says);
    for (const [event, step] of stepsOf(signal, said)) add(event, step);
    if (signal.evidence.kind === 'growth') {
      const { trait, within } = signal.evidence;
      const known = watched.get(trait);
      const longest = Math.max(within, known?.longest ?? 0);
      watched.set(trait, { trait, longest, said: [...new Set([...(known?.said ?? []), ...said])] });
    }
    if (signal.evidence.kind === 'nps') {
      for (const name of said) nps.said.add(name);
      if (signal.effect.kind === 'points') nps.own.push(signal.evidence);
    }
  }
  return { steps, watched: [...watched.values()], nps: { said: [...nps.said], own: nps.own } };
}

function stepsOf({ name, evidence, effect }: Signal, said: readonly string[]): (readonly [string, Step])[] {
  const own = effect.kind === 'points';
  const common = ({ where }: Match) => ({ signal: name, where, said, own });
  switch (evidence.kind) {
    case 'happened': {
      const { match, until } = evidence;
      const happened = [match.event, { ...common(match), kind: 'match' }] as const;
      return until ? [happened, [until.event, { ...common(until), own: false, kind: 'until' }]] : [happened];
    }
    case 'milestone':
    case 'frequency': {
      const { kind, match, times } = evidence;
      return [[match.event, { ...common(match), kind, times }]];
    }
    case 'silent':
      // Such an event is what breaks the silence, so it is no evidence of its own.
      return [[evidence.match.event, { ...common(evidence.match), own: false, kind: 'match' }]];
    case 'growth':
    case 'nps':
    case 'trait':
    case 'tenure':
      return [];
    default:
      return evidence satisfies never;
  }
}
