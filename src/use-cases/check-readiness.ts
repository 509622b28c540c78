import { readSeenNames } from '../db/events.ts';
import type { Deps } from '../deps.ts';
import { type UnseenSignal, unseenSignals } from '../engine/unseen.ts';

/** Whether the service can take events, and what its operator should know of it. */
export async function checkReadiness({ db, catalog, config }: Pick<Deps, 'db' | 'catalog' | 'config'>) {
  const { version, hash, catalog: definitions } = catalog();
  const seen = await readSeenNames(db.pool).catch(() => undefined);
  const withoutData: readonly UnseenSignal[] =
    seen === undefined ? [] : unseenSignals(definitions.signals, seen);
  const reachable = seen !== undefined;
  return {
    ready: reachable,
    database: { kind: db.kind, reachable, durability: db.durability.survives, note: db.durability.note },
    catalog: { version, hash },
    signals_without_data: withoutData,
    mode: config.MODE,
    mail: config.SMTP_URL === undefined ? 'kept, not sent: SMTP_URL is not set' : 'sent by SMTP',
  };
}
