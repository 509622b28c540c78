import type { Evidence, Match, Signal, Test, TraitTest } from '../../src/engine/catalog.ts';
import type { Event, Json } from '../../src/engine/event.ts';

/**
 * Readiness a second time: no state, no index, straight from the formulas over the whole list of events at each
 * call. It shares no code with the engine, so that the two can only agree by both being right.
 */
export function oracleReadiness(history: readonly Event[], signals: readonly Signal[], t: number) {
  const events = until(history, t);
  const rows = signals.map((signal) => ({ signal, x: oracleX(events, signal, t) }));
  let missing = 1;
  let kept = 1;
  let total = 0;
  for (const { signal, x } of rows) {
    if (signal.effect.kind === 'points') {
      missing *= 1 - (signal.effect.points / 100) * x;
      total += -Math.log(1 - (signal.effect.points / 100) * x);
    }
    if (signal.effect.kind === 'dampens') kept *= 1 - signal.effect.share * x;
  }
  const value = 100 * (1 - missing) * kept;
  const contributions: Record<string, number> = {};
  const factors: Record<string, number> = {};
  for (const { signal, x } of rows) {
    if (x === 0) continue;
    if (signal.effect.kind === 'points') {
      contributions[signal.name] = (value * -Math.log(1 - (signal.effect.points / 100) * x)) / total;
    }
    if (signal.effect.kind === 'dampens') factors[signal.name] = 1 - signal.effect.share * x;
  }
  return { value, contributions, factors };
}

/** Strength and date of one signal, over the events up to `t`. */
export function oracleSignal(history: readonly Event[], signal: Signal, t: number) {
  const events = until(history, t);
  return { ...strengthOf(events, signal.evidence, t), x: oracleX(events, signal, t) };
}

function until(history: readonly Event[], t: number): Event[] {
  return history
    .filter((event) => event.occurredAt <= t)
    .toSorted((a, b) =>
      a.occurredAt === b.occurredAt ? (a.id < b.id ? -1 : 1) : a.occurredAt - b.occurredAt,
    );
}

function oracleX(events: readonly Event[], { evidence, halfLife, expires }: Signal, t: number): number {
  const { strength, a } = strengthOf(events, evidence, t);
  if (!strength) return 0;
  if (a === undefined) return 1;
  if (expires !== undefined && t - a >= expires) return 0;
  return halfLife === undefined ? 1 : 0.5 ** ((t - a) / halfLife);
}

type Strength = { strength: boolean; a?: number | undefined };

function strengthOf(events: readonly Event[], evidence: Evidence, t: number): Strength {
  switch (evidence.kind) {
    case 'happened': {
      const a = events.findLast((event) => isMatch(event, evidence.match))?.occurredAt;
      if (a === undefined) return { strength: false };
      const ended = evidence.until;
      return { strength: !(ended && events.some((e) => isMatch(e, ended) && e.occurredAt >= a)), a };
    }
    case 'milestone': {
      const reached = events.filter((event) => isMatch(event, evidence.match))[evidence.times - 1];
      return { strength: reached !== undefined, a: reached?.occurredAt };
    }
    case 'frequency': {
      const found = events.filter((e) => isMatch(e, evidence.match) && e.occurredAt > t - evidence.within);
      return { strength: found.length >= evidence.times, a: found.at(-1)?.occurredAt };
    }
    case 'silent': {
      const found = events.filter((event) => isMatch(event, evidence.match));
      return { strength: found.length > 0 && found.every((e) => e.occurredAt <= t - evidence.for) };
    }
    case 'growth':
      return growth(events, evidence, t);
    case 'nps':
      return nps(events, evidence);
    case 'trait':
      return { strength: passesTrait(traitsOf(events)[evidence.name], evidence.test, t) };
    case 'tenure': {
      const created = traitsOf(events)['created_at'];
      const since = typeof created === 'string' ? Date.parse(created) : events[0]?.occurredAt;
      return { strength: since !== undefined && t - since >= evidence.atLeast };
    }
    default:
      return evidence satisfies never;
  }
}

