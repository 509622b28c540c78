import type { Deps } from '../deps.ts';
import { emptyAgenda } from '../engine/account.ts';
import { emptyState } from '../engine/state.ts';

/** What an account begins with, as its row has it. */
export const freshAccount = (deps: Pick<Deps, 'catalog'>) => ({
  state: JSON.stringify(emptyState()),
  signalsHash: deps.catalog().signalsHash,
  agenda: JSON.stringify(emptyAgenda),
});
