// What the engine's work costs: CPU time of a decision, of a score and of folding an event, in microseconds and as a
// multiple of parsing a 600-byte event as JSON in the same run. Medians over alternating repeats. It measures what the
// compiler made, because tsx slows every closure down. BENCH_ENGINE=folder: another build. BENCH_ONLY=text.
import { type AccountView, type AskRecord, emptyAgenda, type Person } from '../src/engine/account.ts';
import type { Catalog, Gate, Trigger } from '../src/engine/catalog.ts';
import type { Event } from '../src/engine/event.ts';
import type { SignalIndex } from '../src/engine/signal-index.ts';
import { type AccountState, emptyState } from '../src/engine/state.ts';
import { DAY, type Instant, MINUTE } from '../src/engine/time.ts';
import { aCatalog, anAsk, anEvent, aPerson, aTrigger, aView, someGuardrails } from '../tests/builders.ts';
import { median } from './median.ts';
import { benchSignals } from './signals.ts';

const engine = process.env['BENCH_ENGINE'] ?? new URL('../reports/compiled/engine', import.meta.url).pathname;
const { decide }: typeof import('../src/engine/decide.ts') = await import(`${engine}/decide.js`);
const { fold }: typeof import('../src/engine/fold.ts') = await import(`${engine}/fold.js`);
const { score }: typeof import('../src/engine/readiness.ts') = await import(`${engine}/readiness.js`);
const { indexSignals }: typeof import('../src/engine/signal-index.ts') = await import(
  `${engine}/signal-index.js`
);

const START: Instant = Date.UTC(2026, 0, 7, 10);
// An account has just been read and folded when it is decided: few enough to stay in the processor's cache.
const ACCOUNTS = 20;
const EVENTS = 60;
const REPEATS = 15;
const BLOCKERS = ['support_trouble', 'payment_failing', 'leaving', 'renewal_soon'];

const catalogOf = (triggers: readonly Trigger[]): Catalog =>
  aCatalog({ signals: benchSignals, triggers, guardrails: someGuardrails({ blockWhen: BLOCKERS }) });

/** Half of them wait for an event that has not come, one in ten lacks only readiness, the rest hold for more. */
function triggersOf(count: number): Trigger[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `trigger-${String(i).padStart(3, '0')}`;
    const readiness: Gate = { kind: 'readiness', atLeast: 98 + (i % 8) / 5 };
    const unless: Gate[] = [{ kind: 'referral', referral: 'in_progress' }];
    if (i % 2 === 0)
      return aTrigger({ name, on: [`Moment ${i}`], when: [readiness], unless, priority: 1 + (i % 97) });
    const more: Gate[] = [
      { kind: 'tenure', atLeast: 900 * DAY },
      { kind: 'signal', signal: 'kind_words', within: 14 * DAY },
    ];
    return aTrigger({
      name,
      on: [],
      who: i % 3 === 0 ? 'promoter' : 'champion',
      channel: i % 3 === 0 ? 'nudge' : 'email',
      when: i % 10 === 1 ? [readiness] : [readiness, ...more],
      unless: [...unless, { kind: 'asked', within: 60 * DAY }],
      priority: 1 + (i % 97),
    });
  });
}

const NAMES = ['Workflow Completed', 'Workflow Completed', 'Report Shared', 'Report Shared', 'Page Viewed'];
const PEOPLE = ['ada', 'ben', 'cleo', 'dan', 'eve'];

function eventOf(account: number, i: number): Event {
  const accountId = `account-${account}`;
  const occurredAt = START - (EVENTS - i) * DAY + account * MINUTE;
  const personId = `${PEOPLE[(i * 7 + account) % PEOPLE.length]}-${account}`;
  const base = { id: `b:${account}/${i}`, accountId, personId, occurredAt, receivedAt: occurredAt };
  if (i === 0) {
    const traits = {
      created_at: new Date(START - 400 * DAY).toISOString(),
      plan: 'business',
      domain: 'customer.example',
    };
    return anEvent({ ...base, name: 'Account Updated', properties: { ...traits, seats: 20 } });
  }
  if (i === 30)
    return anEvent({ ...base, name: 'Account Updated', properties: { seats: 25, plan: 'business' } });
  if (i % 20 === 7)
    return anEvent({
      ...base,
      name: 'NPS Answered',
      properties: { score: 6 + ((i + account) % 5), comment: 'ok' },
    });
  if (i === 40) return anEvent({ ...base, name: 'Business Review Held', properties: { result: 'good' } });
  return anEvent({ ...base, name: NAMES[i % NAMES.length] ?? '', properties: { duration: 12, ok: true } });
}

type Bench = { readonly index: SignalIndex; readonly views: AccountView[] };