function growth(
  events: readonly Event[],
  evidence: Extract<Evidence, { kind: 'growth' }>,
  t: number,
): Strength {
  const reports = events.flatMap(({ name, occurredAt, properties }) => {
    const value = properties[evidence.trait];
    return name === 'Account Updated' && typeof value === 'number' ? [{ occurredAt, value }] : [];
  });
  const now = reports.at(-1);
  const then = reports.findLast(({ occurredAt }) => occurredAt <= t - evidence.within) ?? reports[0];
  if (!now || !then) return { strength: false };
  const sign = evidence.by.amount < 0 ? -1 : 1;
  const change = sign * (now.value - then.value);
  const needed = sign * evidence.by.amount;
  const enough = evidence.by.unit === 'percent' ? 100 * change >= needed * then.value : change >= needed;
  const a = reports.findLast(({ value }, i) => {
    const before = reports[i - 1];
    return before !== undefined && sign * (value - before.value) > 0;
  })?.occurredAt;
  return { strength: change > 0 && enough, a };
}

function nps(events: readonly Event[], evidence: Extract<Evidence, { kind: 'nps' }>): Strength {
  const answers = events.filter(
    ({ name, personId, properties }) =>
      name === 'NPS Answered' && personId !== undefined && isScore(properties['score']),
  );
  const keyOf = (event: Event) =>
    JSON.stringify([event.personId, event.properties['response_id'] ?? event.id]);
  const responses = new Map(
    answers.map((one) => [keyOf(one), answers.filter((e) => keyOf(e) === keyOf(one))]),
  );
  const latest = new Map<string, { at: number; key: string; score: number }>();
  for (const group of responses.values()) {
    const last = group.at(-1);
    if (last?.personId === undefined) continue;
    const told = group.flatMap(({ properties }) => {
      const { answered_at: at } = properties;
      return typeof at === 'string' ? [Date.parse(at)] : [];
    });
    const at = told.length > 0 ? Math.min(...told) : (group[0]?.occurredAt ?? 0);
    const key = String(last.properties['response_id'] ?? last.id);
    const known = latest.get(last.personId);
    if (known && (known.at > at || (known.at === at && known.key > key))) continue;
    latest.set(last.personId, { at, key, score: Number(last.properties['score']) });
  }
  const found = [...latest.values()].filter(
    ({ score }) => score >= (evidence.atLeast ?? 0) && score <= (evidence.atMost ?? 10),
  );
  return { strength: found.length >= evidence.people, a: Math.max(...found.map(({ at }) => at)) };
}

const isScore = (value: Json | undefined) =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].some((score) => score === value);

function traitsOf(events: readonly Event[]): Record<string, Json> {
  const traits = Object.assign(
    {},
    ...events.filter((e) => e.name === 'Account Updated').map((e) => e.properties),
  );
  return Object.fromEntries(Object.entries<Json>(traits).filter(([, value]) => value !== null));
}

function passesTrait(
  value: Json | undefined,
  { withinNext, withinLast, ...test }: TraitTest,
  t: number,
): boolean {
  const date = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (withinNext !== undefined && !(t < date && date <= t + withinNext)) return false;
  if (withinLast !== undefined && !(t - withinLast < date && date <= t)) return false;
  return passes(value, test);
}

function isMatch(event: Event, { event: name, where }: Match): boolean {
  return event.name === name && where.every(({ path, test }) => passes(event.properties[path], test));
}

function passes(value: Json | undefined, test: Test): boolean {
  return Object.entries(test).every(([operator, wanted]) => {
    switch (operator) {
      case 'is':
        return value === wanted;
      case 'not':
        return value !== wanted;
      case 'in':
        return Array.isArray(wanted) && wanted.includes(value);
      case 'exists':
        return wanted === (value !== undefined);
      case 'contains':
        return typeof value === 'string' && value.includes(String(wanted));
      case 'atLeast':
        return typeof value === 'number' && value >= Number(wanted);
      case 'atMost':
        return typeof value === 'number' && value <= Number(wanted);
      case 'above':
        return typeof value === 'number' && value > Number(wanted);
      case 'below':
        return typeof value === 'number' && value < Number(wanted);
      default:
        throw new Error(`The oracle knows no operator ${operator}.`);
    }
  });
}
