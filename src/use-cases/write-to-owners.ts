import type { Deps } from '../deps.ts';
import { askOwnersWhatCame } from './ask-owners-what-came.ts';
import { sendDigests } from './send-digests.ts';
import { sendDueNotices } from './send-notices.ts';

/** What owners are written to for no other reason than the time: apart from the tick, because minutes do not matter to it. */
export async function writeToOwners(deps: Deps): Promise<void> {
  await askOwnersWhatCame(deps);
  await sendDigests(deps);
  await sendDueNotices(deps);
}