function prepare(catalog: Catalog): Bench {
  const index = indexSignals(catalog.signals);
  const views = Array.from({ length: ACCOUNTS }, (_, account) => {
    const state = Array.from({ length: EVENTS }, (_, i) => eventOf(account, i)).reduce(
      (known: AccountState, event) => fold(known, event, index),
      emptyState(),
    );
    const id = `account-${account}`;
    const asks = account % 2 === 0 ? [earlierAsk(id, account)] : [];
    const people = PEOPLE.map((name): [string, Person] => {
      const personId = `${name}-${account}`;
      const own = asks.filter((ask) => ask.personId === personId);
      return [
        personId,
        aPerson({ id: personId, traits: { email: `${personId}@customer.example`, name }, asks: own }),
      ];
    });
    return aView({ id, state, agenda: emptyAgenda, asks, people: new Map(people) });
  });
  return { index, views };
}

const earlierAsk = (accountId: string, account: number): AskRecord =>
  anAsk({ accountId, personId: `ada-${account}`, trigger: 'trigger-001', deliveredAt: START - 5 * DAY });

/** CPU time of one call in µs. `work` is called ACCOUNTS times. */
function cpuOf(work: (account: number, round: number) => void, rounds: number): number {
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    for (let account = 0; account < ACCOUNTS; account += 1) work(account, round);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (rounds * ACCOUNTS);
}

let clock = START;
/** A decision as it comes again and again: nothing is new but the hour. */
function deciding(count: number): () => number {
  const catalog = catalogOf(triggersOf(count));
  const { views } = prepare(catalog);
  return () =>
    cpuOf((account) => {
      const view = views[account];
      if (!view) return;
      clock += 1000;
      const { agenda, unknownPeople, asks } = decide(catalog, view, clock);
      if (unknownPeople.length > 0 || asks.length > 0)
        throw new Error(`account ${account} asked or lacks people`);
      // As it comes back from the database.
      if (agenda !== view.agenda) views[account] = { ...view, agenda: JSON.parse(JSON.stringify(agenda)) };
    }, 40);
}

function scoring(): () => number {
  const catalog = catalogOf([]);
  const { views } = prepare(catalog);
  let sum = 0;
  return () =>
    cpuOf((account) => {
      const view = views[account];
      clock += 1000;
      if (view) sum += score(view.state, catalog.signals, clock).value;
      if (Number.isNaN(sum)) throw new Error('readiness is no number');
    }, 100);
}

function folding(): () => number {
  const { index, views } = prepare(catalogOf([]));
  let made = EVENTS;
  return () => {
    made += 10;
    const events = views.map((_, account) =>
      Array.from({ length: 10 }, (_, i) => eventOf(account, 41 + ((made + i) % 19))),
    );
    const fresh = events.map((list, a) =>
      list.map((event, i) => ({
        ...event,
        id: `n:${made}/${a}/${i}`,
        occurredAt: START + (made + i) * MINUTE,
      })),
    );
    return cpuOf((account, round) => {
      const view = views[account];
      const event = fresh[account]?.[round];
      if (view && event) fold(view.state, event, index);
    }, 10);
  };
}

function parsing(): () => number {
  const event = {
    ...eventOf(1, 12),
    type: 'track',
    context: { library: { name: 'analytics-node', version: '2.1.0' }, ip: '203.0.113.7', locale: 'en-GB' },
  };
  const text = JSON.stringify({ ...event, note: '' });
  const padded = JSON.stringify({ ...event, note: 'x'.repeat(600 - text.length) });
  return () =>
    cpuOf(() => {
      if (JSON.parse(padded).note === '') throw new Error('the event lost its padding');
    }, 200);
}

function main(): void {
  const tasks: Record<string, () => number> = {
    'JSON.parse, 600 bytes': parsing(),
    'decide, 10 triggers': deciding(10),
    'decide, 50 triggers': deciding(50),
    'decide, 200 triggers': deciding(200),
    'score, 12 signals': scoring(),
    'fold, one event': folding(),
  };
  for (const name of Object.keys(tasks)) {
    if (!name.startsWith('JSON') && !name.includes(process.env['BENCH_ONLY'] ?? '')) delete tasks[name];
  }
  const times = new Map(Object.keys(tasks).map((name) => [name, [] as number[]]));
  for (let repeat = -5; repeat < REPEATS; repeat += 1) {
    // The first repeats only warm up.
    for (const [name, run] of Object.entries(tasks)) {
      const took = run();
      if (repeat >= 0) times.get(name)?.push(took);
    }
  }
  const parse = median(times.get('JSON.parse, 600 bytes') ?? []);
  console.log(`Node ${process.version}: CPU µs a call, and as a multiple of the first line`);
  for (const [name, all] of times) {
    const took = median(all);
    console.log(`${name.padEnd(24)}${took.toFixed(2).padStart(10)}${(took / parse).toFixed(2).padStart(10)}`);
  }
}

main();
