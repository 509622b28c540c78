import { type AccountView, type Agenda, type AskRecord, emptyAgenda } from '../engine/account.ts';
import type { Catalog, Trigger } from '../engine/catalog.ts';
import { decide, explain } from '../engine/decide.ts';
import type { Decision, Evaluation, GateAnswer, PlannedAsk } from '../engine/decision.ts';
import { fold } from '../engine/fold.ts';
import { changesScore } from '../engine/nps.ts';
import { open } from '../engine/openings.ts';
import { recordOf } from '../engine/plan.ts';
import { indexSignals } from '../engine/signal-index.ts';
import { type AccountState, emptyState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import { EXAMPLE_ACCOUNT, type History, historyOf } from './example-history.ts';
import type { Example, Expectation } from './example-reader.ts';
import type { TriggerExamples } from './read-catalog.ts';

export type ExampleResult = {
  readonly trigger: string;
  readonly file: string;
  readonly line: number;
  readonly example: string;
  readonly passed: boolean;
  /** In words, for people. */
  readonly expected: string;
  readonly happened: string;
  /** Every gate that holds at the example's instant, when nothing was asked. */
  readonly holding: readonly GateAnswer[];
  readonly readiness: number;
};

/** A trigger that no event wakes cannot be looked at more often than this in one example. */
const MOST_LOOKS = 500;

/**
 * Plays every example through the engine, with its trigger alone and live: fold, open, decide, as the events
 * come and as time passes. An ask that is due later counts as an ask.
 */
export function runExamples(
  catalog: Catalog,
  examples: readonly TriggerExamples[],
): readonly ExampleResult[] {
  return examples.flatMap(({ trigger: name, file, examples: cases }) => {
    const trigger = catalog.triggers.find((one) => one.name === name);
    if (trigger === undefined) return [];
    const alone = { ...catalog, triggers: [onTrial(trigger)] };
    return cases.map((example) => ({
      trigger: name,
      file,
      line: example.line,
      ...runExample(alone, example),
    }));
  });
}

// Whatever keeps a trigger from asking that is not about the case itself is left out.
function onTrial({ audience: _, ...trigger }: Trigger): Trigger {
  return { ...trigger, status: 'live', holdout: 0 };
}

function runExample(catalog: Catalog, example: Example) {
  const { asks, last, explained } = play(catalog, historyOf(example));
  const decisions = last.decisions.some(({ gates }) => gates.length > 0) ? last.decisions : explained;
  const asked = asks.at(-1);
  const holding = asked === undefined || example.expect.hold !== undefined ? holdingGates(decisions) : [];
  const faults = [
    ...askFault(example.expect, asks),
    ...holdFault(example.expect, last, asks, holding),
    ...readinessFault(example.expect, last.readiness.value),
  ];
  return {
    example: example.name,
    passed: faults.length === 0,
    expected: expectedInWords(example.expect),
    happened: faults.length > 0 ? faults.join('; ') : happenedInWords(example.expect, asked, holding),
    holding,
    readiness: last.readiness.value,
  };
}

type Stage = { state: AccountState; agenda: Agenda; asks: AskRecord[] };

function play(catalog: Catalog, history: History) {
  const index = indexSignals(catalog.signals);
  const stage: Stage = { state: fold(emptyState(), history.account, index), agenda: emptyAgenda, asks: [] };
  const asks: PlannedAsk[] = [];
  let last: Evaluation | undefined;
  let looks = 0;
  const look = (at: Instant): Evaluation => {
    looks += 1;
    const evaluation = evaluate(catalog, history, stage, at);
    asks.push(...evaluation.asks);
    last = evaluation;
    return evaluation;
  };
  const wakeUntil = (at: Instant) => {
    while (last?.wakeAt !== undefined && last.wakeAt < at && looks < MOST_LOOKS) look(last.wakeAt);
  };
  for (const [position, event] of history.events.entries()) {
    wakeUntil(event.occurredAt);
    const changedNps = changesScore(stage.state, event);
    stage.state = fold(stage.state, event, index);
    stage.agenda = open(stage.agenda, event, catalog, { changedNps });
    // What happened at one instant is looked at together, as one batch would be.
    if (history.events[position + 1]?.occurredAt !== event.occurredAt) look(event.occurredAt);
  }
  wakeUntil(history.at);
  const final = last?.at === history.at ? last : look(history.at);
  return {
    asks,
    last: final,
    explained: explain(catalog, viewAt(history, stage, history.at), history.at).decisions,
  };
}

function evaluate(catalog: Catalog, history: History, stage: Stage, at: Instant): Evaluation {
  const evaluation = decide(catalog, viewAt(history, stage, at), at);
  const withdrawn = new Set(evaluation.withdrawals.map(({ askId }) => askId));
  const kept = stage.asks.map(
    (ask): AskRecord => (withdrawn.has(ask.id) ? { ...ask, status: 'withdrawn', settledAt: at } : ask),
  );
  stage.asks = [
    ...kept,
    ...evaluation.asks.map((ask) => ({ ...recordOf(ask), expiresAt: ask.dueAt + ask.expiresAfter })),
  ];
  stage.agenda = evaluation.agenda;
  return evaluation;
}

/** The account as it stands: what was due has arrived, and what nobody answered in time is over. */
function viewAt(history: History, { state, agenda, asks: known }: Stage, at: Instant): AccountView {
  const asks = known.map((ask): AskRecord => {
    if (ask.status === 'withdrawn' || ask.dueAt > at) return ask;
    if (ask.expiresAt !== undefined && ask.expiresAt <= at) {
      return { ...ask, status: 'ignored', deliveredAt: ask.dueAt, settledAt: ask.expiresAt };
    }
    return { ...ask, status: 'delivered', deliveredAt: ask.dueAt };
  });
  const people = new Map(
    [...history.people].map(([id, person]) => [
      id,
      { ...person, asks: asks.filter((ask) => ask.personId === id) },
    ]),
  );
  return { id: EXAMPLE_ACCOUNT, state, agenda, asks, people, pauses: [], workspace: history.workspace };
}

function holdingGates(decisions: readonly Decision[]): readonly GateAnswer[] {
  const held = new Map<string, GateAnswer>();
  for (const { gates } of decisions) for (const gate of gates) if (!gate.passes) held.set(gate.gate, gate);
  return [...held.values()];
}

function askFault({ ask }: Expectation, asks: readonly PlannedAsk[]): string[] {
  if (ask === undefined || asks.some(({ personId }) => personId === ask)) return [];
  const others = [...new Set(asks.map(({ personId }) => personId))];
  return [others.length === 0 ? 'nobody was asked' : `${others.join(' and ')} was asked`];
}

function holdFault(
  { hold }: Expectation,
  last: Evaluation,
  asks: readonly PlannedAsk[],
  holding: readonly GateAnswer[],
): string[] {
  if (hold === undefined) return [];
  const [ask] = last.asks;
  if (ask !== undefined) return [`${ask.personId} was asked`];
  const missing = hold.filter((name) => !holding.some(({ gate }) => gate === name));
  if (missing.length === 0) return [];
  const names = holding.map(({ gate }) => gate).join(', ');
  const before = asks.length > 0 ? `; ${asks[0]?.personId} had been asked before` : '';
  return [
    `${missing.join(' and ')} did not hold it; ${names === '' ? 'nothing did' : `held by ${names}`}${before}`,
  ];
}

function readinessFault({ readiness }: Expectation, value: number): string[] {
  if (readiness === undefined) return [];
  const { at_least: least = 0, at_most: most = 100 } = readiness;
  return value >= least && value <= most ? [] : [`the readiness was ${rounded(value)}`];
}

function expectedInWords({ ask, hold, readiness }: Expectation): string {
  return [
    ask === undefined ? '' : `asks ${ask}`,
    hold === undefined ? '' : `held by ${hold.join(' and ')}`,
    readiness?.at_least === undefined ? '' : `readiness at least ${readiness.at_least}`,
    readiness?.at_most === undefined ? '' : `readiness at most ${readiness.at_most}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function happenedInWords(
  { hold }: Expectation,
  asked: PlannedAsk | undefined,
  holding: readonly GateAnswer[],
): string {
  if (asked !== undefined && hold === undefined) return `asked ${asked.personId} by ${asked.channel}`;
  return holding.length === 0
    ? 'nobody was asked'
    : `not asked because: ${holding.map(({ because }) => because).join('; ')}`;
}

const rounded = (value: number) => Math.round(value * 10) / 10;
