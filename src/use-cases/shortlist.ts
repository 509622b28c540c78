import type { Deps } from '../deps.ts';
import type { AccountView, Workspace } from '../engine/account.ts';
import { emptyAgenda } from '../engine/account.ts';
import type { Catalog, Trigger } from '../engine/catalog.ts';
import { explain } from '../engine/decide.ts';
import type { Decision } from '../engine/decision.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { ownerOf } from '../engine/owner.ts';
import { type Readiness, score } from '../engine/readiness.ts';
import { calledBy } from '../engine/situation.ts';
import { DAY, type Instant } from '../engine/time.ts';
import type { Progress } from './history-lines.ts';
import { describeAccount, explainAccount, listAccounts } from './read-accounts.ts';
import type { HistoryRead } from './read-history.ts';
import { accountsOfFile } from './readiness-of-file.ts';

/** An account to start from: whom to ask, why, and what would still be in the way. */
export type Candidate = {
  readonly id: AccountId;
  readonly name: string | undefined;
  readonly owner: string | undefined;
  readonly readiness: Readiness;
  readonly person:
    | { readonly id: PersonId; readonly name: string; readonly email: string | undefined }
    | undefined;
  /** What would hold any ask: guardrails and blockers. */
  readonly holds: readonly { readonly gate: string; readonly because: string }[];
};

/** Looked at, so that those who cannot be asked at all do not fill the list. */
const LOOKED_AT = 3;

/** The accounts readiest to be asked now, of those the service knows. */
export async function shortlist(deps: Deps, length: number): Promise<Candidate[]> {
  const rows = await listAccounts(deps, { limit: length * LOOKED_AT });
  const candidates: Candidate[] = [];
  for (const { id, ownerEmail } of rows) {
    const { readiness, traits, people } = await describeAccount(deps, id);
    if (readiness.value <= 0) continue;
    const { decisions } = await explainAccount(deps, id, undefined, withStandIn);
    const traitsOf = (person: PersonId) => people.find((one) => one.id === person)?.traits ?? {};
    const facts = { id, owner: ownerEmail ?? undefined, readiness, traits, traitsOf };
    candidates.push(candidate(facts, decisions, deps.catalog().catalog));
  }
  return readiest(candidates, length);
}

/** The same of a file of events, as it stands at `at`; nobody has been asked there. */
export function shortlistOfFile(
  path: string,
  catalog: Catalog,
  workspace: Workspace,
  { at, length }: { readonly at: Instant; readonly length: number },
  progress?: Progress,
): { readonly candidates: readonly Candidate[]; readonly read: HistoryRead } {
  const { states, world, read } = accountsOfFile(path, catalog, at, progress);
  const explained = withStandIn(catalog);
  const scored = [...states].map(([id, state]) => ({
    id,
    state,
    readiness: score(state, catalog.signals, at, (person) => calledBy(world.people, person)),
  }));
  scored.sort((a, b) => b.readiness.value - a.readiness.value || (a.id < b.id ? -1 : 1));
  const candidates = scored
    .slice(0, length * LOOKED_AT)
    .filter(({ readiness }) => readiness.value > 0)
    .map(({ id, state, readiness }) => {
      const view: AccountView = {
        id,
        state,
        agenda: emptyAgenda,
        asks: [],
        people: world.people,
        pauses: [],
        workspace,
      };
      const traits = Object.fromEntries(
        Object.entries(state.traits).map(([name, { value }]) => [name, value]),
      );
      const traitsOf = (person: PersonId) => world.people.get(person)?.traits ?? {};
      const facts = { id, owner: ownerOf(state, workspace).email, readiness, traits, traitsOf };
      return candidate(facts, explain(explained, view, at).decisions, catalog);
    });
  return { candidates: readiest(candidates, length), read };
}

/**
 * Whom one would ask in person, whatever the triggers wait for: the champion. A shadow, so that it takes no other's place.
 */
const STAND_IN: Trigger = {
  name: '',
  description: '',
  status: 'shadow',
  kind: 'ask',
  on: [],
  when: [],
  unless: [],
  who: 'champion',
  channel: 'draft',
  template: '',
  delay: 0,
  again: 0,
  priority: 1,
  holdout: 0,
  fresh: DAY,
  expires: DAY,
};

const withStandIn = (catalog: Catalog): Catalog => ({
  ...catalog,
  triggers: [...catalog.triggers, STAND_IN],
});

type Facts = {
  readonly id: AccountId;
  /** Who is responsible: the CSM, else the default owner. */
  readonly owner: string | undefined;
  readonly readiness: Readiness;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly traitsOf: (person: PersonId) => Readonly<Record<string, unknown>>;
};

// What stands in the way of any ask at all; a trigger's own conditions do not stop a person who asks by hand.
const GUARDRAILS = /^(per_|never\.)|^(hold|suppressed|team_domains|blackouts|no_person|paused)$/;

function candidate(
  { id, owner, readiness, traits, traitsOf }: Facts,
  decisions: readonly Decision[],
  catalog: Catalog,
): Candidate {
  const asks = new Set(
    catalog.triggers
      .filter(({ kind, status }) => kind === 'ask' && status === 'live')
      .map(({ name }) => name),
  );
  const blockers = catalog.guardrails.blockWhen;
  const ranked = decisions
    .filter(({ trigger, personId }) => isStandIn(trigger) || (asks.has(trigger) && personId !== undefined))
    .map((decision) => ({
      decision,
      holds: decision.gates.filter(
        ({ gate, passes }) => !passes && (GUARDRAILS.test(gate) || blockers.includes(gate)),
      ),
    }))
    .sort(
      (a, b) =>
        Number(a.decision.personId === undefined) - Number(b.decision.personId === undefined) ||
        a.holds.length - b.holds.length ||
        Number(isStandIn(a.decision.trigger)) - Number(isStandIn(b.decision.trigger)) ||
        a.decision.holds.length - b.decision.holds.length,
    );
  const [best] = ranked;
  const personId = best?.decision.personId;
  const person = personId === undefined ? undefined : traitsOf(personId);
  return {
    id,
    name: text(traits['name']),
    owner,
    readiness,
    person:
      personId === undefined
        ? undefined
        : { id: personId, name: text(person?.['name']) ?? personId, email: text(person?.['email']) },
    holds: (best?.holds ?? []).map(({ gate, because }) => ({ gate, because })),
  };
}

const isStandIn = (trigger: string) => trigger === STAND_IN.name;

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** Those first whom nothing holds, then by readiness. */
function readiest(candidates: readonly Candidate[], length: number): Candidate[] {
  const order = (one: Candidate) => (one.person === undefined ? 2 : one.holds.length === 0 ? 0 : 1);
  return [...candidates]
    .sort((a, b) => order(a) - order(b) || b.readiness.value - a.readiness.value || (a.id < b.id ? -1 : 1))
    .slice(0, length);
}
