import type { AskRecord } from '../../../src/engine/account.ts';
import type { Catalog } from '../../../src/engine/catalog.ts';
import type { PlannedAsk } from '../../../src/engine/decision.ts';
import { addAsk } from '../../../src/engine/replay/look.ts';
import { KEEP_NOTHING, type ToKeep } from '../../../src/engine/replay/to-keep.ts';
import {
  type Ask,
  accountOf,
  createWorld,
  type World,
  type WorldOptions,
} from '../../../src/engine/replay/world.ts';
import { DAY } from '../../../src/engine/time.ts';
import { aCatalog, anAsk } from '../../builders.ts';
import { WORKSPACE } from './histories.ts';

/** A world in which nothing has happened yet. `keep`: what an earlier run missed. */
export function aWorld(
  catalog: Partial<Catalog> = {},
  { keep = {}, ...options }: Partial<Omit<WorldOptions, 'keep'>> & { readonly keep?: Partial<ToKeep> } = {},
): World {
  return createWorld(aCatalog(catalog), {
    workspace: WORKSPACE,
    keep: { ...KEEP_NOTHING, ...keep },
    ...options,
  });
}

/** A scheduled email to ada in acme, unless said otherwise; its account and its person know of it. */
export function anAskIn(
  world: World,
  { plan = {}, ...overrides }: Partial<Omit<Ask, 'plan'>> & { readonly plan?: Partial<PlannedAsk> } = {},
): Ask {
  const { deliveredAt: _, ...record } = anAsk({ status: 'scheduled', ...overrides });
  const ask: Ask = { ...record, isRecorded: false, ...overrides, plan: aPlan(record, plan) };
  addAsk(world, accountOf(world, ask.accountId), ask);
  return ask;
}

function aPlan(ask: AskRecord, overrides: Partial<PlannedAsk>): PlannedAsk {
  const { accountId, trigger, cycle, kind, channel, personId, decidedAt, dueAt, readiness } = ask;
  return {
    accountId,
    trigger,
    cycle,
    kind,
    channel,
    template: trigger,
    personId,
    status: 'scheduled',
    decidedAt,
    dueAt,
    expiresAfter: 14 * DAY,
    again: 90 * DAY,
    priority: 50,
    readiness: { at: decidedAt, value: readiness, contributions: [], dampers: [] },
    gates: [],
    ...overrides,
  };
}
