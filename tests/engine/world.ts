import {
  type AccountView,
  type Agenda,
  type AskRecord,
  emptyAgenda,
  type Person,
} from '../../src/engine/account.ts';
import type { Catalog } from '../../src/engine/catalog.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Evaluation, PlannedAsk } from '../../src/engine/decision.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { changesScore } from '../../src/engine/nps.ts';
import { open } from '../../src/engine/openings.ts';
import { recheck } from '../../src/engine/recheck.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { type AccountState, emptyState } from '../../src/engine/state.ts';
import type { Instant } from '../../src/engine/time.ts';

type Account = { readonly id: string; state: AccountState; agenda: Agenda; wakeAt?: Instant };
type Stored = { -readonly [Key in keyof AskRecord]: AskRecord[Key] };

/** A small world in memory that does what a running service does with the engine, by the clock it is given. */
export class World {
  readonly accounts = new Map<string, Account>();
  readonly asks: Stored[] = [];
  readonly evaluations: Evaluation[] = [];
  /** How many events came so far. */
  received = 0;
  readonly #index;
  readonly catalog: Catalog;

  constructor(catalog: Catalog) {
    this.catalog = catalog;
    this.#index = indexSignals(catalog.signals);
  }

  view(accountId: string): AccountView {
    const account = this.#account(accountId);
    const people = ['ada', 'ben', 'cleo'].map((id): [string, Person] => [
      id,
      {
        id,
        traits: { email: `${id}@customer.example` },
        asks: this.asks.filter((ask) => ask.personId === id),
      },
    ]);
    return {
      id: accountId,
      state: account.state,
      agenda: account.agenda,
      asks: this.asks.filter((ask) => ask.accountId === accountId),
      people: new Map(people),
      pauses: [],
      workspace: { teamDomains: ['vendor.example'], defaultOwnerEmail: 'sam@vendor.example' },
    };
  }

  receive(event: Event): void {
    this.received += 1;
    const account = this.#account(event.accountId ?? 'acme');
    const changedNps = event.name !== 'NPS Answered' || changesScore(account.state, event);
    fold(account.state, event, this.#index);
    account.agenda = open(account.agenda, event, this.catalog, { changedNps });
    this.evaluate(account.id, event.receivedAt);
  }

  evaluate(accountId: string, at: Instant): Evaluation {
    const account = this.#account(accountId);
    const evaluation = decide(this.catalog, this.view(accountId), at);
    this.evaluations.push(evaluation);
    account.agenda = evaluation.agenda;
    if (evaluation.wakeAt === undefined) delete account.wakeAt;
    else account.wakeAt = evaluation.wakeAt;
    for (const { askId } of evaluation.withdrawals)
      this.settle(askId, { status: 'withdrawn', settledAt: at });
    for (const ask of evaluation.asks) this.asks.push(stored(ask, this.asks.length));
    return evaluation;
  }

  /** Lets time pass: due asks are looked at again and go out, ended ones end, sleepers wake. */
  passUntil(end: Instant, from: Instant): void {
    for (let now = from; ; ) {
      const next = this.#nextInstant(now);
      if (next === undefined || next > end) return;
      now = next;
      this.#deliverDue(now);
      this.#endOverdue(now);
      for (const { id, wakeAt } of this.accounts.values()) {
        if (wakeAt !== undefined && wakeAt <= now) this.evaluate(id, now);
      }
    }
  }

  settle(askId: string, change: Partial<AskRecord>): void {
    const ask = this.asks.find(({ id }) => id === askId);
    if (ask) Object.assign(ask, change);
  }

  /** Whatever happens to an ask concerns every account that its person or account could be asked in. */
  touched(at: Instant): void {
    for (const id of this.accounts.keys()) this.evaluate(id, at);
  }

  #account(id: string): Account {
    const known = this.accounts.get(id) ?? { id, state: emptyState(), agenda: emptyAgenda };
    this.accounts.set(id, known);
    return known;
  }

  #nextInstant(now: Instant): Instant | undefined {
    const due = this.asks.filter(({ status }) => status === 'scheduled').map(({ dueAt }) => dueAt);
    const ends = this.asks
      .filter((ask) => ask.status === 'open' || isUnanswered(ask))
      .flatMap(({ expiresAt }) => expiresAt ?? []);
    const wakes = [...this.accounts.values()].flatMap(({ wakeAt }) => wakeAt ?? []);
    const all = [...due, ...ends, ...wakes];
    return all.length === 0 ? undefined : Math.max(now, Math.min(...all));
  }

  #deliverDue(now: Instant): void {
    for (const ask of this.asks) {
      if (ask.status !== 'scheduled' || ask.dueAt > now) continue;
      const verdict = recheck(this.catalog, this.view(ask.accountId), ask, now);
      if (!verdict.stands) Object.assign(ask, { status: 'withdrawn', settledAt: now });
      else if (ask.channel === 'draft') Object.assign(ask, { status: 'open' });
      else Object.assign(ask, { status: 'delivered', deliveredAt: now });
      this.touched(now);
    }
  }

  #endOverdue(now: Instant): void {
    for (const ask of this.asks) {
      if (ask.expiresAt === undefined || ask.expiresAt > now) continue;
      if (ask.status === 'open') Object.assign(ask, { status: 'expired', settledAt: now });
      else if (isUnanswered(ask)) Object.assign(ask, { status: 'ignored', settledAt: now });
      else continue;
      this.touched(now);
    }
  }
}

function isUnanswered({ status }: AskRecord): boolean {
  return status === 'delivered';
}

function stored(ask: PlannedAsk, count: number): Stored {
  const {
    accountId,
    personId,
    trigger,
    kind,
    channel,
    cycle,
    decidedAt,
    dueAt,
    again,
    expiresAfter,
    opening,
  } = ask;
  return {
    id: `ask_${String(count).padStart(4, '0')}`,
    accountId,
    personId,
    trigger,
    kind,
    channel,
    cycle,
    status: ask.status === 'scheduled' && channel === 'nudge' ? 'open' : ask.status,
    decidedAt,
    dueAt,
    again,
    expiresAt: dueAt + expiresAfter,
    readiness: ask.readiness.value,
    ...(opening && { opening }),
  };
}
