import type { Sql } from '../db/client.ts';
import { deletePastOf, readSnapshot, rewriteSnapshot } from '../db/purged-events.ts';
import { fromJson } from '../db/rows.ts';
import type { AccountId, Json } from '../engine/event.ts';
import { forgetPerson } from '../engine/forget-person.ts';
import type { AccountState } from '../engine/state.ts';
import { scrubJson, scrubMarks, type Traces } from './traces.ts';

/** Takes a person out of what is kept of purged events. The accounts are to be folded anew after it. */
export async function eraseFromSnapshots(
  tx: Sql,
  traces: Traces,
  accounts: readonly AccountId[],
): Promise<void> {
  await deletePastOf(tx, traces.ids);
  for (const accountId of accounts) {
    const snapshot = await readSnapshot(tx, accountId);
    if (snapshot === undefined) continue;
    for (const id of traces.ids) forgetPerson(snapshot.state, id);
    const plain = fromJson<Json>(JSON.stringify(snapshot.state));
    const state = fromJson<AccountState>(JSON.stringify(scrubJson(plain, scrubMarks(traces))));
    await rewriteSnapshot(tx, accountId, state);
  }
}
