import type { Sql } from '../db/client.ts';
import { htmlFromText } from '../delivery/html-part.ts';
import type { Deps } from '../deps.ts';
import { writeToOwner } from './write-to-owner.ts';

/** Writes to ALERTS_TO, where that is set, about something a person should see to. */
export async function alertOperators(
  deps: Pick<Deps, 'config' | 'log' | 'clock'>,
  tx: Sql,
  { id, subject, text }: { readonly id: string; readonly subject: string; readonly text: string },
): Promise<void> {
  const address = deps.config.ALERTS_TO;
  if (address === undefined) return;
  const mail = { id, accountId: '', purpose: 'alert', to: { name: null, address } } as const;
  await writeToOwner(
    deps,
    tx,
    { ...mail, rendered: { subject, text, html: htmlFromText(text) } },
    deps.clock(),
  );
}
